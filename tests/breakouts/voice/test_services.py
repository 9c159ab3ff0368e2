"""Coming in, being heard, the floor, and every way in which a right ends."""

from datetime import timedelta

import pytest

from breakouts.services import choose_room, leave_room
from breakouts.voice import services
from breakouts.voice.models import Caller
from breakouts.voice.queries import voice_state
from breakouts.voice.services import VoiceFull, VoiceRefused
from networking.safety.services import mute, suspend, unmute
from portal.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def people(room) -> list[str]:
    return [person["name"] for person in voice_state(room.pk, None)["people"]]


def on(caller, now, **which):
    wanted = {"microphone": True, "camera": False, "is_leader": False, **which}
    return services.switch(caller, **wanted, now=now)


# Coming in


def test_a_person_comes_in_muted(room, ben, join):
    caller = join(room, ben)
    assert not caller.microphone
    assert not caller.camera
    assert people(room) == ["Ben Placeholder"]


def test_a_fifth_person_does_not_fit_between_peers_and_fits_when_one_has_gone(room, plan, make_delegates, join):
    plan("peer")
    *four, fifth = make_delegates(5)
    callers = [join(room, delegate) for delegate in four]
    with pytest.raises(VoiceFull, match="4 people are in already"):
        join(room, fifth)
    services.leave_voice(callers[0], entry=callers[0].entry)
    join(room, fifth)
    assert len(people(room)) == 4


def test_who_was_not_heard_of_for_a_minute_takes_no_place(room, plan, make_delegates, join, now):
    plan("peer")
    *four, fifth = make_delegates(5)
    for delegate in four:
        join(room, delegate)
    services.enter_voice(room, fifth.user, fifth.name, now=now + timedelta(seconds=61))


def test_coming_in_again_makes_the_earlier_tab_late(room, ben, join, now):
    first = join(room, ben)
    second = join(room, ben)
    assert second.pk == first.pk
    assert not services.leave_voice(first, entry=first.entry)
    assert not services.stay_in_voice(first.pk, first.entry, now=now)
    assert services.stay_in_voice(second.pk, second.entry, now=now)


def test_a_room_that_meets_elsewhere_has_no_voice_of_its_own(room, plan, ben, join):
    plan("link", link="https://example.org/meeting")
    with pytest.raises(VoiceRefused):
        join(room, ben)


# Being heard


def test_twelve_are_heard_and_the_thirteenth_when_one_has_finished(room, plan, make_delegates, join, now, settings):
    settings.JANUS_URL = "ws://127.0.0.1:8188"
    plan("janus")
    callers = [join(room, delegate) for delegate in make_delegates(13)]
    for caller in callers[:12]:
        on(caller, now)
    with pytest.raises(VoiceFull, match="12 people have a microphone or camera on"):
        on(callers[12], now)
    # Who is heard already may add a picture.
    on(callers[0], now, camera=True)
    on(callers[0], now, microphone=False)
    assert on(callers[12], now).microphone


def test_only_with_the_floor_where_the_organiser_wants_it_so(room, plan, ben, ada, join, now):
    plan("peer", by_floor=True)
    caller = join(room, ben)
    with pytest.raises(VoiceRefused, match="given the floor"):
        on(caller, now)
    services.give_floor(room, ben.user, ben.name, by=ada, now=now)
    assert on(caller, now).microphone
    services.take_floor(room, ben.user, by=ada, now=now)
    caller.refresh_from_db()
    assert not caller.microphone
    with pytest.raises(VoiceRefused):
        on(caller, now)


def test_who_leads_the_room_needs_no_floor(room, plan, ben, join, now):
    plan("peer", by_floor=True)
    assert on(join(room, ben), now, is_leader=True).microphone


def test_whose_hand_is_called_has_the_floor_until_their_turn_ends(room, plan, ben, sana, ada, join, now):
    from breakouts.taking_part.services import call_hand, close_hand, raise_hand

    plan("peer", by_floor=True)
    one, other = join(room, ben), join(room, sana)
    hands = [raise_hand(room, ben, now=now), raise_hand(room, sana, now=now)]
    call_hand(hands[0], by=ada, now=now)
    on(one, now)
    call_hand(hands[1], by=ada, now=now)
    heard = [(person["microphone"], person["floor"]) for person in voice_state(room.pk, now)["people"]]
    assert heard == [(False, False), (False, True)]
    on(other, now)
    close_hand(hands[1], spoken=True, by=ada, now=now)
    assert [person["microphone"] for person in voice_state(room.pk, now)["people"]] == [False, False]


