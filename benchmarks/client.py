"""A WebSocket client that costs little: what is measured should be the server.

Messages carry ``@<number> <monotonic seconds>@`` somewhere in their text, by which each socket knows
what it missed, what came twice and how long it took.
"""

import asyncio
import json
import random
import time
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
BEAT_SECONDS = 20.0


def stamp(number: int) -> str:
    return f"@{number:08d} {time.monotonic():017.6f}@"


class Tally:
    """What all sockets of this process heard since it was last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.heard = 0
        self.doubled = 0
        self.out_of_order = 0
        self.last_at = 0.0
        self.latencies = array("d")


class Tab(asyncio.Protocol):
    """One socket. ``channel`` is listened to when the server is ours, and ``beside`` with it, of which nothing is kept.

    It is ready when it listens to all of them and, if it says what version it ``has``, when it has what came since.
    """

    def __init__(
        self,
        tally: Tally,
        path: str,
        headers: dict[str, str],
        channel: str = "",
        has: int | None = None,
        beside: Sequence[str] = (),
    ) -> None:
        loop = asyncio.get_running_loop()
        self.tally = tally
        self.channel = channel
        self.beside = beside
        self.unanswered = set(beside)
        self.answered = False
        self.request = HANDSHAKE.format(
            path=path, host=headers.get("Host", "localhost"),
            more="".join(f"{name}: {value}\r\n" for name, value in headers.items() if name != "Host"),
        )  # fmt: skip
        self.ready: asyncio.Future[int] = loop.create_future()
        self.closed: asyncio.Future[int] = loop.create_future()
        self.is_open = False
        self.has = has
        self.version = has or 0
        self.target = 0
        self.last = 0
        self.frames: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.told_at = 0.0
        self._rest = b""
        self._beats: asyncio.TimerHandle | None = None

    # Transport

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request.encode())

    def connection_lost(self, error: Exception | None) -> None:
        self._end(1006)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        self._rest = b""
        if not self.is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            self._greet(head)
        self._read(data)

    def _greet(self, head: bytes) -> None:
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            self._end(status)
            return
        self.is_open = True
        if self.channel:
            self.listen()
            self._beat_later(random.uniform(0, BEAT_SECONDS))
        else:
            self.ready.set_result(0)

    def listen(self) -> None:
        has = {"beat": {self.channel: self.has}} if self.has is not None else {}
        self.say({"listen": [*self.beside, self.channel]} | has)

    def _read(self, data: bytes) -> None:
        start, end = 0, len(data)
        while end - start >= 2:
            size, body = data[start + 1], start + 2
            if size == 126:
                size, body = int.from_bytes(data[start + 2 : start + 4], "big"), start + 4
            elif size == 127:
                size, body = int.from_bytes(data[start + 2 : start + 10], "big"), start + 10
            if end - body < size:
                break
            self._take(data[start] & 15, data[body : body + size])
            start = body + size
        self._rest = data[start:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            self._hear(payload)
        elif opcode == 8:
            self._end(int.from_bytes(payload[:2], "big"))
        elif opcode == 9:
            self._write(0x8A, payload)

    def _hear(self, payload: bytes) -> None:
        at = payload.find(b"@")
        if at < 0:
            message = json.loads(payload)
            if message.get("channel") in self.beside:
                self.unanswered.discard(message["channel"])
                self._settle()
            else:
                self.told(message)
            return
        number = int(payload[at + 1 : at + 9])
        tally = self.tally
        tally.last_at = now = time.monotonic()
        tally.latencies.append(now - float(payload[at + 10 : at + 27]))
        tally.heard += 1
        self.version += 1
        if number <= self.last:
            tally.doubled += 1
        elif number > self.last + 1 and self.last:
            tally.out_of_order += 1
        self.last = max(self.last, number)

    def told(self, message: dict[str, Any]) -> None:
        if "state" in message:
            self.state, self.told_at = message["state"], time.monotonic()
        if message.get("kind") == "listening":
            self.answered = True
            self.target = message["version"]
            if self.has is None:
                self.version = self.target
        elif "version" in message and message.get("after", message["version"] - 1) <= self.version:
            self.version = message["version"]
            self.frames.append(message)
        self._settle()

    def _settle(self) -> None:
        if self.answered and not self.unanswered and self.version >= self.target and not self.ready.done():
            self.ready.set_result(self.version)

    def _end(self, code: int) -> None:
        if self._beats:
            self._beats.cancel()
        for future in (self.ready, self.closed):
            if not future.done():
                future.set_result(-code)
        self.transport.close()

    # Speaking

    def say(self, message: dict[str, Any]) -> None:
        self._write(0x81, json.dumps(message).encode())

    def _write(self, first: int, payload: bytes) -> None:
        """Masked with zeros, as RFC 6455 allows, so that the payload goes as it is."""
        size = len(payload)
        head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xFE]) + size.to_bytes(2, "big")
        self.transport.write(head + b"\0\0\0\0" + payload)

    def _beat_later(self, seconds: float) -> None:
        self._beats = asyncio.get_running_loop().call_later(seconds, self._beat)

    def _beat(self) -> None:
        self.say({"beat": {self.channel: self.version}})
        self._beat_later(BEAT_SECONDS)


MakeTab = Callable[[], Tab]


async def open_tab(port: int, make: MakeTab) -> Tab:
    """Returns once it listens; ``ready`` is negative when it was refused."""
    _, tab = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
    await tab.ready
    return tab


async def in_parallel(work: list[Callable[[], Awaitable[Any]]], at_once: int) -> list[Any]:
    gate = asyncio.Semaphore(at_once)

    async def run(each: Callable[[], Awaitable[Any]]) -> Any:
        async with gate:
            return await each()

    return await asyncio.gather(*map(run, work))


async def request(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, bytes]:
    """One HTTP request on a connection of its own: status and body. Raises OSError when nothing answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = headers | {"Connection": "close", "Content-Length": str(len(body.encode()))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n{body}".encode())
        answer = await reader.read()
    finally:
        writer.close()
    if not answer:
        raise ConnectionResetError("No answer came.")
    top, _, content = answer.partition(b"\r\n\r\n")
    if b"chunked" in top.lower():
        content = content.partition(b"\r\n")[2].rpartition(b"\r\n0\r\n")[0]
    return int(top.split(b" ", 2)[1]), content
