"""The hub's rounds: what was revoked, whose time is up, what was missed, and who is here."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from portal import clock
from portal.live import reads, wire
from portal.live.access import Verdict, review
from portal.live.feeds import LogFeed
from portal.live.models import Revocation
from portal.live.registry import Admission, Channel, witnesses
from portal.live.sockets import ALIVE_SECONDS, SLOW_READER, Socket, group_by_event

if TYPE_CHECKING:
    from portal.live.hub import Hub

logger = logging.getLogger(__name__)

SIGNED_OUT = 4401
REFUSED = {"forbidden": 4403, "closed": 4410}

_CHECK_SECONDS = 2.0
_WITNESS_SECONDS = 15.0
_NEWCOMER_SECONDS = 1.0
_REVIEWED_AT_ONCE = 50


def refusal_of(admission: Admission | None) -> int:
    """The close code for whoever is not let in, 0 for whoever is; None says that their session has ended."""
    return REFUSED.get(admission.kind, 0) if admission else SIGNED_OUT


class Rounds:
    """Two loops that survive whatever goes wrong in a round. Neither needs Redis."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._cursor: reads.RevocationCursor | None = None
        self._opening = asyncio.Lock()
        self._wake = asyncio.Event()
        self._witnessed_at = 0.0

    async def open(self) -> None:
        """From here on every revocation is seen. What was before, the handshake's queries saw."""
        async with self._opening:
            if self._cursor is None:
                floor, known = await self._hub.read(reads.standing_revocations, clock.now())
                self._cursor = reads.RevocationCursor(floor, known, _now())

    def close(self) -> None:
        self._cursor = None

    def hurry(self) -> None:
        self._wake.set()

    async def keep_checking(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            for step in (self._apply_revocations, self._ask_whose_time_is_up, self._compare, self._end_silent):
                try:
                    await step()
                except Exception:
                    logger.exception("A live check failed; the next one is in two seconds")

    async def keep_witnessing(self) -> None:
        while True:
            try:
                await self._bear_witness()
            except Exception:
                logger.exception("Telling who is here failed; the next round tries again")
            await asyncio.sleep(_NEWCOMER_SECONDS)

    async def _apply_revocations(self) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        rows = cursor.choose_fresh(await self._hub.read(reads.revocations_after, cursor.floor))
        self._hub.revoked += len(rows)
        for row in rows:
            if not row.event:
                await self._end_sessions(row)
                cursor.mark(row.pk, _now())
        changed = [row for row in rows if row.event]
        await self._review({socket for row in changed for socket in self._hub.crowd.of(row.user_id, row.event)})
        for row in changed:
            cursor.mark(row.pk, _now())
        cursor.advance(_now())

    async def _end_sessions(self, row: Revocation) -> None:
        for socket in self._hub.crowd.of(row.user_id):
            if row.session_hash in ("", socket.holder.session_hash):
                await self._hub.end(socket, SIGNED_OUT)

    async def _ask_whose_time_is_up(self) -> None:
        now = clock.now()
        await self._review([s for s in self._hub.crowd if s.until and s.until <= now])

    async def _review(self, sockets: Collection[Socket]) -> None:
        for batch in _batched(sockets):
            for socket in batch:
                socket.rights += 1
            asked = [(socket.holder, self._channels_of(socket)) for socket in batch]
            verdicts = await self._hub.read(review, asked, clock.now())
            for socket, (_, channels), verdict in zip(batch, asked, verdicts, strict=True):
                await self._enforce(socket, channels, verdict)

    async def _enforce(self, socket: Socket, asked: Iterable[Channel], verdict: Verdict) -> None:
        """What was joined meanwhile was asked about by itself, and later."""
        admission = verdict.admission
        if code := refusal_of(admission):
            await self._hub.end(socket, code)
            return
        assert admission is not None
        socket.until, socket.unheard = admission.until, verdict.unheard
        for name in [channel.name for channel in asked if channel.name in socket.channels]:
            if name in verdict.hearable:
                self._hub.narrow(socket, name, verdict.hearable[name])
            else:
                self._hub.part(socket, name)
                await socket.tell(wire.encode({"channel": name, "error": "forbidden"}))

    async def _compare(self) -> None:
        hub = self._hub
        logs = {name: feed for name, feed in hub.feeds.items() if isinstance(feed, LogFeed)}
        for feed in logs.values():
            feed.note(_now())
        if logs:
            hub.catch_up(await hub.read(reads.versions_of, list(logs)))
        if hub.is_deaf:
            hub.refresh_gauges()

    async def _end_silent(self) -> None:
        """Who says nothing for so long reads nothing either, or is no longer there."""
        self._hub.crowd.forget_left(_now())
        for socket in self._hub.crowd:
            if _now() - socket.heard_at > ALIVE_SECONDS:
                await self._hub.end(socket, SLOW_READER)

    async def _bear_witness(self) -> None:
        now = _now()
        everyone = now - self._witnessed_at >= _WITNESS_SECONDS
        sockets = [s for s in self._hub.crowd if everyone or not s.witnessed]
        if everyone:
            self._witnessed_at = now
            # A gauge also changes by time alone, and a hint may have been lost.
            self._hub.refresh_gauges()
        present = group_by_event(sockets, now)
        for socket in sockets:
            socket.witnessed = True
        if present:
            await self._hub.survey(_tell_witnesses, present, clock.now())

    def _channels_of(self, socket: Socket) -> list[Channel]:
        return [self._hub.feeds[name].channel for name in socket.channels]


def _tell_witnesses(present: dict[str, dict[int, bool]], now: datetime) -> None:
    for event, users in present.items():
        for witness in witnesses():
            try:
                witness(event, users, now)
            except Exception:
                logger.exception("A witness failed for %s", event)


def _batched(sockets: Collection[Socket]) -> Iterable[list[Socket]]:
    ordered = list(sockets)
    for start in range(0, len(ordered), _REVIEWED_AT_ONCE):
        yield ordered[start : start + _REVIEWED_AT_ONCE]


def _now() -> float:
    return asyncio.get_running_loop().time()
