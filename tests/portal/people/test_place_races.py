"""Nobody is admitted past capacity, and nobody is lost from the line, however many come at once."""

from functools import partial

import pytest
from django.db import connection

from portal.models import Delegate, Event
from portal.people import places
from portal.people.places import cancel_registration, confirm_place, has_place, settle_due
from tests.breakouts.rush import Gate, rush
from tests.portal.people.crowd import ANSWERS, enter, make_users, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def now(at):
    return at("2022-05-10T10:00")


@pytest.fixture
def one_place(event):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    return event


@pytest.mark.parametrize("people", [2, 50])
def test_of_many_who_come_for_the_last_place_one_is_in_and_all_others_are_in_line(one_place, now, people):
    outcomes = rush(partial(enter, one_place, user, now=now) for user in make_users(people))
    assert outcomes == {"done": people}
    assert sorted(states(one_place)) == ["approved"] + ["waiting"] * (people - 1)


def enter_without_a_lock(event, user, *, gate, now) -> None:
    """What registering would be if it counted first and wrote later."""
    state = "approved" if has_place(event, now) else "waiting"
    gate.wait()
    Delegate.objects.create(event=event, user=user, name=user.name, **ANSWERS, registered_at=now, state=state)


@pytest.mark.parametrize("people", [2, 50])
def test_negative_control_counting_without_a_lock_overfills(one_place, now, people):
    one_place.refresh_from_db()
    gate = Gate(2)
    rush(partial(enter_without_a_lock, one_place, user, gate=gate, now=now) for user in make_users(people))
    assert one_place.delegates.count() >= 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="On SQLite the transaction itself is the lock.")
def test_negative_control_the_service_without_its_lock_overfills(one_place, now, monkeypatch):
    monkeypatch.setattr(places, "lock_event", lambda pk: Event.objects.get(pk=pk))
    gate = Gate(2)

    def wait_before_writing(execute, sql, params, many, context):
        if sql.startswith('UPDATE "portal_delegate"'):
            gate.wait()
        return execute(sql, params, many, context)

    def come(user) -> None:
        with connection.execute_wrapper(wait_before_writing):
            enter(one_place, user, now=now)

    rush(partial(come, user) for user in make_users(8))
    assert one_place.delegates.count() >= 2


def test_one_person_in_twenty_tabs_is_registered_once(one_place, now):
    user = make_users(1)[0]
    assert rush(partial(enter, one_place, user, now=now) for _ in range(20)) == {"done": 20}
    assert states(one_place) == ["approved"]


def test_cancelling_coming_confirming_and_sweeping_at_once_keeps_the_count_and_everyone(one_place, now):
    Event.objects.filter(pk=one_place.pk).update(capacity=5)
    first = [enter(one_place, user, now=now) for user in make_users(20)]
    late = make_more(20)
    acts = [partial(cancel_registration, each, by=each.user, why="", now=now) for each in first[:5]]
    acts += [partial(confirm_place, each, now=now) for each in first[5:10]]
    acts += [partial(enter, one_place, user, now=now) for user in late]
    acts += [partial(settle_due, now) for _ in range(5)]
    assert set(rush(acts)) <= {"done", "NoPlace"}
    held = [state for state in states(one_place) if state in {"approved", "waiting+"}]
    assert len(held) == 5
    assert len(states(one_place)) == 40
    assert states(one_place).count("cancelled") == 5


def make_more(count):
    from portal.models import User

    return User.objects.bulk_create(User(email=f"late{n}@example.org", name=f"Late {n}") for n in range(count))