def test_by_hand_or_not_the_floor_is_everybodys_where_people_speak_freely(room, ben, ada, join, now):
    from breakouts.taking_part.services import call_hand, close_hand, raise_hand

    caller, hand = join(room, ben), raise_hand(room, ben, now=now)
    call_hand(hand, by=ada, now=now)
    on(caller, now)
    close_hand(hand, spoken=True, by=ada, now=now)
    assert voice_state(room.pk, now)["people"][0]["microphone"]


def test_who_goes_by_another_name_in_the_room_does_so_in_its_voice(room, ben, seat, client_of, now):
    from breakouts.taking_part.models import Manner
    from breakouts.taking_part.services import take_part

    room.pseudonyms_allowed = True
    room.save()
    seat(room, ben)
    take_part(room, ben, Manner.SPEAK, known_as="Heron", now=now)
    client_of(ben).post(f"/assembly-2022/rooms/{room.round_id}/{room.pk}/voice/enter/")
    assert people(room) == ["Heron"]


def test_a_room_that_goes_on_longer_speaks_longer(room, speaking, ada, at):
    from breakouts.hosting.services import extend

    extend(room, known=0, by=ada, now=at("2022-05-27T10:29"))
    services.stay_in_voice(speaking.pk, speaking.entry, now=at("2022-05-27T10:34:59"))
    assert services.sweep_voice(at("2022-05-27T10:34:59")) == 0
    assert services.sweep_voice(at("2022-05-27T10:35")) == 1


def test_a_facilitator_takes_part_and_leads_without_a_seat(room, plan, ben, ada, client_of, now):
    from breakouts.hosting.services import appoint

    plan("peer", by_floor=True)
    appoint(room, ben, by=ada, now=now)
    address = f"/assembly-2022/rooms/{room.round_id}/{room.pk}/voice/"
    client = client_of(ben)
    assert client.post(f"{address}enter/").status_code == 200
    assert client.post(f"{address}switch/", {"microphone": "on"}).status_code == 200
    assert client.post(f"{address}lead/", {"act": "freely"}).status_code == 302


def test_who_leads_no_more_is_muted_where_people_speak_with_the_floor(
    room, plan, ben, ada, seat, join, now, django_capture_on_commit_callbacks
):
    from breakouts.hosting.services import appoint, dismiss

    plan("peer", by_floor=True)
    seat(room, ben)
    caller = on(join(room, ben), now, is_leader=appoint(room, ben, by=ada, now=now) is not None)
    with django_capture_on_commit_callbacks(execute=True):
        dismiss(room.facilitators.get(), by=ada, now=now)
    caller.refresh_from_db()
    assert (caller.seen_at, caller.microphone) == (now, False)


def test_from_speaking_freely_to_the_floor_and_back(room, ben, sana, ada, seat, join, now):
    seat(room, ben, sana)
    speaks, waits = on(join(room, ben), now), on(join(room, sana), now)
    services.give_floor(room, ben.user, ben.name, by=ada, now=now)
    services.require_floor(room, True, by=ada, now=now)
    state = voice_state(room.pk, now)
    assert state["by_floor"]
    assert [person["microphone"] for person in state["people"]] == [True, False]
    with pytest.raises(VoiceRefused):
        on(waits, now)
    services.require_floor(room, False, by=ada, now=now)
    assert on(waits, now).microphone
    assert Caller.objects.get(pk=speaks.pk).floor


def test_the_floor_outlives_a_dropped_line_and_can_be_given_before_coming(room, plan, ben, ada, join, now):
    plan("peer", by_floor=True)
    services.give_floor(room, ben.user, ben.name, by=ada, now=now)
    assert people(room) == []
    join(room, ben)
    assert on(join(room, ben), now).microphone


