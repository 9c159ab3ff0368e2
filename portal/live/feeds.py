"""What this process knows of each channel somebody here listens to. No input or output, only order."""

import asyncio
from collections import deque
from typing import Any, NamedTuple

from portal.live import wire
from portal.live.registry import Channel, Frame
from portal.live.sockets import Socket

_MOST_HELD = 500


class Ready(NamedTuple):
    """A text to send; ``version`` lets it skip those who joined later than it happened."""

    version: int
    text: str


class Feed:
    """Listeners of one channel, each with the version it was told at joining."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.sockets: dict[Socket, int] = {}
        self.ready: deque[Ready] = deque()
        self.joining = 0
        self.loading = asyncio.Lock()
        self._sending = False

    @property
    def is_idle(self) -> bool:
        return not self.sockets and not self.joining

    async def deliver(self) -> None:
        """Sends what is ready, in order: whoever comes while another sends leaves it to them.

        Receivers who must not see a frame are to be skipped in this loop.
        """
        if self._sending:
            return
        self._sending = True
        try:
            while self.ready:
                version, text = self.ready.popleft()
                for socket, joined_at in list(self.sockets.items()):
                    if version > joined_at:
                        await socket.tell(text)
        finally:
            self._sending = False


class LogFeed(Feed):
    """Frames leave in version order, each once; those that come early are held."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.version: int | None = None
        self.target = 0
        self.mending = False
        self._held: dict[int, str] = {}

    @property
    def is_behind(self) -> bool:
        return self.version is not None and self.target > self.version

    def start_at(self, version: int) -> None:
        """What came while the version was being read is sent if it is later, else forgotten."""
        self.version = version
        self._release()

    def offer(self, version: int, text: str) -> None:
        if self.version is not None and version <= self.version:
            return
        self.target = max(self.target, version)
        if len(self._held) < _MOST_HELD:
            self._held[version] = text
        self._release()

    def mend(self, frames: list[Frame], upto: int) -> None:
        """Takes frames read from the rows, which say all there is to say up to ``upto``.

        Each names the version before it: a row changed twice leaves a hole that is no gap.
        """
        assert self.version is not None
        for frame in frames:
            if frame.version > self.version:
                text = wire.log_frame(self.channel.name, frame, after=self.version)
                self._send(frame.version, text)
        if upto > self.version:
            self._send(upto, wire.skipped(self.channel.name, upto, after=self.version))
        self._release()

    def give_up(self) -> None:
        """Nothing in the rows answers to what was announced, so nobody waits for it."""
        assert self.version is not None
        self.target = self.version
        self._held.clear()

    def _send(self, version: int, text: str) -> None:
        self.version = version
        self.ready.append(Ready(version, text))

    def _release(self) -> None:
        if self.version is None:
            return
        for version in [v for v in self._held if v <= self.version]:
            del self._held[version]
        while (text := self._held.pop(self.version + 1, None)) is not None:
            self._send(self.version + 1, text)


class GaugeFeed(Feed):
    """The last whole state, when it was read, and whether it has changed since."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self.dirty = False
        self.refreshing = False
        self.read_at: float | None = None
        self.state: dict[str, Any] = {}
        self._sent = ""

    def take(self, state: dict[str, Any], read_at: float) -> None:
        """A state equal to the last is not sent again."""
        self.state, self.read_at = state, read_at
        text = wire.gauge_frame(self.channel.name, state)
        if text != self._sent:
            self._sent = text
            self.ready.append(Ready(0, text))
