import logging
import time
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Trouble:
    """Sweeps that have not ended for three minutes, the last moment at which one of them did, and those that fail."""

    stale: list[str]
    since: datetime | None
    failing: dict[str, str]


def find_trouble(*, now: datetime) -> Trouble | None:
    """What the clock made due and is not done; None when all is well."""
    beats = {beat.name: beat for beat in Heartbeat.objects.filter(name__in=sweeps())}
    stale = sorted(name for name in sweeps() if name not in beats or beats[name].at <= now - STALE_AFTER)
    failing = {name: beat.error for name, beat in sorted(beats.items()) if beat.error}
    since = max((beats[name].at for name in stale if name in beats), default=None)
    return Trouble(stale, since, failing) if stale or failing else None


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
