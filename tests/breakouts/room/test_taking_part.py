"""How people take part, what they are called, and the line of hands."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from breakouts.hosting.queries import desk_of
from breakouts.models import Seat
from breakouts.services import choose_room
from breakouts.taking_part.models import Hand, Manner
from breakouts.taking_part.queries import hands_of, has_floor, name_in, people_of
from breakouts.taking_part.services import PartRefused, call_hand, close_hand, lower_hand, raise_hand, take_part
from breakouts.voice.services import enter_voice, switch
from networking.frames import message_frame
from networking.mentions import find_names
from networking.models import author_key
from networking.safety.services import restore, suspend
from networking.services import post_message, seat_participant
from portal.live.wire import pack_touch
from portal.models import AuditEntry, Speaker
from tests.conftest import make_delegate

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def line(room, event, now):
    """Three people with their hands up, one second after another."""
    people = [make_delegate(event, f"hand{n}@example.org", f"Hand {n}") for n in range(3)]
    for n, person in enumerate(people):
        choose_room(room, person, now=now)
        raise_hand(room, person, now=now + timedelta(seconds=n))
    return people


def names(room) -> list[str]:
    return [hand.name for hand in hands_of(room.pk)]


def hand(room, person) -> Hand:
    return Hand.objects.select_related("room").get(room=room, delegate=person, closed_at=None)


def test_hands_keep_the_order_in_which_they_were_raised(room, line, now):
    raise_hand(room, line[0], now=now + timedelta(minutes=5))
    assert names(room) == ["Hand 0", "Hand 1", "Hand 2"]


def test_who_is_called_has_the_floor_and_who_had_it_has_spoken(room, line, ada, now):
    call_hand(hand(room, line[0]), by=ada, now=now)
    assert has_floor(room, line[0])
    call_hand(hand(room, line[2]), by=ada, now=now)
    assert [(each.name, each.called) for each in hands_of(room.pk)] == [("Hand 2", True), ("Hand 1", False)]
    assert Hand.objects.get(delegate=line[0]).spoken


def test_a_second_facilitator_who_calls_the_same_hand_changes_nothing(room, line, ada, now):
    first = hand(room, line[0])
    call_hand(first, by=ada, now=now)
    call_hand(first, by=ada, now=now + timedelta(seconds=1))
    assert has_floor(room, line[0])
    assert Hand.objects.get(delegate=line[0]).called_at == now


def test_facilitators_see_who_has_not_spoken_yet(room, line, ada, now):
    close_hand(hand(room, line[0]), spoken=True, by=ada, now=now)
    raise_hand(room, line[0], now=now + timedelta(minutes=1))
    assert [(each.name, each.has_spoken) for each in hands_of(room.pk)] == [
        ("Hand 1", False), ("Hand 2", False), ("Hand 0", True)
    ]  # fmt: skip


def test_a_hand_taken_down_has_not_spoken(room, line, ada, now):
    close_hand(hand(room, line[0]), spoken=False, by=ada, now=now)
    lower_hand(room, line[1], now=now)
    assert not Hand.objects.filter(spoken=True).exists()
    assert names(room) == ["Hand 2"]


def test_the_hand_of_who_has_left_the_room_is_not_in_the_line(room, other_room, line, now):
    choose_room(other_room, line[1], now=now)
    assert names(room) == ["Hand 0", "Hand 2"]


def test_who_is_suspended_is_not_among_the_hands_and_people_and_those_who_lead_know_at_once(
    room, line, ada, now, monkeypatch, django_capture_on_commit_callbacks
):
    told, first = [], line[0]
    take_part(room, first, Manner.SPEAK, now=now)
    monkeypatch.setattr("portal.live.services._send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        suspend(first, by=ada, now=now)
    assert first.name not in names(room)
    assert first.name not in [person.name for person in people_of(room, now)]
    assert {pack_touch(room.channel("hands")), pack_touch(room.channel("desk"))} <= set(told)
    restore(first, by=ada, now=now)
    assert first.name in names(room)


def test_the_database_gives_one_floor_a_room_and_one_hand_a_person(room, line, now):
    Hand.objects.filter(delegate=line[0]).update(called_at=now)
    for change in (
        lambda: Hand.objects.filter(delegate=line[1]).update(called_at=now),
        lambda: Hand.objects.create(room=room, delegate=line[1], raised_at=now),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_way_of_taking_part_can_change(room, ben, now):
    take_part(room, ben, Manner.LISTEN, now=now)
    take_part(room, ben, Manner.SPEAK, now=now)
    assert [(person.name, person.manner) for person in people_of(room, now)] == [("Ben Placeholder", "speak")]


def test_who_came_to_speak_and_did_not_is_not_heard_yet(room, ben, ada, now):
    take_part(room, ben, Manner.SPEAK, now=now)
    assert [person.name for person in desk_of(room, now).unheard] == ["Ben Placeholder"]
    close_hand(raise_hand(room, ben, now=now), spoken=True, by=ada, now=now)
    assert desk_of(room, now).unheard == []


def test_who_had_a_microphone_on_is_heard_also_when_it_is_off_again(room, ben, now):
    take_part(room, ben, Manner.SPEAK, now=now)
    raise_hand(room, ben, now=now)
    before, caller = desk_of(room, now), enter_voice(room, ben.user, ben.name, now=now)
    assert [person.name for person in before.unheard] == ["Ben Placeholder"] and not before.hands[0].has_spoken
    for is_on in (True, False):
        switch(caller, microphone=is_on, camera=False, is_leader=False, now=now)
        desk = desk_of(room, now)
        assert desk.unheard == [] and desk.hands[0].has_spoken
        assert desk.state != before.state


def test_another_name_is_only_for_rooms_that_allow_it(room, ben, now):
    with pytest.raises(PartRefused, match="their own names"):
        take_part(room, ben, Manner.TYPE, known_as="Owl", now=now)


@pytest.fixture
def free_room(room):
    room.pseudonyms_allowed = True
    room.save(update_fields=["pseudonyms_allowed"])
    return room


def test_another_name_is_shown_and_the_audit_keeps_whose_it_is(free_room, ben, now):
    take_part(free_room, ben, Manner.SPEAK, known_as="  Quiet   Owl ", now=now)
    raise_hand(free_room, ben, now=now)
    assert (name_in(free_room, ben), names(free_room)) == ("Quiet Owl", ["Quiet Owl"])
    written = AuditEntry.objects.get(verb="choose a name")
    assert written.subject == "Ben Placeholder is called Quiet Owl in Room 1"
    assert written.actor == ben.user


def test_who_goes_by_another_name_is_called_by_it_alone_and_not_known_by_it(free_room, ben, una, now):
    Seat.objects.filter(delegate=una).update(room=free_room)
    talk = free_room.conversation
    seat_participant(talk, una, now=now)
    take_part(free_room, una, Manner.TYPE, known_as="Quiet Owl", now=now)
    assert find_names(talk, ben, "ow") == ["Quiet Owl"]
    assert find_names(talk, ben, "una") == []
    # Who has a place and has not come in may yet choose another name.
    late = make_delegate(ben.event, "late@example.org", "Late Placeholder")
    seat_participant(talk, late, now=now)
    assert find_names(talk, ben, "late") == []
    said = post_message(talk, ben, f"@{una.name}, @quiet owl?", client_id=uuid.uuid4(), now=now)
    assert said.mentioned == [[una.user_id, "Quiet Owl"]]
    html = message_frame(said).html
    assert f'data-mention="{author_key(talk.pk, una.user_id)}"' in html
    assert f'"{una.user_id}"' not in html


SEEN_ALIKE = ["Sana\u200b Placeholder", "Ｓana Placeholder", "É\u00adva", "éva", "Quiet\u2060 Owl"]
SEEN_ALIKE += [
    "Sana\u3164 Placeholder",
    "Sana Placeholder\ufe0f",
    "Éva\u034f",
    "Quiet \u2800Owl",
    "Quiet Owl\U000e0100",
]
# Cyrillic and Greek letters, a capital I for a small l, a nought for an O.
SEEN_ALIKE += ["Ѕаnа Рlасеhоldеr", "Sαna Ρlaceholder", "Sana PIaceholder", "QUIET 0WL"]
OF_THE_EVENT = ["Ada Placeholder", "Professor Example"]


@pytest.mark.parametrize("unreadable", ["\u200b", "\u2060 \u00ad", "\u3164", "\ufe0f"])
def test_a_name_that_cannot_be_read_is_refused_and_not_taken_for_none(free_room, ben, now, unreadable):
    with pytest.raises(PartRefused, match="can be read"):
        take_part(free_room, ben, Manner.TYPE, known_as=unreadable, now=now)


def test_a_name_does_not_turn_the_words_after_it_round(free_room, ben, now):
    assert take_part(free_room, ben, Manner.TYPE, known_as="Owl\u202e", now=now).known_as == "Owl"


@pytest.mark.parametrize("taken", ["Sana Placeholder", "sana placeholder", "quiet owl", *SEEN_ALIKE, *OF_THE_EVENT])
def test_the_name_of_somebody_else_is_refused(free_room, ben, una, now, taken):
    Seat.objects.filter(delegate=una).update(room=free_room)
    take_part(free_room, una, Manner.TYPE, known_as="Quiet Owl", now=now)
    make_delegate(ben.event, "eva@example.org", "Éva")
    Speaker.objects.create(event=ben.event, name="Professor Example")
    with pytest.raises(PartRefused, match="Somebody has that name"):
        take_part(free_room, ben, Manner.TYPE, known_as=taken, now=now)
