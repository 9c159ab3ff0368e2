"""The three figures of the day come from these rows."""

from datetime import timedelta

import pytest

from portal.models import Attendance, Delegate
from portal.people import presence
from portal.people.services import flush_attendance, see
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_first_and_last_seen_are_kept_per_day_and_phase(ben, now):
    for minutes in (0, 5, 9):
        see("assembly-2022", {ben.user_id: True}, now + timedelta(minutes=minutes))
    assert flush_attendance(now) == 1
    row = Attendance.objects.get()
    assert (row.first_seen, row.last_seen) == (now, now + timedelta(minutes=9))
    assert (row.day.isoformat(), row.phase) == ("2022-05-27", "live")


def test_a_later_flush_widens_the_row_and_never_narrows_it(ben, now):
    see("assembly-2022", {ben.user_id: True}, now)
    flush_attendance(now)
    see("assembly-2022", {ben.user_id: True}, now + timedelta(hours=1))
    flush_attendance(now)
    flush_attendance(now)
    row = Attendance.objects.get()
    assert (row.first_seen, row.last_seen) == (now, now + timedelta(hours=1))


def test_without_redis_the_row_is_written_at_once(ben, now, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    see("assembly-2022", {ben.user_id: True}, now)
    assert Attendance.objects.get().first_seen == now


def test_without_redis_a_hundred_are_written_as_one_is(event, now, settings, django_assert_max_num_queries):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    people = [make_delegate(event, f"d{number}@example.org", f"D {number}") for number in range(100)]
    here = {each.user_id: True for each in people}
    for minutes in (0, 1, 2):
        with django_assert_max_num_queries(10):
            see("assembly-2022", here, now + timedelta(minutes=minutes))
    assert set(Attendance.objects.values_list("first_seen", "last_seen")) == {(now, now + timedelta(minutes=2))}
    assert Attendance.objects.count() == 100


def test_a_lease_ends_a_minute_after_the_last_beat(event, ben, now):
    see("assembly-2022", {ben.user_id: True}, now)
    assert presence.present(event, now + timedelta(seconds=59)) == [ben.pk]
    assert presence.present(event, now + timedelta(seconds=61)) == []


def test_somebody_of_another_event_is_not_seen_here(event, cleo, now):
    see("assembly-2022", {cleo.user_id: True}, now)
    assert presence.present(event, now) == []


def test_somebody_is_here_while_they_look_and_away_while_they_do_not(event, ben, sana, now):
    see("assembly-2022", {ben.user_id: True, sana.user_id: False}, now)
    assert presence.standing(event, now) == {ben.pk: "here", sana.pk: "away"}
    see("assembly-2022", {ben.user_id: False}, now + timedelta(seconds=5))
    assert presence.standing(event, now + timedelta(seconds=5)) == {ben.pk: "away", sana.pk: "away"}
    assert presence.standing(event, now + timedelta(seconds=66)) == {}


def test_without_redis_nothing_is_known_of_anybody(event, ben, now, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert presence.standing(event, now) == {}


def test_the_directory_says_who_is_here_and_of_the_unlisted_nothing(client_of, event, ben, sana, now):
    see("assembly-2022", {ben.user_id: True, sana.user_id: False}, now)
    page = client_of(ben).get("/assembly-2022/people/").content.decode()
    assert page.count("Here now") == page.count("Away") == 1
    Delegate.objects.filter(pk=sana.pk).update(listed=False)
    assert "Away" not in client_of(ben).get("/assembly-2022/people/").content.decode()


def test_who_blocked_somebody_is_not_shown_to_them_as_here(client_of, ben, sana, now):
    from networking.safety.services import block

    see("assembly-2022", {sana.user_id: True}, now)
    block(sana, ben, now=now)
    assert "Here now" not in client_of(ben).get("/assembly-2022/people/").content.decode()
    assert client_of(ben).get(f"/assembly-2022/people/{sana.pk}/").status_code == 404
