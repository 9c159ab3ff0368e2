import logging
import time
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from portal.sweeps.models import Heartbeat
from portal.sweeps.registry import sweeps

logger = logging.getLogger(__name__)

_silent_until = 0.0
_SILENCE = 5.0  # seconds

STALE_AFTER = timedelta(minutes=3)


def kick(task: str, *ids: int) -> None:
    """Runs a task by its name on commit. Never raises: the sweep finds what no kick reached."""
    # Not a partial: Django names what failed by its qualified name.
    transaction.on_commit(lambda: _send(task, ids), robust=True)


def run_sweeps(*, now: datetime) -> dict[str, int]:
    """Runs every sweep; one that fails is written down and stops no other. Returns what each did."""
    return {name: _run(name, now) for name in sweeps()}


def stale_heartbeats(*, now: datetime) -> list[str]:
    """Sweeps that have not ended for three minutes, or never."""
    fresh = Heartbeat.objects.filter(at__gt=now - STALE_AFTER).values_list("name", flat=True)
    return sorted(set(sweeps()) - set(fresh))


def _run(name: str, now: datetime) -> int:
    done, error = 0, ""
    try:
        done = sweeps()[name](now)
    except Exception as failure:
        logger.exception("The sweep %s failed.", name)
        error = f"{type(failure).__name__}: {failure}"
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "done": done, "error": error})
    return done


def _send(task: str, ids: tuple[int, ...]) -> None:
    """After a failure it stays silent for a while, so that a dead broker slows no one's click."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(task, args=ids, retry=False)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + _SILENCE
        logger.warning("%s waits for the sweep: %s", task, error)
