"""Frames written past Daphne's queue: the right bytes, in order, never without bound."""

import socket
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.tcp import Connection

from portal.live import direct
from portal.live.access import Holder
from portal.live.direct import MOST_WAITING, Direct, DirectWriting, find_direct, frame
from portal.live.sockets import Packet, Socket


class Line:
    """A connection as Daphne holds one, whose reactor writes only when told to."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.far.settimeout(2)
        self.transport = Connection(self.near, None, direct._StillReactor())
        self.transport.connected = 1
        self.protocol = WebSocketProtocol()
        self.protocol.transport = self.transport
        self.protocol.state = WebSocketProtocol.STATE_OPEN
        self.protocol.client_addr, self.protocol.path = None, b"/live/assembly/"
        self.direct = Direct(self.protocol)

    def read(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            parts += self.far.recv(size - len(parts))
        return parts

    def fill(self) -> bytes:
        """Writes until the other end takes no more."""
        written = b""
        while not self.direct.waiting:
            written += b"." * 65536
            self.direct.write(b"." * 65536)
        return written


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.near.close()
    line.far.close()


@pytest.fixture
def untried() -> Iterator[None]:
    direct._works.cache_clear()
    yield
    direct._works.cache_clear()


def test_the_installed_daphne_is_what_the_module_takes_it_for() -> None:
    assert direct._works()


@pytest.mark.parametrize("text", ["", "a" * 125, "a" * 126, "a" * 65535, "a" * 65536, "é" * 63, "\U0001f44d"])
def test_a_frame_is_what_autobahn_would_write(text: str) -> None:
    assert frame(text) == WebSocketServerFactory().prepareMessage(text.encode(), isBinary=False).payloadHybi


def test_a_frame_leaves_at_once_when_nothing_waits(line: Line) -> None:
    assert line.direct.write(frame("hello"))
    assert line.read(7) == frame("hello")


def test_what_the_server_queued_first_leaves_first(line: Line) -> None:
    line.transport.write(b"ping")
    line.direct.write(frame("hello"))
    assert line.direct.waiting == 4 + 7
    line.transport.doWrite()
    assert line.read(11) == b"ping" + frame("hello")


def test_what_a_full_line_does_not_take_follows_whole(line: Line) -> None:
    written = line.fill() + frame("after")
    line.direct.write(frame("after"))
    received = b""
    while len(received) < len(written):
        received += line.read(min(65536, len(written) - len(received)))
        line.transport.doWrite()
    assert received == written
    assert line.direct.waiting == 0


def test_who_leaves_too_much_unread_is_written_no_more(line: Line) -> None:
    line.fill()
    while line.direct.waiting <= MOST_WAITING:
        assert line.direct.write(b"." * 65536)
    before = line.direct.waiting
    assert not line.direct.write(frame("one more"))
    assert line.direct.waiting == before


def test_a_closing_connection_is_written_nothing(line: Line) -> None:
    line.protocol.state = WebSocketProtocol.STATE_CLOSING
    assert line.direct.write(frame("late"))
    line.direct.write(b"")
    line.far.setblocking(False)
    with pytest.raises(BlockingIOError):
        line.far.recv(1)


def test_a_broken_connection_is_left_for_the_server_to_find(line: Line) -> None:
    line.far.close()
    assert line.direct.write(frame("nobody"))
    assert line.direct.waiting == len(frame("nobody"))


async def test_a_reader_too_far_behind_is_closed_4408(line: Line) -> None:
    closed: list[int] = []

    async def shut(code: int) -> None:
        closed.append(code)

    async def write(text: str) -> None:
        raise AssertionError("the public send is not for this socket")

    tab = Socket(Holder(1, "key", "assembly"), write=write, shut=shut, heard_at=0, direct=line.direct)
    while not closed:
        await tab.give(Packet(["." * 65536]))
    assert closed == [4408]
    assert MOST_WAITING < line.direct.waiting < MOST_WAITING + 2 * 65536 + 100


def test_the_connection_is_found_behind_daphnes_send(line: Line) -> None:
    found = find_direct(partial(Server.handle_reply, line.protocol))
    assert found is not None
    found.write(frame("hello"))
    assert line.read(7) == frame("hello")


def test_under_tls_and_on_another_server_there_is_none(line: Line) -> None:
    async def other_send(message: Any) -> None: ...

    assert find_direct(other_send) is None
    assert find_direct(partial(other_send, SimpleNamespace(transport=line.transport))) is None
    line.transport.TLS = True
    assert find_direct(partial(Server.handle_reply, line.protocol)) is None
    line.protocol.transport = object()
    assert find_direct(partial(Server.handle_reply, line.protocol)) is None


@pytest.mark.usefixtures("untried")
async def test_a_daphne_that_differs_is_written_to_by_its_public_send(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Connection, "doWrite", lambda self: None)
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    await DirectWriting(app)({}, None, partial(Server.handle_reply, line.protocol))
    assert scopes == [{"live.direct": None}]
    assert "public send" in caplog.text
