"""What those who lead a room do on its page, by plain form, and who may not."""

import uuid

import pytest
from django.urls import reverse

from breakouts.hosting.models import Facilitator, HelpCall
from breakouts.hosting.services import call_for_help, remove_person, take_call
from breakouts.models import Room, Seat
from breakouts.notes.models import NoteTaker
from breakouts.services import choose_room, take_or_wait
from breakouts.taking_part.models import Manner
from breakouts.taking_part.services import raise_hand, take_part
from networking.safety.models import Mute, Reason
from networking.safety.services import block, report_message
from networking.services import post_message
from portal.models import Delegate, User
from tests.conftest import make_delegate
from tests.reading import text

pytestmark = pytest.mark.django_db


LED = [
    "floor",
    "extend",
    "end",
    "call_for_help",
    "cancel_help",
    "remove_person",
    "admit_person",
    "mute_person",
    "take_notes",
]


def test_a_facilitator_calls_and_marks_as_spoken_by_plain_form(room, ben, ben_in, sana, client_of, where, now):
    hand, leader = raise_hand(room, ben, now=now), client_of(sana)
    assert "Not spoken yet" in text(leader.get(where()))
    leader.post(where("floor"), {"call": hand.pk})
    assert "You have the floor." in text(ben_in.get(where()))
    leader.post(where("floor"), {"spoken": hand.pk})
    hand.refresh_from_db()
    assert hand.spoken


def test_what_those_who_lead_do_is_not_there_for_anybody_else(room, ben_in, una, cleo, client_of, where):
    """Somebody in the room, somebody in the other room, and somebody of another event."""
    others = [ben_in, client_of(una), client_of(cleo)]
    for name in LED:
        assert [client.post(where(name), {"delegate": una.pk}).status_code for client in others] == [404] * 3, name
    for name in ("desk", "room_people"):
        assert [client.get(where(name)).status_code for client in others] == [404] * 3, name


def test_a_facilitator_leads_one_room_and_no_other(other_room, room, sana, client_of, where):
    leader = client_of(sana)
    assert leader.get(where("desk")).status_code == 200
    assert leader.get(where("desk", other_room)).status_code == 404
    assert leader.post(where("extend", other_room), {"known": 0}).status_code == 404
    assert leader.get(where("room", other_room)).status_code == 403


def test_a_hand_of_another_room_is_not_there(room, other_room, una, sana, client_of, where, now):
    hand = raise_hand(other_room, una, now=now)
    assert client_of(sana).post(where("floor"), {"call": hand.pk}).status_code == 404


def test_extending_is_told_once_by_plain_form(room, sana, client_of, where):
    leader = client_of(sana)
    for _ in range(2):
        leader.post(where("extend"), {"known": "0"})
    room.refresh_from_db()
    assert room.extra_minutes == 5
    assert "Until <span data-room-until>10:35am" in text(leader.get(where()))


def test_a_facilitator_ends_the_room_before_its_time_and_it_leads_on(room, ben_in, sana, client_of, where):
    leader = client_of(sana)
    assert "End this room now" in text(leader.get(where()))
    for _ in range(2):
        said = text(leader.post(where("end"), follow=True))
        assert "Room 1 has ended. Everybody in it is shown where to go." in said
    page = text(ben_in.get(where()))
    assert "This room closed at <time" in page and "10:00am" in page
    assert where("notes") in page and reverse("networking:lounge", args=["assembly-2022"]) in page
    assert reverse("breakouts:round", args=["assembly-2022", room.round_id]) in page


def test_who_is_removed_is_told_why_and_where_to_go(room, other_room, ben, ben_in, sana, client_of, where, now):
    part = take_part(room, ben, Manner.TYPE, now=now)
    response = client_of(sana).post(where("remove_person"), {"part": part.pk, "reason": "Shouting"}, follow=True)
    assert "Ben Placeholder is out of this room." in text(response)
    response = ben_in.get(where())
    page = text(response)
    assert response.status_code == 403
    assert "“Shouting”" in page
    assert other_room.title in page
    choosing = reverse("breakouts:choose", args=["assembly-2022", room.round_id])
    assert "asked to leave Room 1" in text(ben_in.post(choosing, {"room": room.pk}))
    assert [ben_in.get(where(name)).status_code for name in ("notes", "part")] == [404, 404]


