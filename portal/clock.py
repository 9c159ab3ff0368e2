"""The portal's one clock. It is read at the edge (view, task, command) and handed down."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

_started = timezone.now()
# Tests set it; nothing else does.
frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware and in UTC; ``ASSEMBLY_NOW`` shifts it for demonstrations."""
    if frozen is not None:
        return frozen
    return timezone.now() + _shift()


def _shift() -> timedelta:
    wanted: datetime | None = settings.ASSEMBLY_NOW
    return wanted - _started if wanted else timedelta()
