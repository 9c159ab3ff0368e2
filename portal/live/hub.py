"""One hub a process: who listens to what here, and how a change reaches them, once and in order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import Context
from functools import partial
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import close_old_connections

from portal import clock
from portal.live import reads, wire
from portal.live.feeds import MOST_TOLD, Feed, GaugeFeed, LogFeed
from portal.live.gathering import Gathering
from portal.live.registry import Channel, Frame
from portal.live.rounds import Rounds
from portal.live.services import redis_channel
from portal.live.sockets import Bucket, Crowd, Packet, Socket
from portal.live.subscription import Subscription

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MOST_TOLD_OF_TYPING = 30
_GRACE = 0.3
# The first frame leaves at once; what comes this soon after leaves with the next, in one write.
_GATHER = 0.025


class Hub:
    """Starts with the first socket and stops with the last, so that an idle process asks nothing."""

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.feeds: dict[str, Feed] = {}
        self.revoked = 0
        self._knocking = 0
        self._rounds = Rounds(self)
        self._subscription: Subscription | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        # Threads of their own: closing a gap or ending a right queues behind no handshake and no gauge.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-hub")
        self._survey = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-gauges")
        self._gathering = Gathering(self.survey)
        self._door = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live-door")

    # Sockets

    @asynccontextmanager
    async def knocking(self) -> AsyncIterator[None]:
        """From here on every revocation is counted in ``revoked``, whoever it is about."""
        self._knocking += 1
        try:
            await self._rounds.open()
            yield
        finally:
            self._knocking -= 1
            self._stop_if_empty()

    def enter(self, socket: Socket) -> Bucket:
        """Counts a socket in, while it is knocking; ``leave`` must follow, come what may."""
        self._start()
        return self.crowd.add(socket)

    def leave(self, socket: Socket) -> None:
        for name in list(socket.channels):
            self.part(socket, name)
        self.crowd.discard(socket)
        self._stop_if_empty()

    async def end(self, socket: Socket, code: int) -> None:
        await socket.close(code)
        self.leave(socket)

    # Channels

    async def join(self, socket: Socket, channel: Channel, *, rights: int, start: int = 0) -> bool:
        """Adds a listener, who hears the rows from ``start`` on, and tells it where the channel stands.

        False when the socket's rights were asked anew since ``rights``: what was allowed may not be.
        """
        feed = self.feeds.setdefault(channel.name, _new_feed(channel))
        feed.joining += 1
        try:
            await self._load(feed)
        finally:
            feed.joining -= 1
            self._forget_if_idle(feed)
        if socket.closing or socket.rights != rights:
            return socket.closing
        self.feeds[channel.name] = feed
        socket.channels.add(channel.name)
        self.narrow(socket, channel.name, start)
        # No await between these two: the next frame sent is the one after what is told here.
        feed.sockets[socket] = feed.place
        await socket.tell(_listening(feed))
        return True

    async def bring_up(self, socket: Socket, name: str, has: int) -> None:
        """Tells a new listener what it missed, by one read for all who come back meanwhile.

        Who missed more than 500 events fetches them for itself.
        """
        feed = self.feeds.get(name)
        if not isinstance(feed, LogFeed) or not 0 < feed.sockets.get(socket, 0) - has <= MOST_TOLD:
            return
        async with feed.loading:
            if not feed.recalls(has):
                feed.remember(*await self._read_after(feed, feed.unread_since(has, _now())), _now())
        if texts := feed.recall(socket, has):
            await socket.give(Packet(texts))

    async def _read_after(self, feed: LogFeed, version: int) -> tuple[list[Frame], int, int]:
        frames, upto = await self.read(reads.frames_since, feed.channel, version, MOST_TOLD)
        return frames, version, upto

    def part(self, socket: Socket, name: str) -> None:
        socket.channels.discard(name)
        if feed := self.feeds.get(name):
            feed.sockets.pop(socket, None)
            feed.starts.pop(socket, None)
            self._forget_if_idle(feed)

    def narrow(self, socket: Socket, name: str, start: int) -> None:
        """From now on this listener hears the rows from ``start`` on; 0 for all."""
        if feed := self.feeds.get(name):
            feed.starts.pop(socket, None)
            if start:
                feed.starts[socket] = start

    def version_of(self, name: str) -> int | None:
        """How far a listened log is, from memory; None for a gauge and for the unknown."""
        feed = self.feeds.get(name)
        return feed.version if isinstance(feed, LogFeed) else None

    def leaves_behind(self, socket: Socket, name: str, version: int) -> bool:
        """Whether a listener that says it has ``version`` reads too slowly.

        What came before it joined it was never sent, and fetches for itself.
        """
        feed = self.feeds.get(name)
        if not isinstance(feed, LogFeed) or socket not in feed.sockets:
            return False
        return feed.leaves_behind(max(version, feed.sockets[socket]), _now())

    def catch_up(self, versions: dict[str, int]) -> None:
        """Compares listened logs with the rows' versions; those behind are mended."""
        for name, version in versions.items():
            feed = self.feeds.get(name)
            if isinstance(feed, LogFeed):
                feed.target = max(feed.target, version)
                self._mend_soon(feed)

    def refresh_gauges(self) -> None:
        for feed in self.feeds.values():
            if isinstance(feed, GaugeFeed):
                self._refresh_soon(feed)

    @property
    def is_deaf(self) -> bool:
        return self._subscription is None or not self._subscription.is_up

    # Reading and running

    async def read(self, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a query in the hub's own thread."""
        return await _run(self._thread, query, *args, **kwargs)

    async def survey(self, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a query for gauges or about who is here, in the thread of those."""
        return await _run(self._survey, query, *args, **kwargs)

    async def ask(self, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a query about one socket, in a few threads that all sockets share."""
        return await _run(self._door, query, *args, **kwargs)

    def is_crowded(self, channel: str) -> bool:
        """Where many listen somebody always writes: nobody is asked whether they may, and nobody told."""
        feed = self.feeds.get(channel)
        return feed is not None and len(feed.sockets) > MOST_TOLD_OF_TYPING

    def _start(self) -> None:
        if self._subscription is not None:
            return
        self._subscription = Subscription(settings.REDIS_URL, redis_channel(), self._hear, self._rounds.hurry)
        self._spawn(self._subscription.run())
        self._spawn(self._rounds.keep_checking())
        self._spawn(self._rounds.keep_witnessing())

    def _stop_if_empty(self) -> None:
        if self.crowd or self._knocking:
            return
        for task in self._tasks:
            task.cancel()
        self._subscription = None
        self._rounds.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        # A context of its own: the hub outlives the socket whose arrival started it.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hear(self, payload: str) -> None:
        try:
            hint = wire.unpack(payload)
        except ValueError:
            logger.warning("A live hint was not one of ours: %.100r", payload)
            return
        feed = self.feeds.get(hint.channel)
        if hint.is_revocation:
            self._rounds.hurry()
        elif isinstance(feed, GaugeFeed):
            self._refresh_soon(feed)
        elif hint.is_passing:
            await self._pass_on(feed, hint)
        elif isinstance(feed, LogFeed) and hint.text:
            feed.offer(hint.version, hint.text, hint.by, hint.row)
            self._deliver_soon(feed)
            self._mend_soon(feed)

    async def _pass_on(self, feed: Feed | None, hint: wire.Hint) -> None:
        if feed is None or self.is_crowded(hint.channel):
            return
        packet = Packet([hint.text])
        for socket in list(feed.sockets):
            if socket.holder.user_id != hint.by and hint.by not in socket.unheard:
                await socket.give(packet)

    def _deliver_soon(self, feed: Feed) -> None:
        """Whoever comes while a feed is being sent leaves it to the sender."""
        if feed.ready and not feed.sending:
            feed.sending = True
            self._spawn(self._deliver(feed))

    async def _deliver(self, feed: Feed) -> None:
        try:
            while feed.ready:
                await feed.deliver()
                await asyncio.sleep(_GATHER)
        finally:
            feed.sending = False

    async def _load(self, feed: Feed) -> None:
        """Reads where a channel stands, once for all who wait for it."""
        async with feed.loading:
            if isinstance(feed, LogFeed) and feed.version is None:
                feed.start_at(await self.read(reads.version_of, feed.channel.name))
                self._mend_soon(feed)
            elif isinstance(feed, GaugeFeed) and feed.seconds_to_read(_now()) <= 0:
                await self._read_state(feed)
                if feed.is_unsent:
                    self._refresh_soon(feed)
        self._deliver_soon(feed)

    def _mend_soon(self, feed: LogFeed) -> None:
        if feed.is_behind and not feed.mending:
            feed.mending = True
            self._spawn(self._mend(feed))

    async def _mend(self, feed: LogFeed) -> None:
        """What is late may still be on its way, so it gets 300 ms before the rows are read."""
        try:
            await asyncio.sleep(0 if self.is_deaf else _GRACE)
            while feed.is_behind and not feed.is_idle:
                await self._read_missing(feed)
        except Exception:
            logger.exception("Closing a gap in %s failed; the next check tries again", feed.channel)
        finally:
            feed.mending = False

    async def _read_missing(self, feed: LogFeed) -> None:
        before = feed.version or 0
        frames, upto = await self.read(reads.frames_since, feed.channel, before)
        feed.mend(frames, upto)
        if feed.version == before:
            feed.give_up()
        self._deliver_soon(feed)

    def _refresh_soon(self, feed: GaugeFeed) -> None:
        feed.touched = True
        if not feed.refreshing:
            feed.refreshing = True
            self._spawn(self._refresh(feed))

    async def _refresh(self, feed: GaugeFeed) -> None:
        """A state is read again when its turn comes, not for each change."""
        try:
            while feed.touched and not feed.is_idle:
                await asyncio.sleep(feed.seconds_to_send(_now()))
                feed.touched = False
                async with feed.loading:
                    await self._read_state(feed)
                    feed.send(_now())
                self._deliver_soon(feed)
        except Exception:
            logger.exception("Reading %s failed; the next round tries again", feed.channel.name)
        finally:
            feed.refreshing = False

    async def _read_state(self, feed: GaugeFeed) -> None:
        read_at = _now()
        if feed.channel.kind.states:
            state = await self._gathering.state_of(feed.channel)
        else:
            state = await self.survey(reads.state_of, feed.channel, clock.now())
        feed.take(state, read_at)

    def _forget_if_idle(self, feed: Feed) -> None:
        if feed.is_idle and self.feeds.get(feed.channel.name) is feed:
            del self.feeds[feed.channel.name]


async def _run(executor: ThreadPoolExecutor, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    work = partial(_tidily, query, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(executor, work)


def _tidily(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As a request does: a connection that broke is not used again, and none is kept beyond its age."""
    close_old_connections()
    try:
        return query(*args, **kwargs)
    finally:
        close_old_connections()


def _new_feed(channel: Channel) -> Feed:
    return LogFeed(channel) if channel.kind.frames_after else GaugeFeed(channel)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _listening(feed: Feed) -> str:
    answer: dict[str, Any] = {"channel": feed.channel.name, "version": 0, "kind": "listening"}
    if isinstance(feed, LogFeed):
        answer["version"] = feed.version
    elif isinstance(feed, GaugeFeed):
        answer["state"] = feed.state
    return wire.encode(answer)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current_hub() -> Hub:
    """The running loop's hub: one a process, as a server runs one loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
