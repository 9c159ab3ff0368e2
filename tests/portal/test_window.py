from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.window import access_window, add_months

LONDON = "Europe/London"
VECTORS = [
    (date(2022, 5, 27), date(2022, 5, 27), "2022-05-21T23:00:00Z", "2022-11-28T00:00:00Z"),
    (date(2026, 11, 18), date(2026, 11, 18), "2026-11-13T00:00:00Z", "2027-05-18T23:00:00Z"),
    (date(2026, 8, 31), date(2026, 8, 31), "2026-08-25T23:00:00Z", "2027-03-01T00:00:00Z"),
    (date(2027, 8, 31), date(2027, 8, 31), "2027-08-25T23:00:00Z", "2028-03-01T00:00:00Z"),
    (date(2026, 3, 31), date(2026, 3, 31), "2026-03-26T00:00:00Z", "2026-09-30T23:00:00Z"),
    (date(2026, 10, 27), date(2026, 10, 28), "2026-10-21T23:00:00Z", "2027-04-28T23:00:00Z"),
    (date(2026, 9, 27), date(2026, 9, 27), "2026-09-21T23:00:00Z", "2027-03-28T00:00:00Z"),
    (date(2026, 4, 25), date(2026, 4, 25), "2026-04-19T23:00:00Z", "2026-10-26T00:00:00Z"),
]


@pytest.mark.parametrize(("first", "last", "opens", "closes"), VECTORS)
def test_the_window_is_civil_time_turned_into_utc_once(first, last, opens, closes):
    window = access_window(first, last, LONDON)
    assert window.opens == datetime.fromisoformat(opens)
    assert window.closes == datetime.fromisoformat(closes)
    assert window.opens.tzinfo is window.closes.tzinfo is UTC


@pytest.mark.parametrize(("first", "last", "opens", "closes"), VECTORS)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_it_is_half_open_to_the_second(first, last, opens, closes, seconds):
    window, away = access_window(first, last, LONDON), timedelta(seconds=seconds)
    assert window.contains(datetime.fromisoformat(opens) + away) is (seconds >= 0)
    assert window.contains(datetime.fromisoformat(closes) + away) is (seconds < 0)


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="before it begins"):
        access_window(date(2022, 5, 28), date(2022, 5, 27), LONDON)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_adding_months_never_skips_a_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
