"""Those who lead a room: two of them, longer, removal, letting in, help."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from breakouts.hosting.models import Facilitator, HelpCall
from breakouts.hosting.services import (
    HostRefused,
    admit,
    appoint,
    call_for_help,
    dismiss,
    end,
    extend,
    finish_call,
    forgive,
    hand_back,
    remove_person,
    take_call,
)
from breakouts.models import Notice, Room, Seat, Waiting
from breakouts.notes.models import NoteTaker
from breakouts.notes.services import name_note_taker
from breakouts.services import Removed, RoomLocked, choose_room, take_or_wait
from breakouts.taking_part.models import Manner
from breakouts.taking_part.queries import hands_of
from breakouts.taking_part.services import raise_hand, take_part
from breakouts.voice.live import is_theirs
from breakouts.voice.queries import voice_state
from breakouts.voice.services import enter_voice, sweep_voice
from networking.direct.inbox import count_waiting
from networking.direct.queries import search_talk
from networking.hours import is_open
from networking.mentions import find_names
from networking.safety.services import suspend
from networking.services import post_message
from portal.live.access import find_start
from portal.live.models import Revocation
from portal.live.registry import find_channel
from portal.live.wire import pack_touch
from portal.mail.models import OutboxMail
from portal.models import AuditEntry, User
from portal.people.access import Visitor, visit
from portal.programme.services import move_session

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_room_has_two_facilitators_and_no_third(room, ben, una, ada, now):
    appoint(room, ben, by=ada, now=now)
    appoint(room, ben, by=ada, now=now)
    with pytest.raises(HostRefused, match="Room 1 has two facilitators"):
        appoint(room, una, by=ada, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Facilitator.objects.create(room=room, delegate=una, place=3)


def test_who_is_asked_to_lead_is_told_and_later_that_they_do_not_any_more(room, ben, ada, now):
    facilitator = appoint(room, ben, by=ada, now=now)
    assert Notice.objects.get(delegate=ben).words.startswith("You were asked to lead Room 1.")
    assert OutboxMail.objects.filter(to=ben.user.email, key__startswith="rooms.").count() == 1
    appoint(room, ben, by=ada, now=now)
    assert OutboxMail.objects.filter(to=ben.user.email, key__startswith="rooms.").count() == 1
    dismiss(facilitator, by=ada, now=now)
    assert Notice.objects.get(delegate=ben).words == "You do not lead Room 1 any more."


def test_a_facilitator_hears_the_room_without_a_seat_until_dismissed(room, sana, ada, now):
    channels = [find_channel(name) for name in (room.conversation.channel, room.channel("desk"))]
    assert all(find_start(sana.user, "assembly-2022", channel, now) is not None for channel in channels)
    dismiss(room.facilitators.get(), by=ada, now=now)
    assert not any(find_start(sana.user, "assembly-2022", channel, now) is not None for channel in channels)
    assert Revocation.objects.filter(user=sana.user).exists()


def test_a_facilitator_without_a_seat_is_offered_called_and_told(room, ben, sana, now):
    take_part(room, ben, Manner.SPEAK, now=now)
    assert find_names(room.conversation, ben, "sana") == [sana.name]
    said = post_message(room.conversation, ben, f"@{sana.name} please", client_id=uuid.uuid4(), now=now)
    assert [mention.delegate for mention in said.mentions.all()] == [sana]
    assert count_waiting([sana.pk])[sana.pk].calls == 1


def test_who_leads_a_room_searches_what_was_said_in_it_until_dismissed(room, ben, sana, ada, now):
    post_message(room.conversation, ben, "a needle", client_id=uuid.uuid4(), now=now)

    def found() -> int:
        return len(search_talk(Visitor(room.event, sana.user, sana, False, now), "needle", 1).object_list)

    assert found() == 1
    dismiss(room.facilitators.get(), by=ada, now=now)
    assert found() == 0


def test_a_room_goes_on_for_five_minutes_at_a_time_and_fifteen_in_all(room, ada, now):
    for known in (0, 5, 10):
        extend(room, known=known, by=ada, now=now)
    with pytest.raises(HostRefused, match="15 minutes more"):
        extend(room, known=15, by=ada, now=now)
    room.refresh_from_db()
    assert room.closes == room.round.session.ends + timedelta(minutes=15)


def test_two_who_extend_at_once_give_five_minutes(room, ada, now):
    extend(room, known=0, by=ada, now=now)
    assert extend(room, known=0, by=ada, now=now).extra_minutes == 5


def test_an_extended_room_is_talked_in_after_the_programme_says_it_is_over(room, other_room, ada, now):
    extend(room, known=0, by=ada, now=now)
    later = room.round.session.ends + timedelta(minutes=4)
    assert is_open(room.conversation, later)
    assert not is_open(room.conversation, later + timedelta(minutes=1))
    assert not is_open(other_room.conversation, later)


def test_a_room_that_is_over_does_not_go_on(room, ada):
    with pytest.raises(HostRefused, match="that is on"):
        extend(room, known=0, by=ada, now=room.round.session.ends)


def test_a_room_ended_before_its_time_is_as_one_whose_time_is_up(room, ben, sana, ada, now):
    caller = enter_voice(room, ben.user, ben.name, now=now)
    end(room, by=sana.user, now=now)
    end(room, by=ada, now=now + timedelta(minutes=1))
    room.refresh_from_db()
    assert (room.closes, room.is_on(now), is_open(room.conversation, now)) == (now, False, False)
    assert datetime.fromisoformat(voice_state(room.pk, now)["ends"]) == now
    assert sweep_voice(now) == 1
    assert not is_theirs(visit(ben.user, "assembly-2022", now), caller.pk)
    assert AuditEntry.objects.get(verb="end room").actor == sana.user
    with pytest.raises(HostRefused, match="that is on"):
        extend(room, known=0, by=ada, now=now)


def test_who_sits_in_an_ended_room_may_choose_another_and_nobody_chooses_it(room, other_room, ben, una, ada, now):
    end(room, by=ada, now=now)
    with pytest.raises(RoomLocked):
        choose_room(room, una, now=now)
    assert choose_room(other_room, ben, now=now).room == other_room


def test_who_waits_for_a_room_that_is_ended_is_told(room, una, ada, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    end(room, by=ada, now=now)
    assert not Waiting.objects.exists()
    assert "Room 1 has ended early" in Notice.objects.get(delegate=una).words


def test_who_is_suspended_has_no_mail_of_a_room_that_is_ended_and_reads_it_on_their_return(room, una, ada, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    suspend(una, by=ada, now=now)
    end(room, by=ada, now=now)
    assert not OutboxMail.objects.filter(to=una.user.email, key__startswith="rooms.").exists()
    assert "Room 1 has ended early" in Notice.objects.get(delegate=una).words


def test_a_room_ended_before_its_session_was_moved_can_be_ended_in_its_new_hour(room, ada, now):
    end(room, by=ada, now=now)
    session = room.round.session
    session.starts, session.ends = session.ends, session.ends + timedelta(minutes=45)
    session.save()
    moment = session.starts + timedelta(minutes=10)
    assert Room.objects.get(pk=room.pk).is_on(moment)
    end(room, by=ada, now=moment)
    assert not Room.objects.get(pk=room.pk).is_on(moment)


def test_a_room_that_was_ended_is_over_with_its_session_when_that_is_moved_forward(room, ada, now):
    end(room, by=ada, now=now)
    session = room.round.session
    session.starts, session.ends = now - timedelta(minutes=30), now - timedelta(minutes=5)
    session.save()
    assert Room.objects.get(pk=room.pk).closes == session.ends


@pytest.mark.parametrize("when", ["starts", "ends"])
def test_only_a_room_that_is_on_is_ended(room, ada, when):
    moment = getattr(room.round.session, when) - timedelta(seconds=when == "starts")
    with pytest.raises(HostRefused, match="that is on"):
        end(room, by=ada, now=moment)


def test_an_end_does_not_outlive_a_move_of_the_session_to_later(room, ada, now):
    end(room, by=ada, now=now)
    session = room.round.session
    session.starts, session.ends = now + timedelta(hours=1), now + timedelta(hours=2)
    session.save()
    room = Room.objects.get(pk=room.pk)
    assert room.closes == session.ends


def test_who_is_removed_loses_seat_hand_and_hearing_and_cannot_come_back(room, ben, ada, now):
    raise_hand(room, ben, now=now)
    channels = [
        find_channel(name) for name in (room.conversation.channel, room.channel("notes"), room.channel("state"))
    ]
    assert all(find_start(ben.user, "assembly-2022", channel, now) is not None for channel in channels)
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    assert not Seat.objects.filter(delegate=ben).exists()
    assert hands_of(room.pk) == []
    assert not any(find_start(ben.user, "assembly-2022", channel, now) is not None for channel in channels)
    assert Revocation.objects.filter(user=ben.user).exists()
    with pytest.raises(Removed):
        choose_room(room, ben, now=now)
    with pytest.raises(HostRefused, match="was removed"):
        admit(room, ben, reason="Again", may_move=True, by=ada, now=now)


def test_who_is_removed_from_one_room_may_choose_another_and_be_allowed_back(room, other_room, ben, ada, now):
    removal = remove_person(room, ben, reason="Shouting", by=ada, now=now)
    choose_room(other_room, ben, now=now)
    forgive(removal, by=ada, now=now)
    assert choose_room(room, ben, now=now).room == room


def test_who_is_removed_reads_why_in_place_of_older_news_and_that_they_may_come_back(room, ben, una, ada, now):
    admit(room, una, reason="They asked", may_move=True, by=ada, now=now)
    removal = remove_person(room, una, reason="Shouting", by=ada, now=now)
    said = "You were asked to leave Room 1. The reason given: “Shouting”. You can choose another room."
    assert Notice.objects.get(delegate=una).words == said
    forgive(removal, by=ada, now=now)
    assert Notice.objects.get(delegate=una).words == "You can choose Room 1 again."


def test_a_removal_needs_a_reason_and_is_written_down(room, ben, ada, now):
    with pytest.raises(HostRefused, match="Say why"):
        remove_person(room, ben, reason="  ", by=ada, now=now)
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    assert AuditEntry.objects.get(verb="remove from room").subject == "Ben Placeholder from Room 1: Shouting"


def test_a_facilitator_is_not_removed(room, sana, ada, now):
    with pytest.raises(HostRefused, match="taken out by an organiser"):
        remove_person(room, sana, reason="No", by=ada, now=now)


def test_somebody_is_let_in_over_the_number_of_places_and_leaves_the_other_room(room, una, ada, now):
    Room.objects.filter(pk=room.pk).update(capacity=1)
    admit(room, una, reason="Speaks on it", may_move=True, by=ada, now=now)
    assert [seat.room for seat in Seat.objects.filter(delegate=una)] == [room]
    assert room.seats.count() == 2
    assert AuditEntry.objects.filter(verb="admit to room", subject="Una Placeholder to Room 1: Speaks on it").exists()


def test_whose_seat_came_back_after_a_removal_is_removed_again(room, ben, ada, now):
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    Seat.objects.create(round=room.round, room=room, delegate=ben, chosen_at=now)
    remove_person(room, ben, reason="Shouting again", by=ada, now=now)
    assert not Seat.objects.filter(delegate=ben).exists()
    assert room.removals.get().reason == "Shouting"


def test_a_note_taker_who_is_removed_takes_no_notes_and_keeps_their_other_name(room, ben, ada, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    room.refresh_from_db()
    take_part(room, ben, Manner.TYPE, known_as="Quiet Owl", now=now)
    name_note_taker(room, ben, by=ada, now=now)
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    assert not NoteTaker.objects.exists()


def test_who_is_let_in_beside_a_place_that_is_held_is_beyond_the_places_and_is_told(room, ben, una, sana, ada, now):
    Room.objects.filter(pk=room.pk).update(capacity=2)
    Waiting.objects.create(
        round=room.round, room=room, delegate=sana, since=now, offered_until=now + timedelta(minutes=2)
    )
    room.refresh_from_db()
    assert admit(room, una, reason="Speaks on it", may_move=True, by=ada, now=now).beyond_places == "Speaks on it"
    assert Notice.objects.get(delegate=una).words == "You were given a place in Room 1."


def test_nobody_is_moved_unasked_by_who_leads_a_room(room, other_room, una, sana, now):
    let_in = partial(admit, room, una, reason="Speaks on it", may_move=False, by=sana.user, now=now)
    with pytest.raises(HostRefused, match="has a place in another room"):
        let_in()
    assert Seat.objects.get(delegate=una).room == other_room
    Room.objects.filter(pk=room.pk).update(capacity=1)
    take_or_wait(room, una, now=now)
    assert let_in().room == room
    assert not Waiting.objects.exists()


def test_who_is_out_of_the_event_is_not_let_in(room, una, ada, now):
    una.suspended_at = now
    with pytest.raises(HostRefused, match="out of the event"):
        admit(room, una, reason="Speaks on it", may_move=True, by=ada, now=now)


@pytest.fixture
def grace(event):
    grace = User.objects.create_user("grace@example.org", "Grace Placeholder", is_staff=True)
    event.organisers.add(grace)
    return grace


def test_a_call_for_help_is_taken_by_one_and_can_be_handed_back(room, sana, ada, grace, now):
    call = call_for_help(room, words="Sound", by=sana.user, now=now)
    take_call(call, by=ada, now=now)
    with pytest.raises(HostRefused, match="Ada Placeholder has taken that call"):
        take_call(call, by=grace, now=now)
    hand_back(call, by=grace, now=now)
    assert HelpCall.objects.get().taken_by == ada
    hand_back(call, by=ada, now=now)
    take_call(call, by=grace, now=now)
    assert HelpCall.objects.get().taken_by == grace


def test_a_room_is_in_the_queue_once_and_may_call_again_when_helped(room, sana, ada, now):
    call = call_for_help(room, words="", by=sana.user, now=now)
    assert call_for_help(room, words="Sound", by=sana.user, now=now) == call
    finish_call(call, by=ada, now=now)
    assert call_for_help(room, words="", by=sana.user, now=now) != call


def shorten(room: Room, *, by: User, now: datetime) -> None:
    session = room.round.session
    move_session(session, starts=session.starts, ends=now + timedelta(minutes=1), by=by, now=now)


@pytest.mark.parametrize("move", [partial(extend, known=0), end, shorten])
def test_an_extension_an_end_and_a_moved_session_reach_the_calls_at_once(
    room, ada, now, monkeypatch, django_capture_on_commit_callbacks, move
):
    told = []
    monkeypatch.setattr("portal.live.services._send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        move(room, by=ada, now=now)
    assert {pack_touch(room.channel("state")), pack_touch(room.channel("voice"))} <= set(told)