def test_the_card_of_a_room_one_was_removed_from_says_why_and_has_no_button(room, other_room, ben, ada, client_of, now):
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    page = text(client_of(ben).get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
    assert "asked to leave this room, and cannot choose it again. The reason given: “Shouting”." in page
    assert f'data-choose="{room.pk}"' not in page and f'data-wait="{room.pk}"' not in page
    assert f'data-choose="{other_room.pk}"' in page


@pytest.mark.parametrize("right", ["organises", "leads"])
def test_who_was_removed_and_now_runs_the_room_is_let_in(room, event, ben, ada, client_of, where, now, right):
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    if right == "organises":
        event.organisers.add(ben.user)
        User.objects.filter(pk=ben.user_id).update(is_staff=True)
    else:
        Facilitator.objects.create(room=room, delegate=ben, place=2)
    response = client_of(ben).get(where())
    assert response.status_code == 200
    assert "Leading this room" in text(response)


def test_only_an_organiser_allows_somebody_back(room, ben, ada, sana, client_of, where, now):
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    assert client_of(sana).post(where("forgive_person"), {"delegate": ben.pk}).status_code == 404
    assert client_of(ada).post(where("forgive_person"), {"delegate": ben.pk}).status_code == 303
    assert choose_room(room, ben, now=now)


def test_who_leads_finds_the_listed_without_a_place_and_an_organiser_everybody(
    room, event, una, ada, sana, client_of, where
):
    for name, listed in (("Dee Listed", True), ("Dee Hidden", False)):
        dee = make_delegate(event, f"{name[4:].lower()}@example.org", name)
        Delegate.objects.filter(pk=dee.pk).update(listed=listed)
    leader, organiser = client_of(sana), client_of(ada)
    page = text(leader.get(where("room_people")))
    assert "Dee" not in page and "Nobody is in the line for this room." in page
    assert "Dee" not in text(leader.get(where("room_people"), {"find": "d"}))
    page = text(leader.get(where("room_people"), {"find": " dee "}))
    assert "Dee Listed" in page and "Dee Hidden" not in page
    assert "has “una” in their name" in text(leader.get(where("room_people"), {"find": "una"}))
    page = text(organiser.get(where("room_people"), {"find": "dee"}))
    assert "Dee Listed" in page and "Dee Hidden" in page
    assert "Una Placeholder" in text(organiser.get(where("room_people"), {"find": "una"}))
    hidden = {"delegate": Delegate.objects.get(name="Dee Hidden").pk, "reason": "A guest"}
    assert leader.post(where("admit_person"), hidden).status_code == 404
    assert organiser.post(where("admit_person"), hidden).status_code == 303


@pytest.mark.parametrize("theirs", [True, False])
def test_who_leads_finds_and_lets_in_nobody_with_a_block_between_them(
    room, event, sana, ada, client_of, where, now, theirs
):
    dee = make_delegate(event, "dee@example.org", "Dee Listed")
    Delegate.objects.filter(pk=dee.pk).update(listed=True)
    block(*((dee, sana) if theirs else (sana, dee)), now=now)
    leader = client_of(sana)
    assert "Dee Listed" not in text(leader.get(where("room_people"), {"find": "dee"}))
    assert leader.post(where("admit_person"), {"delegate": dee.pk, "reason": "A guest"}).status_code == 404
    assert "Dee Listed" in text(client_of(ada).get(where("room_people"), {"find": "dee"}))


def test_who_stands_in_line_is_offered_to_who_leads(room, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    assert "Una Placeholder" in text(client_of(sana).get(where("room_people")))


def test_somebody_is_let_in_to_a_full_room_with_a_reason(room, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    leader = client_of(sana)
    assert "Say why they come in." in text(leader.post(where("admit_person"), {"delegate": una.pk}, follow=True))
    leader.post(where("admit_person"), {"delegate": una.pk, "reason": "Sent by the organisers"})
    assert Seat.objects.get(delegate=una).room == room


def test_a_facilitator_mutes_and_lets_write_again(room, ben, ben_in, sana, client_of, where, now):
    leader = client_of(sana)
    part = take_part(room, ben, Manner.TYPE, now=now)
    leader.post(where("mute_person"), {"part": part.pk})
    assert Mute.objects.get().until > now
    leader.post(where("mute_person"), {"part": part.pk, "again": "1"})
    assert Mute.objects.get().until <= now


def test_what_is_done_to_another_events_delegate_or_another_rooms_is_not_there(
    room, other_room, una, cleo, sana, client_of, where, now
):
    leader, elsewhere = client_of(sana), take_part(other_room, una, Manner.TYPE, now=now)
    admitted = leader.post(where("admit_person"), {"delegate": cleo.pk, "reason": "A guest"})
    assert admitted.status_code == 404 and not Seat.objects.filter(delegate=cleo).exists()
    for name in ("mute_person", "remove_person", "take_notes"):
        leader.post(where(name), {"part": elsewhere.pk, "reason": "Shouting"})
    assert not Mute.objects.exists() and not NoteTaker.objects.exists()
    assert Seat.objects.get(delegate=una).room == other_room


def test_a_mute_is_ended_on_the_page_of_its_own_place_alone(room, other_room, ben, ben_in, sana, client_of, where, now):
    part = take_part(room, ben, Manner.TYPE, now=now)
    leader = client_of(sana)
    leader.post(where("mute_person"), {"part": part.pk})
    mute = Mute.objects.get()
    ends = [
        reverse("networking:unmute", args=["assembly-2022", each.conversation_id, mute.pk])
        for each in (other_room, room)
    ]
    assert [leader.post(end).status_code for end in ends] == [404, 302]
    assert Mute.objects.get().until <= now


def test_a_facilitator_moderates_the_talk_of_the_own_room(room, ben, ben_in, sana, una, client_of):
    place = [reverse("networking:place", args=["assembly-2022", room.conversation_id])]
    assert [client_of(person).get(place[0]).status_code for person in (sana, ben, una)] == [200, 404, 404]


def test_whom_a_facilitator_has_blocked_they_moderate_all_the_same(
    room, ben, ben_in, sana, una, ada, client_of, where, now
):
    said = post_message(room.conversation, ben, "hard words", client_id=uuid.uuid4(), now=now)
    report_message(said, una, reason=Reason.UNKIND, words="", now=now)
    block(sana, ben, now=now)
    place = reverse("networking:place", args=["assembly-2022", room.conversation_id])
    leader, acts = client_of(sana), said.get_absolute_url()
    assert "hard words" not in text(leader.get(room.conversation.get_absolute_url()))
    assert leader.get(acts).status_code == 404
    assert "hard words" in text(leader.get(place))
    assert ben.name in text(leader.get(where("room_people")))
    assert [leader.post(f"{acts}{act}/").url for act in ("mute", "remove")] == [place, place]
    assert "hard words" not in text(leader.get(place))
    assert Mute.objects.get().delegate == ben
    said.refresh_from_db()
    assert said.removed_by == sana.user


def test_an_organiser_who_has_blocked_somebody_has_their_words_in_the_queue(
    event, room, ben, sana, ada, client_of, now
):
    me = Delegate.objects.create(event=event, user=ada, name=ada.name, role="learner", registered_at=now)
    said = post_message(room.conversation, ben, "hard words", client_id=uuid.uuid4(), now=now)
    report = report_message(said, sana, reason=Reason.UNKIND, words="", now=now)
    block(me, ben, now=now)
    organiser = client_of(ada)
    assert "hard words" in text(organiser.get(reverse("networking:moderation", args=["assembly-2022"])))
    decide = reverse("networking:decide", args=["assembly-2022", report.pk])
    assert organiser.post(decide, {f"{report.pk}-outcome": "removed"}).status_code == 302
    said.refresh_from_db()
    assert said.removed_at == now


def test_help_is_called_seen_and_taken(room, sana, ada, ben, client_of, where):
    client_of(sana).post(where("call_for_help"), {"words": "No sound"})
    queue = reverse("breakouts:help", args=["assembly-2022"])
    organiser = client_of(ada)
    assert "“No sound”" in text(organiser.get(queue))
    call = HelpCall.objects.get()
    act = reverse("breakouts:help_act", args=["assembly-2022", call.pk])
    assert client_of(sana).post(act, {"act": "take"}).status_code == 404
    organiser.post(act, {"act": "take"})
    assert "You have it" in text(organiser.get(queue))
    assert "Ada Placeholder</strong> is coming to help." in text(client_of(sana).get(where("desk")))
    organiser.post(act, {"act": "done"})
    assert "No room needs help" in text(organiser.get(queue))


def test_a_call_somebody_else_took_is_said_so(room, sana, ada, event, client_of, now):
    grace = User.objects.create_user("grace@example.org", "Grace Placeholder", is_staff=True)
    event.organisers.add(grace)
    call = call_for_help(room, words="", by=sana.user, now=now)
    take_call(call, by=grace, now=now)
    act = reverse("breakouts:help_act", args=["assembly-2022", call.pk])
    assert "Grace Placeholder has taken that call" in text(client_of(ada).post(act, {"act": "take"}, follow=True))


def test_who_leads_a_room_finds_it_without_a_seat(room, other_room, sana, una, client_of, where):
    list_of_rounds = "/assembly-2022/rooms/"
    page, rounds = (
        client_of(sana).get(where_).content.decode() for where_ in (f"{list_of_rounds}{room.round_id}/", list_of_rounds)
    )
    assert page.count("You lead this room") == 1
    assert f'href="{where()}"' in page and f'href="{where(of=other_room)}"' not in page
    assert f'You lead <a href="{where()}">' in rounds
    assert "You lead" not in client_of(una).get(list_of_rounds).content.decode()
    assert "You have not chosen a room yet." not in rounds


def test_an_organiser_without_a_script_finds_the_calls_for_help_beside_the_rounds(room, ben_in, ada, client_of):
    rounds, calls = (reverse(f"breakouts:{name}", args=["assembly-2022"]) for name in ("rounds", "help"))
    assert calls in text(client_of(ada).get(rounds))
    assert calls not in text(ben_in.get(rounds))
