"""What this process knows of each channel somebody here listens to. No input or output, only order."""

import asyncio
from collections import deque
from typing import Any, NamedTuple

from portal.live import wire
from portal.live.registry import Channel, Frame, is_skipped
from portal.live.sockets import Packet, Socket

MOST_BEHIND = 200
# What the socket tells by itself to who comes back; who missed more fetches it.
MOST_TOLD = 500
LONGEST_BEHIND = 30.0
GAUGE_SECONDS = 1.0
GAUGE_DELIVERIES = 50
GAUGE_LONGEST = 10.0
_MOST_HELD = 500
_MOST_REMEMBERED = 2 * MOST_TOLD
# Sockets written to before the rest of the process gets its turn.
_STRETCH = 500


class Ready(NamedTuple):
    """A text to send; ``place`` in the feed lets it skip those who joined later than it happened.

    ``by`` is the user whose words it carries (0 for nobody's), ``after`` the place before it, ``row`` what it is of.
    """

    place: int
    text: str
    by: int = 0
    after: int = 0
    row: int = 0


class Feed:
    """Listeners of one channel, each with the place it was told at joining.

    A log's place is its version; a gauge counts the states it has sent.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.sockets: dict[Socket, int] = {}
        # Who hears only from some row on.
        self.starts: dict[Socket, int] = {}
        self.place = 0
        self.ready: deque[Ready] = deque()
        self.joining = 0
        self.loading = asyncio.Lock()
        self.sending = False

    @property
    def is_idle(self) -> bool:
        return not self.sockets and not self.joining

    async def deliver(self) -> None:
        """Sends all that is ready, in order, in one write a socket. One caller at a time.

        Receivers who must not see a frame are told only that its version has passed.
        """
        batch, self.ready = list(self.ready), deque()
        if not batch:
            return
        packet = Packet([ready.text for ready in batch])
        oldest, authors = batch[0].place, {ready.by for ready in batch}
        for number, (socket, joined_at) in enumerate(list(self.sockets.items()), 1):
            if socket not in self.sockets:
                continue
            hears_all = socket not in self.starts and (not socket.unheard or authors.isdisjoint(socket.unheard))
            if joined_at < oldest and hears_all:
                await socket.give(packet)
            elif later := [self._told(ready, socket) for ready in batch if ready.place > joined_at]:
                await socket.give(Packet(later))
            if number % _STRETCH == 0:
                await asyncio.sleep(0)

    def _told(self, ready: Ready, socket: Socket) -> str:
        if is_skipped(ready.by, ready.row, unheard=socket.unheard, start=self.starts.get(socket, 0)):
            return wire.skipped(self.channel.name, ready.place, after=ready.after)
        return ready.text


class LogFeed(Feed):
    """Frames leave in version order, each once; those that come early are held.

    What the rows said to one who came back serves the next. Before it does, the rows that are newer are added: a frame
    kept without them might be of a message that was taken away since.
    """

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.version: int | None = None
        self.target = 0
        self.mending = False
        self._held: dict[int, tuple[str, int, int]] = {}
        self._past: deque[tuple[float, int]] = deque()
        self._frames: list[Frame] = []
        self._span = (0, -1)
        self._read_at = 0.0
        self._rows: list[Ready] = []

    @property
    def is_behind(self) -> bool:
        return self.version is not None and self.target > self.version

    def note(self, now: float) -> None:
        """Remembers where the log is, for half a minute; called every few seconds."""
        self._past.append((now, self.place))
        while len(self._past) > 1 and self._past[1][0] <= now - LONGEST_BEHIND:
            self._past.popleft()

    def leaves_behind(self, version: int, now: float) -> bool:
        """Whether a reader that has only ``version`` is too many events or seconds behind."""
        if self.place - version > MOST_BEHIND:
            return True
        at, then = self._past[0] if self._past else (now, 0)
        return at <= now - LONGEST_BEHIND and version < then

    def start_at(self, version: int) -> None:
        """What came while the version was being read is sent if it is later, else forgotten."""
        self.version = self.place = version
        self._release()

    def offer(self, version: int, text: str, by: int = 0, row: int = 0) -> None:
        if self.version is not None and version <= self.version:
            return
        self.target = max(self.target, version)
        if len(self._held) < _MOST_HELD:
            self._held[version] = text, by, row
        self._release()

    def mend(self, frames: list[Frame], upto: int) -> None:
        """Takes frames read from the rows, which say all there is to say up to ``upto``.

        Each names the version before it: a row changed twice leaves a hole that is no gap.
        """
        assert self.version is not None
        for frame in frames:
            if frame.version > self.version:
                text = wire.log_frame(self.channel.name, frame, after=self.version)
                self._send(frame.version, text, frame.by, frame.row)
        if upto > self.version:
            self._send(upto, wire.skipped(self.channel.name, upto, after=self.version))
        self._release()

    def recalls(self, after: int) -> bool:
        start, end = self._span
        return start <= after and max(self.place, self.target) <= end

    def unread_since(self, after: int, now: float) -> int:
        """From which version on the rows are to be read for who has ``after``: the rest is remembered, for a while."""
        start, end = self._span
        grows = now - self._read_at < LONGEST_BEHIND and len(self._frames) < _MOST_REMEMBERED
        return end if grows and start <= after <= end and all("id" in frame.body for frame in self._frames) else after

    def remember(self, frames: list[Frame], after: int, upto: int, now: float) -> None:
        """What the rows say came after a version, each frame naming the one before it.

        Of a row that has changed since, the newest frame takes the place of the one that is remembered.
        """
        start, end = self._span
        if start < end == after:
            fresh = {frame.body.get("id") for frame in frames}
            frames, after = [frame for frame in self._frames if frame.body["id"] not in fresh] + frames, start
        else:
            self._read_at = now
        self._frames, self._span, self._rows = frames, (after, upto), []
        last = after
        for frame in frames:
            text = wire.log_frame(self.channel.name, frame, after=last)
            self._rows.append(Ready(frame.version, text, frame.by, last, frame.row))
            last = frame.version
        if last < upto:
            self._rows.append(Ready(upto, wire.skipped(self.channel.name, upto, after=last), after=last))

    def recall(self, socket: Socket, after: int) -> list[str]:
        return [self._told(ready, socket) for ready in self._rows if ready.place > after]

    def give_up(self) -> None:
        """Nothing in the rows answers to what was announced, so nobody waits for it."""
        assert self.version is not None
        self.target = self.version
        self._held.clear()

    def _send(self, version: int, text: str, by: int = 0, row: int = 0) -> None:
        ready = Ready(version, text, by, self.place, row)
        self.version = self.place = version
        self.ready.append(ready)

    def _release(self) -> None:
        if self.version is None:
            return
        for version in [v for v in self._held if v <= self.version]:
            del self._held[version]
        while (held := self._held.pop(self.version + 1, None)) is not None:
            self._send(self.version + 1, *held)


class GaugeFeed(Feed):
    """The last whole state, when it was read and sent, and whether it was said to have changed since."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.touched = False
        self.refreshing = False
        self.read_at: float | None = None
        self.sent_at: float | None = None
        self.state: dict[str, Any] = {}
        self._sent = ""

    def seconds_to_read(self, now: float) -> float:
        return 0.0 if self.read_at is None else max(0.0, self.read_at + GAUGE_SECONDS - now)

    def seconds_to_send(self, now: float) -> float:
        """The more who listen, the seldomer they are told: some fifty deliveries a second in all.

        What is urgent does not wait for that.
        """
        if self.sent_at is None:
            return self.seconds_to_read(now)
        pace = min(max(self.channel.kind.at_most_every, len(self.sockets) / GAUGE_DELIVERIES), GAUGE_LONGEST)
        if self.channel.kind.is_urgent:
            pace = GAUGE_SECONDS
        return max(self.seconds_to_read(now), self.sent_at + pace - now)

    def take(self, state: dict[str, Any], read_at: float) -> None:
        """Whoever joins is told this; with nobody else here, there is nobody else to tell."""
        self.state, self.read_at = state, read_at
        if not self.sockets:
            self._sent = self._frame()

    @property
    def is_unsent(self) -> bool:
        return self._sent != self._frame()

    def send(self, now: float) -> None:
        """Equal to the last it is not sent again, and one that still waits gives way to it."""
        if self.is_unsent:
            self.sent_at, self._sent = now, self._frame()
            self.place += 1
            self.ready = deque([Ready(self.place, self._sent)])

    def _frame(self) -> str:
        return wire.gauge_frame(self.channel.name, self.state)
