"""The open sockets of this process, and how fast their people may speak."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from portal.live.access import Holder
from portal.live.direct import Direct, frame

logger = logging.getLogger(__name__)

MAX_SOCKETS = 8
# Browsers let a hidden tab's timers run once a minute.
ALIVE_SECONDS = 90.0
# A server's own send waits where it has 64 KiB to write already, and all others with it.
_WRITE_SECONDS = 0.25
_SHUT_SECONDS = 2.0
# Eight tabs restored at once come in at three frames each.
_BURST = 40.0
_PER_SECOND = 10.0
_PATIENCE = 100

SLOW_READER = 4408

_goodbyes: set[asyncio.Task[None]] = set()


class Packet:
    """Texts that leave in one write, framed at most once for however many sockets."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    @cached_property
    def framed(self) -> bytes:
        return b"".join(map(frame, self.texts))


@dataclass(eq=False, slots=True)
class Socket:
    """One browser tab. ``rights`` counts how often its rights were asked anew.

    ``unheard`` are the users whose words it is not given.
    ``direct`` writes at once and never waits; without it the server's own send does, text by text.
    """

    holder: Holder
    write: Callable[[str], Awaitable[None]]
    shut: Callable[[int], Awaitable[None]]
    heard_at: float
    direct: Direct | None = None
    until: datetime | None = None
    rights: int = 0
    unheard: frozenset[int] = frozenset()
    witnessed: bool = False
    # Nobody looks at this tab.
    away: bool = False
    closing: bool = False
    channels: set[str] = field(default_factory=set)

    async def tell(self, text: str) -> None:
        await self.give(Packet([text]))

    async def give(self, packet: Packet) -> None:
        """The only place that writes. Who has left too much unread is closed, and catches up on return."""
        if self.closing:
            return
        if self.direct is None:
            for text in packet.texts:
                await self._send(text)
        elif not self.direct.write(packet.framed):
            await self.close(SLOW_READER)

    async def _send(self, text: str) -> None:
        """A writer that waits makes everyone wait, so not for long; and nobody waits for its goodbye."""
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                await self.write(text)
        except TimeoutError:
            closing = asyncio.create_task(self.close(SLOW_READER))
            _goodbyes.add(closing)
            closing.add_done_callback(_goodbyes.discard)
            await asyncio.sleep(0)
        except Exception as error:
            # The server says so when the other end has gone; its own disconnect event follows.
            logger.debug("Writing to a socket failed: %r", error)

    async def close(self, code: int) -> None:
        if self.closing:
            return
        self.closing = True
        try:
            async with asyncio.timeout(_SHUT_SECONDS):
                await self.shut(code)
        except Exception as error:
            logger.debug("Closing a socket failed: %r", error)


@dataclass(slots=True)
class Bucket:
    """Tokens for what one person sends: a burst, then a steady trickle."""

    tokens: float = _BURST
    filled_at: float = 0.0
    refused: int = 0

    def wait_for_token(self, now: float) -> float:
        """Takes a token and returns 0, or the seconds until there is one."""
        earned = (now - self.filled_at) * _PER_SECOND
        self.tokens, self.filled_at = min(_BURST, self.tokens + earned), now
        if self.tokens >= _BURST:
            self.refused = 0
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        self.refused += 1
        return (1 - self.tokens) / _PER_SECOND

    def is_full(self, now: float) -> bool:
        return self.tokens + (now - self.filled_at) * _PER_SECOND >= _BURST

    @property
    def is_out_of_patience(self) -> bool:
        return self.refused >= _PATIENCE


@dataclass(slots=True)
class Person:
    """One user's sockets in this process, sharing one bucket."""

    sockets: set[Socket] = field(default_factory=set)
    bucket: Bucket = field(default_factory=Bucket)


class Crowd:
    """Who is connected to this process."""

    def __init__(self) -> None:
        self._people: dict[int, Person] = {}
        # A bucket outlives its sockets until it is full, or reconnecting would refill it.
        self._left: dict[int, Bucket] = {}

    def __bool__(self) -> bool:
        return bool(self._people)

    def __iter__(self) -> Iterator[Socket]:
        return iter([socket for person in self._people.values() for socket in person.sockets])

    def has_room(self, user_id: int) -> bool:
        return len(self.of(user_id)) < MAX_SOCKETS

    def of(self, user_id: int, event: str = "") -> list[Socket]:
        """A user's sockets, in one event when it is named."""
        person = self._people.get(user_id)
        sockets = person.sockets if person else ()
        return [s for s in sockets if not event or s.holder.event == event]

    def add(self, socket: Socket) -> Bucket:
        user_id = socket.holder.user_id
        if user_id not in self._people:
            self._people[user_id] = Person(bucket=self._left.pop(user_id, Bucket()))
        person = self._people[user_id]
        person.sockets.add(socket)
        return person.bucket

    def discard(self, socket: Socket) -> None:
        person = self._people.get(socket.holder.user_id)
        if person is None:
            return
        person.sockets.discard(socket)
        if not person.sockets:
            del self._people[socket.holder.user_id]
            self._left[socket.holder.user_id] = person.bucket

    def forget_left(self, now: float) -> None:
        self._left = {user_id: bucket for user_id, bucket in self._left.items() if not bucket.is_full(now)}


def group_by_event(sockets: Iterable[Socket], now: float) -> dict[str, dict[int, bool]]:
    """Who was heard from lately, by event, and whether in a tab they look at; ``now`` is the loop's time."""
    present: dict[str, dict[int, bool]] = {}
    for socket in sockets:
        if now - socket.heard_at <= ALIVE_SECONDS:
            users, user = present.setdefault(socket.holder.event, {}), socket.holder.user_id
            users[user] = users.get(user, False) or not socket.away
    return present
