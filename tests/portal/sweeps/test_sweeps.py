from datetime import timedelta

import pytest
from celery import current_app

from portal.models import Heartbeat
from portal.sweeps import registry, services
from portal.sweeps.services import Trouble, find_trouble, kick, run_sweeps

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
    assert find_trouble(now=now) == Trouble(["works"], None, {})
    run_sweeps(now=now)
    assert find_trouble(now=now + timedelta(seconds=179)) is None
    assert find_trouble(now=now + timedelta(seconds=180)) == Trouble(["works"], now, {})


def test_a_sweep_that_fails_is_trouble_though_it_runs(sweeps, now):
    sweeps.register_sweep("breaks", fail)
    run_sweeps(now=now)
    assert find_trouble(now=now) == Trouble([], None, {"breaks": "RuntimeError: no room"})


@pytest.mark.parametrize(("seconds", "said"), [(179, False), (181, True)])
def test_organisers_are_told_in_the_lobby_and_in_admin_and_nobody_else(
    client_of, ada, ben, event, at, now, seconds, said
):
    run_sweeps(now=now)
    at(now + timedelta(seconds=seconds))
    lobby, admin = f"/{event.slug}/lobby/", f"/admin/portal/event/{event.pk}/change/"
    words = "Nothing has been done in the background since 10:00am"
    assert (words in client_of(ada).get(lobby).content.decode()) is said
    assert (words in client_of(ada).get(admin).content.decode()) is said
    assert words not in client_of(ben).get(lobby).content.decode()


def test_readyz_says_which_sweep_is_stale(sweeps, client, now):
    sweeps.register_sweep("works", lambda now: 0)
    assert client.get("/readyz").json() == {"ready": False, "stale": ["works"], "since": None, "failing": []}
    run_sweeps(now=now)
    assert client.get("/readyz").json() == {"ready": True}


def test_readyz_says_that_a_sweep_fails_and_not_how(sweeps, client, now):
    sweeps.register_sweep("breaks", fail)
    run_sweeps(now=now)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["breaks"]
    assert "no room" not in answer.content.decode()


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
    kick("portal.send_mails", 1)
    assert "waits for the sweep" in caplog.text
