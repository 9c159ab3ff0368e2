from datetime import timedelta

import pytest
from celery import current_app

from portal.models import Heartbeat
from portal.sweeps import registry, services
from portal.sweeps.services import kick, run_sweeps, stale_heartbeats

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def sweeps(monkeypatch):
    monkeypatch.setattr(registry, "_sweeps", {})
    return registry


def fail(now):
    raise RuntimeError("no room")


def test_a_sweep_that_fails_is_written_down_and_stops_no_other(sweeps, now):
    sweeps.register_sweep("breaks", fail)
    sweeps.register_sweep("works", lambda now: 3)
    assert run_sweeps(now=now) == {"breaks": 0, "works": 3}
    assert "no room" in Heartbeat.objects.get(name="breaks").error


def test_a_sweep_silent_for_three_minutes_is_stale(sweeps, now):
    sweeps.register_sweep("works", lambda now: 0)
    assert stale_heartbeats(now=now) == ["works"]
    run_sweeps(now=now)
    assert stale_heartbeats(now=now + timedelta(seconds=179)) == []
    assert stale_heartbeats(now=now + timedelta(seconds=181)) == ["works"]


def test_readyz_says_which_sweep_is_stale(sweeps, client, now):
    sweeps.register_sweep("works", lambda now: 0)
    assert client.get("/readyz").json() == {"ready": False, "stale": ["works"]}
    run_sweeps(now=now)
    assert client.get("/readyz").json() == {"ready": True, "stale": []}


def test_two_sweeps_of_one_name_are_refused(sweeps):
    sweeps.register_sweep("works", fail)
    with pytest.raises(ValueError, match="works"):
        sweeps.register_sweep("works", len)


@pytest.mark.django_db(transaction=True)
def test_a_kick_without_a_broker_is_left_to_the_sweep(monkeypatch, caplog):
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    monkeypatch.setattr(services, "_silent_until", 0.0)
    kick("portal.send_mail", 1)
    assert "waits for the sweep" in caplog.text
