"""Who is in, who waits, and what the clock does about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakouts.models import Seat
from breakouts.services import add_room, choose_room, open_round
from portal.mail.models import OutboxMail
from portal.models import AuditEntry, Delegate, Event, Revocation
from portal.people.access import visit
from portal.people.places import (
    NoPlace,
    admit_delegate,
    cancel_registration,
    confirm_place,
    place_in_line,
    refuse_delegate,
    settle_due,
)
from tests.portal.people.crowd import enter, make_users, states

pytestmark = [pytest.mark.database, pytest.mark.django_db]
HOUR = timedelta(hours=1)


@pytest.fixture
def now(at):
    return at("2022-05-10T10:00")


@pytest.fixture
def small(event, now):
    """Two places, taken, and two people in line."""
    Event.objects.filter(pk=event.pk).update(capacity=2)
    event.refresh_from_db()
    return [enter(event, user, now=now + timedelta(seconds=number)) for number, user in enumerate(make_users(4))]


@pytest.fixture
def asking(event, now):
    """One who asks to be let in."""
    Event.objects.filter(pk=event.pk).update(entry="approval")
    return enter(event, make_users(1)[0], now=now)


def mails() -> list[str]:
    return [key.split(".")[0] for key in OutboxMail.objects.order_by("pk").values_list("key", flat=True)]


def test_places_are_given_in_order_and_then_there_is_a_line(event, small):
    assert states(event) == ["approved", "approved", "waiting", "waiting"]
    assert [place_in_line(each) for each in small[2:]] == [1, 2]
    assert mails() == ["confirmed", "confirmed", "waiting", "waiting"]


def test_only_who_is_approved_is_a_delegate(event, small, now):
    assert list(event.delegates.all()) == small[:2] == list(Delegate.objects.all())
    inside = [visit(each.user, event.slug, now).delegate is not None for each in small]
    assert inside == [True, True, False, False]


def test_who_waits_is_let_into_nothing_but_their_own_page(small, client_of, at):
    at("2022-05-27T10:00")
    client = client_of(small[2])
    paths = ["lobby/", "programme/", "people/", "lounge/", "library/", "rooms/"]
    assert {client.get(f"/assembly-2022/{path}").status_code for path in paths} == {404}
    assert "place in line" in client.get("/assembly-2022/registration/").content.decode()


def test_cancelling_frees_the_place_and_offers_it_in_the_same_breath(event, small, now):
    cancel_registration(small[0], by=small[0].user, why="Cannot come", now=now)
    assert states(event) == ["cancelled", "approved", "waiting+", "waiting"]
    small[2].refresh_from_db()
    assert small[2].offered_until == now + 24 * HOUR
    assert mails()[-2:] == ["cancelled", "offered"]


def test_an_offer_confirmed_is_a_place(event, small, now):
    cancel_registration(small[0], by=small[0].user, why="", now=now)
    confirm_place(small[2], now=now + 23 * HOUR)
    assert states(event) == ["cancelled", "approved", "approved", "waiting"]


@pytest.mark.parametrize(("late", "held"), [(-1, True), (0, False), (1, False)])
def test_an_offer_ends_by_the_clock_though_no_sweep_has_run(event, small, now, late, held):
    cancel_registration(small[0], by=small[0].user, why="", now=now)
    moment = now + 24 * HOUR + timedelta(seconds=late)
    if held:
        assert confirm_place(small[2], now=moment).state == "approved"
    else:
        with pytest.raises(NoPlace):
            confirm_place(small[2], now=moment)
        assert event.delegates.count() == 1


def test_a_lapsed_offer_goes_to_the_next_in_line_once(event, small, now):
    cancel_registration(small[0], by=small[0].user, why="", now=now)
    later = now + 24 * HOUR
    assert [settle_due(later), settle_due(later)] == [2, 0]
    assert states(event) == ["cancelled", "approved", "cancelled", "waiting+"]
    assert mails()[-2:] == ["lapsed", "offered"]


def test_the_place_of_a_lapsed_offer_is_not_taken_past_the_line(event, small, now):
    cancel_registration(small[0], by=small[0].user, why="", now=now)
    quick = enter(event, make_more("quick@example.org"), now=now + 25 * HOUR)
    assert quick.state == "waiting"
    assert states(event)[3] == "waiting+"


def make_more(email):
    from portal.models import User

    return User.objects.create_user(email, "Quick Placeholder")


def test_coming_back_just_works(event, small, now):
    first = small[0]
    cancel_registration(first, by=first.user, why="", now=now)
    assert enter(event, first.user, now=now + HOUR).pk == first.pk
    assert states(event) == ["waiting", "approved", "waiting+", "waiting"]
    first.refresh_from_db()
    assert place_in_line(first) == 2


def test_who_cancels_with_places_left_comes_back_at_once(event, ben, now):
    cancel_registration(ben, by=ben.user, why="", now=now)
    assert not event.delegates.exists()
    assert enter(event, ben.user, now=now).state == "approved"


def test_leaving_the_line_moves_up_who_stands_behind(event, small, now):
    cancel_registration(small[2], by=small[2].user, why="", now=now)
    assert place_in_line(small[3]) == 1


def test_more_places_are_offered_by_the_sweep_in_order(event, small, now):
    Event.objects.filter(pk=event.pk).update(capacity=3)
    assert settle_due(now) == 1
    assert states(event) == ["approved", "approved", "waiting+", "waiting"]


def test_nothing_is_offered_once_the_day_is_over(event, small, at):
    after = at("2022-05-28T00:00")
    cancel_registration(small[0], by=small[0].user, why="", now=after)
    assert states(event) == ["cancelled", "approved", "waiting", "waiting"]


def test_an_offer_never_outlives_the_day(event, small, at):
    evening = at("2022-05-27T18:00")
    cancel_registration(small[0], by=small[0].user, why="", now=evening)
    small[2].refresh_from_db()
    assert small[2].offered_until == event.local(evening).replace(hour=0, day=28)


def test_by_approval_one_asks_and_an_organiser_admits(event, asking, ada, now):
    assert asking.state == "applied"
    assert admit_delegate(asking, by=ada, now=now).state == "approved"
    assert mails() == ["applied", "approved"]
    assert [(each.state, each.by) for each in asking.changes.all()] == [("applied", asking.user), ("approved", ada)]


def test_who_is_admitted_to_a_full_event_gets_a_place_in_line(event, asking, ada, ben, now):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    assert admit_delegate(asking, by=ada, now=now).state == "waiting"
    cancel_registration(ben, by=ben.user, why="", now=now)
    assert Delegate.registrations.get(pk=asking.pk).has_offer(now)


def test_who_was_refused_is_told_why_and_does_not_walk_back_in(event, asking, ada, now):
    refuse_delegate(asking, by=ada, why="This event is for learners.", now=now)
    assert "This event is for learners." in OutboxMail.objects.get(key__startswith="refused").text
    with pytest.raises(NoPlace):
        enter(event, asking.user, now=now)
    assert not event.delegates.exists()


def test_every_change_says_who_when_and_why(small, now):
    cancel_registration(small[0], by=small[0].user, why="On call that day", now=now)
    change = small[0].changes.last()
    assert (change.state, change.by, change.at, change.why) == ("cancelled", small[0].user, now, "On call that day")
    assert AuditEntry.objects.filter(verb="registration cancelled", actor=small[0].user).count() == 1


def test_who_leaves_gives_up_their_rooms_and_their_open_pages(event, ben, at, make_session):
    now = at("2022-05-27T08:00")
    room = add_room(open_round(make_session("Round", "11:00", "12:00", kind="round")), title="A", theme="", capacity=1)
    choose_room(room, ben, now=now)
    cancel_registration(ben, by=ben.user, why="", now=now)
    assert Seat.objects.count() == 0
    assert Revocation.objects.filter(user_id=ben.user_id, event=event.slug, at__lte=timezone.now()).exists()


def test_cancelling_twice_is_cancelling_once(small, now):
    for _ in range(2):
        cancel_registration(small[0], by=small[0].user, why="", now=now)
    assert mails().count("cancelled") == 1
    assert mails().count("offered") == 1
