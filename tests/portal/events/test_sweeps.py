"""The clock decides and the sweep acts: late, twice, or never."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from portal.events import services
from portal.models import AuditEntry, Event
from tests.breakouts.rush import attempt

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_opening_announces_once_however_often_it_runs(event, now):
    assert services.open_due(now) == 1
    assert services.open_due(now) == 0
    assert event.announcements.count() == 1
    assert AuditEntry.objects.filter(event=event, verb="open").count() == 1


def test_nothing_opens_before_its_time(event, at):
    assert services.open_due(at("2022-05-21T23:59:59")) == 0


def test_closing_is_written_once_and_an_extension_takes_it_back(event, at):
    after = at("2022-11-28T00:00")
    assert services.close_due(after) == 1
    assert services.close_due(after) == 0
    event.refresh_from_db()
    event.months_after = 7
    event.save()
    assert services.reopen_due(after) == 1
    assert services.close_due(after) == 0


@pytest.mark.django_db(transaction=True)
def test_an_organiser_who_announces_just_as_the_portal_opens_waits_for_its_own_announcement(event, ada, now):
    """On PostgreSQL each would hold a row that the other wants, and one of them would fail."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time.")
    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            # What the sweep does first.
            Event.objects.filter(pk=event.pk).update(opened_at=now)
            other = pool.submit(attempt, partial(services.announce, event, "Tea is served.", by=ada, now=now))
            wait_for_somebody_who_waits()
            services.announce(event, "Welcome.", by=None, now=now)
        assert other.result() == "done"
    assert [each.text for each in event.announcements.order_by("version")] == ["Welcome.", "Tea is served."]
    event.refresh_from_db()
    assert event.announced.text == "Tea is served."


def wait_for_somebody_who_waits():
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
