"""The pages of a room that is on, by plain form post, for those who may and for those who may not."""

import re
import uuid

import pytest
from django.urls import reverse

from breakouts.hosting.models import Facilitator, HelpCall
from breakouts.hosting.services import call_for_help, end, remove_person, take_call
from breakouts.models import Room, Seat
from breakouts.notes.models import Note, NoteTaker, Wording
from breakouts.notes.services import name_note_taker
from breakouts.services import choose_room, leave_room, take_or_wait
from breakouts.taking_part.models import Hand, Manner, Part
from breakouts.taking_part.services import raise_hand, take_part
from networking.safety.models import Mute, Reason
from networking.safety.services import block, report_message
from networking.services import post_message, seat_participant
from portal.live.access import find_start
from portal.live.registry import find_channel
from portal.models import Delegate, User
from tests.conftest import make_delegate

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


def read(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def ben_in(room, ben, client_of, now):
    take_part(room, ben, "speak", now=now)
    return client_of(ben)


def test_entering_asks_how_i_take_part_and_then_lets_me_in(room, ben, client_of, where):
    client = client_of(ben)
    assert "How would you like to take part?" in read(client.get(where()))
    assert client.post(where("part"), {"manner": "listen"}).status_code == 303
    assert "You listen." in read(client.get(where()))
    client.post(where("part"), {"manner": "speak"})
    assert Part.objects.get().manner == "speak"


def test_an_answer_that_is_none_is_asked_again(room, ben, client_of, where):
    response = client_of(ben).post(where("part"), {"manner": "sing"})
    assert response.status_code == 422
    assert not Part.objects.exists()


def test_those_who_lead_are_not_asked(room, sana, ada, client_of, where):
    for person in (sana, ada):
        assert "Leading this room" in read(client_of(person).get(where()))


def test_nobody_takes_part_before_or_after(room, ben, client_of, where, at):
    for moment in ("2022-05-27T09:44:59", "2022-05-27T10:30"):
        at(moment)
        client_of(ben).post(where("part"), {"manner": "type"})
        client_of(ben).post(where("hand"), {"up": "1"})
    assert not Part.objects.exists()
    assert not Hand.objects.exists()


def test_a_hand_goes_up_and_down_by_plain_form(ben_in, where):
    ben_in.post(where("hand"), {"up": "1"})
    assert "Lower my hand" in read(ben_in.get(where()))
    ben_in.post(where("hand"), {"down": "1"})
    assert "Raise my hand" in read(ben_in.get(where()))


def test_a_facilitator_calls_and_marks_as_spoken_by_plain_form(room, ben, ben_in, sana, client_of, where, now):
    hand, leader = raise_hand(room, ben, now=now), client_of(sana)
    assert "Not spoken yet" in read(leader.get(where()))
    leader.post(where("floor"), {"call": hand.pk})
    assert "You have the floor." in read(ben_in.get(where()))
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
    assert "Until <span data-room-until>10:35am" in read(leader.get(where()))


def test_a_room_that_goes_on_is_said_to_in_one_form_of_time_and_in_the_bar(room, ben, sana, client_of, where):
    bar = re.compile(r"until <time[^>]*>10:30am</time>(, some rooms until <time[^>]*>10:35am</time>)?")
    assert bar.search(read(client_of(ben).get("/assembly-2022/lobby/")))[1] is None  # type: ignore[index]
    said = client_of(sana).post(where("extend"), {"known": 0}, follow=True)
    assert "The room goes on until 10:35am." in read(said)
    assert bar.search(read(client_of(ben).get("/assembly-2022/lobby/")))[1]  # type: ignore[index]
    gauge = client_of(ben).get(f"/assembly-2022/live/event.{room.event.pk}.programme/").json()["state"]["html"]
    assert bar.search(gauge)[1]  # type: ignore[index]


def test_the_room_stays_open_as_long_as_it_was_extended_and_then_leads_on(ben_in, sana, client_of, where, at):
    client_of(sana).post(where("extend"), {"known": "0"})
    at("2022-05-27T10:34:59")
    assert "Raise my hand" in read(ben_in.get(where()))
    at("2022-05-27T10:35")
    page = read(ben_in.get(where()))
    assert "This room closed at" in page
    assert where("notes") in page
    assert reverse("networking:lounge", args=["assembly-2022"]) in page


def test_a_facilitator_ends_the_room_before_its_time_and_it_leads_on(room, ben_in, sana, client_of, where):
    leader = client_of(sana)
    assert "End this room now" in read(leader.get(where()))
    for _ in range(2):
        said = read(leader.post(where("end"), follow=True))
        assert "Room 1 has ended. Everybody in it is shown where to go." in said
    page = read(ben_in.get(where()))
    assert "This room closed at <time" in page and "10:00am" in page
    assert where("notes") in page and reverse("networking:lounge", args=["assembly-2022"]) in page
    assert reverse("breakouts:round", args=["assembly-2022", room.round_id]) in page


def test_a_room_that_was_ended_is_called_so_and_can_be_looked_back_at_alone(room, ben, una, ada, client_of, where, now):
    take_part(room, ben, Manner.TYPE, now=now)
    end(room, by=ada, now=now)
    page = read(client_of(ben).get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
    assert "Ended</span>" in page and "Look back" in page
    assert "Closed to newcomers" not in page and "Enter<" not in page and "Give up my place" not in page
    rounds = read(client_of(ben).get(reverse("breakouts:rounds", args=["assembly-2022"])))
    assert f'You were in <a href="{where()}">Room 1</a>, which has ended.' in rounds
    places = client_of(una).get(f"/assembly-2022/live/round.{room.round_id}.places/").json()["state"]["rooms"]
    assert [places[str(pk)]["ended"] for pk in (room.pk, una.seats.get().room_id)] == [True, False]


def test_who_is_removed_is_told_why_and_where_to_go(room, other_room, ben, ben_in, sana, client_of, where, now):
    part = take_part(room, ben, Manner.TYPE, now=now)
    response = client_of(sana).post(where("remove_person"), {"part": part.pk, "reason": "Shouting"}, follow=True)
    assert "Ben Placeholder is out of this room." in read(response)
    response = ben_in.get(where())
    page = read(response)
    assert response.status_code == 403
    assert "“Shouting”" in page
    assert other_room.title in page
    choosing = reverse("breakouts:choose", args=["assembly-2022", room.round_id])
    assert "asked to leave Room 1" in read(ben_in.post(choosing, {"room": room.pk}))
    assert [ben_in.get(where(name)).status_code for name in ("notes", "part")] == [404, 404]


def test_the_card_of_a_room_one_was_removed_from_says_why_and_has_no_button(room, other_room, ben, ada, client_of, now):
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    page = read(client_of(ben).get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
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
    assert "Leading this room" in read(response)


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
    page = read(leader.get(where("room_people")))
    assert "Dee" not in page and "Nobody is in the line for this room." in page
    assert "Dee" not in read(leader.get(where("room_people"), {"find": "d"}))
    page = read(leader.get(where("room_people"), {"find": " dee "}))
    assert "Dee Listed" in page and "Dee Hidden" not in page
    assert "has “una” in their name" in read(leader.get(where("room_people"), {"find": "una"}))
    page = read(organiser.get(where("room_people"), {"find": "dee"}))
    assert "Dee Listed" in page and "Dee Hidden" in page
    assert "Una Placeholder" in read(organiser.get(where("room_people"), {"find": "una"}))
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
    assert "Dee Listed" not in read(leader.get(where("room_people"), {"find": "dee"}))
    assert leader.post(where("admit_person"), {"delegate": dee.pk, "reason": "A guest"}).status_code == 404
    assert "Dee Listed" in read(client_of(ada).get(where("room_people"), {"find": "dee"}))


def test_letting_in_does_not_tell_who_it_was_that_was_removed_by_another_name(
    room, ben, una, ada, sana, client_of, where, now
):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    Delegate.objects.filter(pk__in=[ben.pk, una.pk]).update(listed=True)
    take_part(Room.objects.get(pk=room.pk), ben, Manner.SPEAK, known_as="Owl", now=now)
    remove_person(room, ben, reason="Shouting", by=sana.user, now=now)
    for person in (ben, una):
        form = {"delegate": person.pk, "reason": "A guest"}
        page = read(client_of(sana).post(where("admit_person"), form, follow=True))
        assert f"{person.name} has a place in another room, or was asked to leave this one." in page
    form = {"delegate": ben.pk, "reason": "A guest"}
    assert f"{ben.name} was removed" in read(client_of(ada).post(where("admit_person"), form, follow=True))


def test_who_stands_in_line_is_offered_to_who_leads(room, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    assert "Una Placeholder" in read(client_of(sana).get(where("room_people")))


def test_somebody_is_let_in_to_a_full_room_with_a_reason(room, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    leader = client_of(sana)
    assert "Say why they come in." in read(leader.post(where("admit_person"), {"delegate": una.pk}, follow=True))
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


def test_no_page_of_those_who_lead_tells_who_goes_by_another_name(room, ben, ben_in, sana, ada, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    room.refresh_from_db()
    part = take_part(room, ben, Manner.TYPE, known_as="Quiet Owl", now=now)
    leader = client_of(sana)
    leader.post(where("take_notes"), {"part": part.pk})
    leader.post(where("mute_person"), {"part": part.pk})
    place = reverse("networking:place", args=["assembly-2022", room.conversation_id])
    pages = [read(leader.get(address)) for address in (where("desk"), where("room_people"), place)]
    assert ["Quiet Owl" in page for page in pages] == [True] * 3
    assert not any(ben.name in page or f'name="delegate" value="{ben.pk}"' in page for page in pages)
    assert ben.name in read(client_of(ada).get(place))
    assert "They are not in this room any more." in read(
        leader.post(where("remove_person"), {"part": 0, "reason": "Shouting"}, follow=True)
    )


@pytest.mark.parametrize("name", ["Quiet Owl", ""])
def test_from_another_name_in_a_room_nobody_gets_to_the_person(
    name, event, room, ben, ben_in, sana, una, ada, cleo, client_of, now
):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    room.refresh_from_db()
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    choose_room(room, shy, now=now)
    page = f"/assembly-2022/people/{shy.pk}/"
    assert client_of(ben).get(page).status_code == 404, "who has not come in has not been met"
    take_part(room, shy, Manner.TYPE, known_as=name, now=now)
    post_message(room.conversation, shy, "Hello", client_id=uuid.uuid4(), now=now)
    seat_participant(room.conversation, sana, now=now)
    met = 404 if name else 200
    roles = {None: 302, cleo: 404, una: 404, ada: 404, shy: 404, ben: met, sana: met}
    for act in ("", "report/", "block/"):
        assert {who: client_of(who).get(f"{page}{act}").status_code for who in roles} == roles
    for act in ("ask/", "block/", "report/"):
        if name:
            assert {client_of(who).post(f"{page}{act}").status_code for who in (ben, sana, una)} == {404}


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
    assert "hard words" not in read(leader.get(room.conversation.get_absolute_url()))
    assert leader.get(acts).status_code == 404
    assert "hard words" in read(leader.get(place))
    assert ben.name in read(leader.get(where("room_people")))
    assert [leader.post(f"{acts}{act}/").url for act in ("mute", "remove")] == [place, place]
    assert "hard words" not in read(leader.get(place))
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
    assert "hard words" in read(organiser.get(reverse("networking:moderation", args=["assembly-2022"])))
    decide = reverse("networking:decide", args=["assembly-2022", report.pk])
    assert organiser.post(decide, {f"{report.pk}-outcome": "removed"}).status_code == 302
    said.refresh_from_db()
    assert said.removed_at == now


def test_help_is_called_seen_and_taken(room, sana, ada, ben, client_of, where):
    client_of(sana).post(where("call_for_help"), {"words": "No sound"})
    queue = reverse("breakouts:help", args=["assembly-2022"])
    organiser = client_of(ada)
    assert "“No sound”" in read(organiser.get(queue))
    call = HelpCall.objects.get()
    act = reverse("breakouts:help_act", args=["assembly-2022", call.pk])
    assert client_of(sana).post(act, {"act": "take"}).status_code == 404
    organiser.post(act, {"act": "take"})
    assert "You have it" in read(organiser.get(queue))
    assert "Ada Placeholder</strong> is coming to help." in read(client_of(sana).get(where("desk")))
    organiser.post(act, {"act": "done"})
    assert "No room needs help" in read(organiser.get(queue))


def test_a_call_somebody_else_took_is_said_so(room, sana, ada, event, client_of, now):
    grace = User.objects.create_user("grace@example.org", "Grace Placeholder", is_staff=True)
    event.organisers.add(grace)
    call = call_for_help(room, words="", by=sana.user, now=now)
    take_call(call, by=grace, now=now)
    act = reverse("breakouts:help_act", args=["assembly-2022", call.pk])
    assert "Grace Placeholder has taken that call" in read(client_of(ada).post(act, {"act": "take"}, follow=True))


def save(client, where, text: str, base: int = 0, **more):
    return client.post(where("save_note"), {"section": "heard", "text": text, "base": base}, **more)


def test_notes_are_written_by_the_note_taker_and_those_who_lead_and_read_by_all(
    room, ben, ben_in, sana, ada, una, client_of, where, now
):
    assert save(ben_in, where, "By Ben").status_code == 404
    name_note_taker(room, ben, by=ada, now=now)
    assert save(ben_in, where, "By Ben").status_code == 303
    assert save(client_of(sana), where, "By Sana", base=1).status_code == 303
    assert "By Sana" in read(ben_in.get(where("notes")))
    assert save(client_of(una), where, "By Una", base=2).status_code == 404
    assert client_of(una).get(where("notes")).status_code == 404


def test_a_note_taker_who_gave_up_the_place_writes_no_more(room, ben, ben_in, ada, where, now):
    name_note_taker(room, ben, by=ada, now=now)
    leave_room(room.round, ben, now=now)
    assert save(ben_in, where, "By Ben").status_code == 404
    assert not Note.objects.filter(text="By Ben").exists()


def test_a_conflict_is_explained_and_both_texts_are_on_the_page(room, sana, ada, client_of, where):
    save(client_of(ada), where, "By Ada")
    response = save(client_of(sana), where, "By Sana")
    page = read(response)
    assert response.status_code == 409
    assert "Ada Placeholder has changed this section meanwhile. What you typed is kept." in page
    assert "By Ada</blockquote>" in page
    assert "By Sana</textarea>" in page
    assert 'name="base" value="1"' in page
    assert save(client_of(sana), where, "By both", base=1).status_code == 303
    assert "Did not go in" in read(client_of(sana).get(where("notes_history")))
    assert Wording.objects.filter(set_aside=True, text="By Sana").exists()


def test_a_script_is_answered_with_the_version_or_with_what_stands_there(room, sana, client_of, where):
    by_script = {"headers": {"Accept": "application/json"}}
    client = client_of(sana)
    assert save(client, where, "One", **by_script).json() == {"version": 1}
    response = save(client, where, "Two", **by_script)
    assert response.status_code == 409
    assert response.json() | {"error": ""} == {"error": "", "version": 1, "text": "One", "by": "Sana Placeholder"}


def test_notes_can_be_finished_for_half_an_hour_and_read_for_good(room, sana, ben_in, client_of, where, at):
    at("2022-05-27T10:59")
    assert save(client_of(sana), where, "Late").status_code == 303
    at("2022-05-27T11:00")
    assert save(client_of(sana), where, "Too late", base=1).status_code == 404
    at("2022-06-27T11:00")
    assert "Late" in read(ben_in.get(where("notes")))
    assert Note.objects.get().text == "Late"


def test_another_name_is_all_that_the_room_sees(room, ben, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    choose_room(room, una, now=now)
    client_of(ben).post(where("part"), {"manner": "speak", "known_as": "Quiet Owl"})
    client_of(una).post(where("part"), {"manner": "type"})
    client_of(ben).post(where("hand"), {"up": "1"})
    say = reverse("networking:say", args=["assembly-2022", room.conversation_id])
    said = client_of(ben).post(say, {"text": "Hello"}, headers={"Accept": "application/json"}).json()
    ask = reverse("networking:ask", args=["assembly-2022", room.conversation_id])
    client_of(ben).post(ask, {"text": "Why?", "token": str(uuid.uuid4())})
    asked = reverse("networking:questions", args=["assembly-2022", room.conversation_id])
    talk = read(client_of(una).get(reverse("networking:conversation", args=["assembly-2022", room.conversation_id])))
    acts = reverse("networking:acts", args=["assembly-2022", room.conversation_id, said["id"]])
    seen = [
        said["html"],
        talk,
        read(client_of(una).get(asked)),
        read(client_of(una).get(where())),
        read(client_of(una).get(acts)),
    ]
    seen += [read(client_of(sana).get(where(name))) for name in ("room", "desk")]
    assert all("Quiet Owl" in page for page in seen)
    assert not any("Ben Placeholder" in page for page in seen)
    assert f'data-author="{ben.user_id}"' not in said["html"]


def test_the_channels_of_a_room_are_for_those_with_a_place_and_the_desk_for_those_who_lead(
    room, ben, sana, una, cleo, ada, now
):
    people = [ben.user, sana.user, una.user, cleo.user, ada]

    def hears(name: str) -> list[bool]:
        channel = find_channel(name)
        return [find_start(user, "assembly-2022", channel, now) is not None for user in people]

    for part in ("hands", "notes", "state"):
        assert hears(room.channel(part)) == [True, True, False, False, True], part
    assert hears(room.channel("desk")) == [False, True, False, False, True]
    assert hears(f"event.{room.event.pk}.help") == [False, False, False, False, True]


def test_a_script_without_sockets_hears_the_hands_and_the_notes(room, ben, ben_in, sana, client_of, where, now):
    raise_hand(room, ben, now=now)
    save(client_of(sana), where, "One")
    state = ben_in.get(f"/assembly-2022/live/{room.channel('hands')}/").json()["state"]
    assert [name for _, name in state["raised"]] == ["Ben Placeholder"]
    frames = ben_in.get(f"/assembly-2022/live/{room.channel('notes')}/?after=0").json()["frames"]
    assert [frame["body"]["text"] for frame in frames] == ["One"]


@pytest.mark.parametrize("name", ["room", "desk", "room_people", "notes"])
def test_a_room_costs_the_same_with_one_person_and_with_three(
    name, room, ben, ben_in, sana, event, client_of, where, now, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    leader = client_of(sana)
    raise_hand(room, ben, now=now)
    leader.get(where(name))
    with CaptureQueriesContext(connection) as before:
        leader.get(where(name))
    for number in range(2):
        person = make_delegate(event, f"more{number}@example.org", f"More {number}")
        choose_room(room, person, now=now)
        take_part(room, person, "speak", now=now)
        raise_hand(room, person, now=now)
    with django_assert_num_queries(len(before)):
        leader.get(where(name))


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


def test_a_card_names_who_leads_the_room_and_else_what_the_organisers_wrote(room, other_room, ben_in, ada, client_of):
    Room.objects.filter(pk__in=[room.pk, other_room.pk]).update(hosts="Two from the deanery")
    for client in (ben_in, client_of(ada)):
        page = read(client.get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
        assert "With Sana Placeholder" in page
        assert page.count("With Two from the deanery") == 1


def test_who_waits_for_the_room_to_open_reads_who_leads_it(room, ben, client_of, where, at):
    Room.objects.filter(pk=room.pk).update(hosts="A guest", access="Live captions")
    at("2022-05-27T09:00")
    page = read(client_of(ben).get(where()))
    assert "With Sana Placeholder" in page and "A guest" not in page and "Live captions" in page


def test_who_came_to_listen_is_not_one_who_is_still_to_be_heard(room, ben, sana, client_of, where, now):
    take_part(room, ben, "listen", now=now)
    page = read(client_of(sana).get(where("room_people")))
    assert "came to listen" in page and "Not heard yet" not in page


def test_an_organiser_without_a_script_finds_the_calls_for_help_beside_the_rounds(room, ben_in, ada, client_of):
    rounds, calls = (reverse(f"breakouts:{name}", args=["assembly-2022"]) for name in ("rounds", "help"))
    assert calls in read(client_of(ada).get(rounds))
    assert calls not in read(ben_in.get(rounds))