def test_muted_by_who_leads(room, ben, ada, join, now):
    caller = on(join(room, ben), now, camera=True)
    services.mute(caller, by=ada, now=now)
    [state] = voice_state(room.pk, now)["people"]
    assert not state["microphone"]
    assert not state["camera"]


def test_how_often_somebody_switched_counts_what_they_did_themselves(room, ben, ada, join, now):
    caller = on(join(room, ben), now, camera=True)
    services.mute(caller, by=ada, now=now)
    [state] = voice_state(room.pk, now)["people"]
    assert (caller.switched, state["switched"]) == (1, 1)


# Every way in which a right ends


@pytest.fixture
def speaking(room, ben, seat, join, now):
    """Ben has a seat and is heard."""
    seat(room, ben)
    return on(join(room, ben), now)


def test_losing_the_seat_ends_the_voice(room, speaking, ben, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        leave_room(room.round, ben, now=now)
    assert people(room) == []


def test_moving_to_another_room_ends_the_voice_of_the_first(
    make_round, ben, join, now, django_capture_on_commit_callbacks
):
    one, other = make_round(2, 2).rooms.all()
    choose_room(one, ben, now=now)
    join(one, ben)
    with django_capture_on_commit_callbacks(execute=True):
        choose_room(other, ben, now=now)
    assert people(one) == []


def test_a_suspension_ends_the_voice(room, speaking, ben, ada, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        suspend(ben, by=ada, now=now)
    assert people(room) == []


def test_who_is_muted_in_the_room_is_not_heard_in_its_voice_until_the_mute_ends(
    room, speaking, ben, ada, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        mute(room.conversation, ben, by=ada, now=now)
    speaking.refresh_from_db()
    assert (speaking.seen_at, speaking.microphone) == (now, False)
    with pytest.raises(VoiceRefused, match="You were muted"):
        on(speaking, now)
    unmute(room.conversation, ben, by=ada, now=now)
    assert on(speaking, now).microphone


def test_a_revocation_that_takes_nothing_away_changes_nothing(
    room, speaking, ben, now, django_capture_on_commit_callbacks
):
    from portal.live.services import revoke

    with django_capture_on_commit_callbacks(execute=True):
        revoke(ben.user_id, event="assembly-2022", reason="blocked somebody")
    assert people(room) == ["Ben Placeholder"]


def test_the_end_of_the_round_ends_the_voice(room, speaking, at):
    services.stay_in_voice(speaking.pk, speaking.entry, now=at("2022-05-27T10:29:59"))
    assert services.sweep_voice(at("2022-05-27T10:29:59")) == 0
    assert services.sweep_voice(at("2022-05-27T10:30")) == 1
    assert people(room) == []


def test_who_went_without_a_word_is_put_out_after_a_minute(room, speaking, now):
    assert services.sweep_voice(now + timedelta(seconds=59)) == 0
    assert services.sweep_voice(now + timedelta(seconds=60)) == 1
    assert services.sweep_voice(now + timedelta(seconds=60)) == 0


def test_who_was_in_is_forgotten_a_day_after_the_round(room, speaking, at):
    services.sweep_voice(at("2022-05-27T10:30"))
    services.sweep_voice(at("2022-05-28T10:29:59"))
    assert Caller.objects.exists()
    services.sweep_voice(at("2022-05-28T10:30"))
    assert not Caller.objects.exists()


def test_ended_for_everybody_and_written_down(room, speaking, ada, sana, join, now):
    join(room, sana)
    assert services.end_voice(room, by=ada, now=now) == 2
    assert people(room) == []
    assert not Caller.objects.filter(microphone=True).exists()
    services.end_voice(room, by=ada, now=now)
    entry = AuditEntry.objects.get(verb="end voice")
    assert (entry.actor, entry.subject) == (ada, room.title)


def test_whom_somebody_blocked_is_known_by_their_numbers(room, ben, sana, join):
    from breakouts.voice.queries import callers_of

    one, _ = join(room, ben), join(room, sana)
    assert callers_of(frozenset({ben.user_id}), room.pk) == {one.pk}
    assert callers_of(frozenset(), room.pk) == set()
