"""The hub's reads, each one call in its thread: never one per listener."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from portal.live.models import Log, Revocation
from portal.live.registry import Channel, Frame

MOST_FRAMES = 200
# Rows commit out of the order of their ids: for so long one is waited for that later ones have overtaken.
_TRAIL_SECONDS = 30.0


def version_of(channel: str) -> int:
    """0 for a log nothing has happened in yet."""
    return Log.objects.filter(channel=channel).values_list("version", flat=True).first() or 0


def versions_of(channels: Collection[str]) -> dict[str, int]:
    return dict(Log.objects.filter(channel__in=channels).values_list("channel", "version"))


def frames_since(channel: Channel, version: int, most: int = MOST_FRAMES) -> tuple[list[Frame], int]:
    """At most so many frames after a version, and the version they lead up to.

    The log's version is read first: whatever it counts is committed and is among the frames.
    """
    assert channel.kind.frames_after is not None
    current = version_of(channel.name)
    frames = channel.kind.frames_after(channel.id, version, most)
    last = frames[-1].version if frames else version
    return frames, last if len(frames) >= most else max(last, current)


def state_of(channel: Channel, now: datetime) -> dict[str, Any]:
    if channel.kind.states:
        return channel.kind.states([channel.id], now)[channel.id]
    assert channel.kind.state is not None
    return channel.kind.state(channel.id, now)


def standing_revocations(now: datetime) -> tuple[int, list[int]]:
    """A floor and the ids above it: what an opening hub need not apply."""
    old = Revocation.objects.filter(at__lt=now - timedelta(seconds=_TRAIL_SECONDS)).order_by("-pk")
    floor = old.values_list("pk", flat=True).first() or 0
    return floor, [row.pk for row in revocations_after(floor)]


def revocations_after(floor: int) -> list[Revocation]:
    return list(Revocation.objects.filter(pk__gt=floor).order_by("pk"))


class RevocationCursor:
    """Which revocations were applied: up to the floor all, which trails what was seen."""

    def __init__(self, floor: int, known: Iterable[int], now: float) -> None:
        self.floor = floor
        self._applied = dict.fromkeys(known, now)

    def choose_fresh(self, rows: Iterable[Revocation]) -> list[Revocation]:
        return [row for row in rows if row.pk not in self._applied]

    def mark(self, revocation_id: int, now: float) -> None:
        self._applied[revocation_id] = now

    def advance(self, now: float) -> None:
        old = [pk for pk, at in self._applied.items() if now - at > _TRAIL_SECONDS]
        self.floor = max([self.floor, *old])
        self._applied = {pk: at for pk, at in self._applied.items() if pk > self.floor}
