"""The clock decides and the sweep acts: late, twice, or never."""

import pytest

from portal.events import services
from portal.models import AuditEntry

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
