"""What people are told of their place: where they stand, what came of it, and who is asked to choose."""

import pytest

from breakouts import services
from breakouts.hosting.services import appoint
from breakouts.models import Notice, Seat, Waiting
from breakouts.queries import places_state, undecided
from breakouts.services import (
    choose_room,
    leave_line,
    leave_room,
    stop_asking,
    take_or_wait,
)
from networking.direct.services import answer_request, ask_to_talk
from networking.safety.services import restore, suspend
from portal.live.wire import pack_touch
from portal.mail.models import OutboxMail
from portal.people import presence
from tests.breakouts.standing import seats, seen_by, told

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_who_is_away_has_a_mail_and_who_is_here_has_none(later, make_delegates, now):
    room = later(2).rooms.get()
    ann, bob, cat, dan = make_delegates(4)
    for delegate in (ann, bob, cat, dan):
        take_or_wait(room, delegate, now=now)
    presence.note(room.event, {cat.pk: True}, now)
    leave_room(room.round, ann, now=now)
    leave_room(room.round, bob, now=now)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == (dan.user.email, "Your room in Round one")
    assert "You have a place in Room 1." in mail.text
    assert told(cat) == "You have a place in Room 1."


def test_who_acts_for_themselves_is_not_told(later, ben, now):
    one, two = later(1, 1).rooms.all()
    for room in (one, two):
        choose_room(room, ben, now=now)
    assert not Notice.objects.exists() and not OutboxMail.objects.exists()


def test_a_person_sees_where_they_stand(later, make_delegates, now):
    room = later(1).rooms.get()
    people = make_delegates(4)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    places = [seen_by(delegate, room, now).wait for delegate in people]
    assert [wait and wait.place for wait in places] == [None, 1, 2, 3]


def test_the_gauge_says_how_many_wait(later, make_delegates, now):
    room = later(1).rooms.get()
    for delegate in make_delegates(3):
        take_or_wait(room, delegate, now=now)
    said = places_state(room.round_id, now)["rooms"][str(room.pk)]
    assert (said["text"], said["line"]) == ("Full", "2 people wait")


def test_who_is_suspended_is_before_nobody(later, make_delegates, ada, now):
    room = later(1).rooms.get()
    _ann, bob, cat = people = make_delegates(3)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    suspend(bob, by=ada, now=now)
    assert seen_by(cat, room, now).wait.place == 1
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["line"] == "1 person waits"


@pytest.mark.parametrize("act", [suspend, restore])
def test_open_pages_are_told_at_once_that_somebody_in_the_line_is_suspended_or_comes_back(
    later, make_delegates, ada, now, monkeypatch, django_capture_on_commit_callbacks, act
):
    room, told = later(1).rooms.get(), []
    people = make_delegates(3)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    if act is restore:
        suspend(people[1], by=ada, now=now)
    monkeypatch.setattr("portal.live.services._send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        act(people[1], by=ada, now=now)
    assert pack_touch(room.round.channel) in told


def test_who_comes_back_has_the_place_that_stayed_free_meanwhile(later, make_delegates, ada, now):
    room = later(1).rooms.get()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        take_or_wait(room, delegate, now=now)
    suspend(bob, by=ada, now=now)
    leave_room(room.round, ann, now=now)
    restore(bob, by=ada, now=now)
    assert seats() == {bob.pk: "Room 1"}


def test_a_page_finds_its_own_place_in_the_lines_of_the_gauge(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    people = make_delegates(5)
    for room, delegate in ((one, people[0]), (two, people[1]), *((one, each) for each in people[2:])):
        take_or_wait(room, delegate, now=now)
    mine = [seen_by(delegate, one, now).wait for delegate in people[2:]]
    assert places_state(one.round_id, now)["lines"] == [[wait.pk for wait in mine]]
    leave_line(one.round, people[2], now=now)
    assert places_state(one.round_id, now)["lines"] == [[wait.pk for wait in mine[1:]]]


def test_a_card_names_only_those_i_talk_with_who_agreed_to_be_listed(later, make_delegates, ben, now):
    room = later(5).rooms.get()
    listed, unlisted, stranger = make_delegates(3)
    type(unlisted).objects.filter(pk=unlisted.pk).update(listed=False)
    for other in (listed, unlisted):
        answer_request(ask_to_talk(ben, other, words="", now=now), accept=True, now=now)
    for delegate in (listed, unlisted, stranger):
        choose_room(room, delegate, now=now)
    assert seen_by(ben, room, now).choices[0].known == [listed.name]
    assert seen_by(stranger, room, now).choices[0].known == []


def test_the_undecided_are_asked_until_they_choose_or_ask_us_to_stop(later, event, ben, sana, now):
    room = later(1).rooms.get()
    session = room.round.session
    assert undecided(event, ben, now) == undecided(event, sana, now) == session
    choose_room(room, ben, now=now)
    assert undecided(event, ben, now) is None
    take_or_wait(room, sana, now=now)
    assert undecided(event, sana, now) is None
    leave_line(room.round, sana, now=now)
    stop_asking(sana, now=now)
    assert undecided(event, sana, now) is None


def test_who_leads_a_room_of_a_round_is_asked_about_the_next_round(make_round, event, ben, sana, ada, now):
    one = make_round(1, title="Round one", starts="11:00", ends="11:30")
    two = make_round(1, title="Round two", starts="12:00", ends="12:30")
    appoint(one.rooms.get(), ben, by=ada, now=now)
    assert (undecided(event, ben, now), undecided(event, sana, now)) == (two.session, one.session)


def test_who_leaves_the_event_frees_seats_and_lines_locking_rounds_in_one_order(
    make_round, make_delegates, now, monkeypatch
):
    one = make_round(1, 1, title="Round one", starts="11:00", ends="11:30")
    two = make_round(1, 1, title="Round two", starts="12:00", ends="12:30")
    ben, sana = make_delegates(2)
    choose_room(two.rooms.first(), sana, now=now)
    take_or_wait(two.rooms.first(), ben, now=now)
    choose_room(one.rooms.first(), ben, now=now)
    choose_room(two.rooms.last(), ben, now=now)
    locked, lock = [], services.lock_round
    monkeypatch.setattr(services, "lock_round", lambda pk: locked.append(pk) or lock(pk))
    services.leave_rooms(ben, now)
    assert locked == sorted([one.pk, two.pk])
    assert not Seat.objects.filter(delegate=ben).exists() and not Waiting.objects.filter(delegate=ben).exists()
