"""The three figures of the day come from these rows."""

from datetime import timedelta

import pytest

from portal.models import Attendance
from portal.people import presence
from portal.people.services import flush_attendance, see

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_first_and_last_seen_are_kept_per_day_and_phase(ben, now):
    for minutes in (0, 5, 9):
        see("assembly-2022", [ben.user_id], now + timedelta(minutes=minutes))
    assert flush_attendance(now) == 1
    row = Attendance.objects.get()
    assert (row.first_seen, row.last_seen) == (now, now + timedelta(minutes=9))
    assert (row.day.isoformat(), row.phase) == ("2022-05-27", "live")


def test_a_later_flush_widens_the_row_and_never_narrows_it(ben, now):
    see("assembly-2022", [ben.user_id], now)
    flush_attendance(now)
    see("assembly-2022", [ben.user_id], now + timedelta(hours=1))
    flush_attendance(now)
    flush_attendance(now)
    row = Attendance.objects.get()
    assert (row.first_seen, row.last_seen) == (now, now + timedelta(hours=1))


def test_without_redis_the_row_is_written_at_once(ben, now, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    see("assembly-2022", [ben.user_id], now)
    assert Attendance.objects.get().first_seen == now


def test_a_lease_ends_a_minute_after_the_last_beat(event, ben, now):
    see("assembly-2022", [ben.user_id], now)
    assert presence.present(event, now + timedelta(seconds=59)) == [ben.pk]
    assert presence.present(event, now + timedelta(seconds=61)) == []


def test_somebody_of_another_event_is_not_seen_here(event, cleo, now):
    see("assembly-2022", [cleo.user_id], now)
    assert presence.present(event, now) == []
