"""At each boundary of the window access changes to the second: by the clock alone, with Celery and Redis both away."""

from datetime import datetime, timedelta

import pytest

from portal.events.policy import boundaries, next_boundary
from portal.models import Event
from portal.people.access import visit
from portal.programme.live import admit, may_see_people
from tests.test_addresses import PHASES, TABLE, addresses, answer, fill, people, things  # noqa: F401
from tests.test_without_redis import gone  # noqa: F401

pytestmark = pytest.mark.django_db
# The table has no announced phase: registration is open from the start there.
COLUMNS = list(PHASES)
BOUNDARIES = range(len(COLUMNS) - 1)
SECOND = timedelta(seconds=1)


def moments(event: Event, boundary: int) -> list[tuple[datetime, int]]:
    """A second before, the very second and one after, with the column of the table that holds there."""
    ends = boundaries(event)[boundary][1]
    return [(ends - SECOND, boundary), (ends, boundary + 1), (ends + SECOND, boundary + 1)]


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_every_address_answers_by_the_clock(things, people, client_of, event, at, boundary):  # noqa: F811
    client, paths = client_of(people["ben"]), addresses()
    wanted = {name: answers for name, (_, _, answers) in TABLE.items() if answers}
    for moment, column in moments(event, boundary):
        at(moment)
        found = {name: answer(client, fill(paths[name], TABLE[name][0], things)) for name in wanted}
        assert found == {name: answers[column] for name, answers in wanted.items()}, (moment, COLUMNS[column])


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_the_socket_lets_in_and_tells_of_people_by_the_clock(ben, event, boundary):
    for moment, column in moments(event, boundary):
        phase = COLUMNS[column]
        admission = admit(ben.user, event.slug, moment)
        assert admission.kind == ("closed" if phase == "closed" else "in"), moment
        # When the gateway asks again by itself: at the next boundary, and not a second later.
        assert admission.until == next_boundary(event, moment)
        may_see = phase in {"open", "live", "on demand"}
        assert may_see_people(visit(ben.user, event.slug, moment), event.pk) is may_see, moment


def test_extending_the_window_lets_in_at_once(ben, event, client_of, at):
    client = client_of(ben)
    at(event.window.closes)
    assert answer(client, f"/{event.slug}/lobby/") == 403
    Event.objects.filter(pk=event.pk).update(months_after=7)
    assert answer(client, f"/{event.slug}/lobby/") == 200


def test_shortening_it_shuts_at_once(ben, event, client_of, at):
    client = client_of(ben)
    at(event.window.closes - SECOND)
    assert answer(client, f"/{event.slug}/lobby/") == 200
    Event.objects.filter(pk=event.pk).update(months_after=5)
    assert answer(client, f"/{event.slug}/lobby/") == 403
