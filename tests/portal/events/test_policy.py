from datetime import datetime, timedelta

import pytest

from portal.events.policy import Phase, Reach, boundaries, may_reach, next_boundary, phase_of
from tests.conftest import LONDON

BOUNDARIES = [
    ("2022-05-10T00:00", Phase.ANNOUNCED, Phase.REGISTRATION),
    ("2022-05-22T00:00", Phase.REGISTRATION, Phase.OPEN),
    ("2022-05-27T00:00", Phase.OPEN, Phase.LIVE),
    ("2022-05-28T00:00", Phase.LIVE, Phase.ON_DEMAND),
    ("2022-11-28T00:00", Phase.ON_DEMAND, Phase.CLOSED),
]
TABLE = {
    Phase.ANNOUNCED: "front",
    Phase.REGISTRATION: "front register own programme",
    Phase.OPEN: "front register own programme lobby write choose lounge listen",
    Phase.LIVE: "front register own programme lobby write choose lounge listen talk recordings",
    Phase.ON_DEMAND: "front own programme lobby listen recordings",
    Phase.CLOSED: "front own",
}


@pytest.fixture
def planned(event):
    event.registration_opens = datetime(2022, 5, 10, tzinfo=LONDON)
    return event


@pytest.mark.parametrize(("local", "before", "after"), BOUNDARIES)
def test_the_phase_turns_to_the_second(planned, local, before, after):
    moment = datetime.fromisoformat(local).replace(tzinfo=LONDON)
    assert phase_of(planned, moment - timedelta(seconds=1)) == before
    assert phase_of(planned, moment) == after
    assert next_boundary(planned, moment - timedelta(seconds=1)) == moment


@pytest.mark.parametrize(("phase", "reaches"), TABLE.items())
def test_each_phase_reaches_what_the_table_says(planned, phase, reaches):
    ends = dict(boundaries(planned)).get(phase, datetime(2030, 1, 1, tzinfo=LONDON))
    inside = ends - timedelta(seconds=1)
    assert {reach for reach in Reach if may_reach(planned, reach, inside)} == {Reach(name) for name in reaches.split()}


def test_after_closing_nothing_comes_next(event):
    assert next_boundary(event, datetime(2030, 1, 1, tzinfo=LONDON)) is None
