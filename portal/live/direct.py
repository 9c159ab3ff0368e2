"""Straight to Daphne's socket: the one module that knows which server runs.

Daphne's public send costs about 100 microseconds a socket, nearly all of it spent building the same
WebSocket frame again and queueing it. Here a frame is built once and given to the operating system at
once when nothing waits before it. What is leant on is tried at start against the installed versions;
where it does not hold, on another server, and under TLS inside Daphne, the public send is used.
"""

import logging
import socket
import struct
from functools import cache, partial
from typing import Any

logger = logging.getLogger(__name__)

# Beyond what the operating system holds for a connection, which is more again.
MOST_WAITING = 128 * 1024
_SHORT, _LONG = 125, 0xFFFF


class Direct:
    """One Daphne connection, written to without its queue."""

    __slots__ = ("_open", "_protocol", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._open = protocol.STATE_OPEN

    @property
    def waiting(self) -> int:
        """Bytes the other end has not made room for."""
        return _waiting(self._transport)

    def write(self, framed: bytes) -> bool:
        """Never waits. False, with nothing written, when too much waits already."""
        transport = self._transport
        if self._protocol.state != self._open:
            return True
        if waiting := _waiting(transport):
            if waiting > MOST_WAITING:
                return False
            transport.write(framed)
            return True
        sent = _send(transport, framed)
        if sent < len(framed):
            transport.write(framed[sent:])
        return True


class DirectWriting:
    """ASGI middleware around all others, which would hide the server's own ``send`` from it."""

    def __init__(self, app: Any) -> None:
        self.app = app
        _works()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["live.direct"] = find_direct(send)
        await self.app(scope, receive, send)


def frame(text: str) -> bytes:
    """One unmasked, uncompressed text frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size <= _SHORT:
        return b"\x81" + bytes([size]) + payload
    if size <= _LONG:
        return b"\x81\x7e" + struct.pack("!H", size) + payload
    return b"\x81\x7f" + struct.pack("!Q", size) + payload


def find_direct(send: Any) -> Direct | None:
    """The connection behind an ASGI ``send``, or None when it is not Daphne's own over plain TCP."""
    if not (isinstance(send, partial) and send.args and _works()):
        return None
    protocol = send.args[0]
    if type(protocol).__module__ != "daphne.ws_protocol" or not _is_plain(protocol.transport):
        return None
    return Direct(protocol)


def _is_plain(transport: Any) -> bool:
    from twisted.internet.tcp import Connection

    return isinstance(transport, Connection) and not transport.TLS


def _waiting(transport: Any) -> int:
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen


def _send(transport: Any, data: bytes) -> int:
    """An error is left for Twisted to find: it closes the connection as it does any other."""
    try:
        return int(transport.socket.send(data))
    except OSError:
        return 0


@cache
def _works() -> bool:
    """Whether the installed Daphne, Twisted and Autobahn are what this module takes them for."""
    try:
        _try_frames()
        _try_transport()
    except Exception as error:
        logger.warning("Live frames go by the server's public send, which costs more: %r", error)
        return False
    return True


def _try_frames() -> None:
    from autobahn.twisted.websocket import WebSocketServerFactory
    from daphne.ws_protocol import WebSocketProtocol

    assert WebSocketProtocol.STATE_OPEN != WebSocketProtocol.STATE_CLOSING
    for size in (0, 1, _SHORT, _SHORT + 1, _LONG, _LONG + 1):
        prepared = WebSocketServerFactory().prepareMessage(b"x" * size, isBinary=False)
        assert prepared.payloadHybi == frame("x" * size), f"frames of {size} bytes differ"


def _try_transport() -> None:
    """Sends three bytes through a real connection, watching what Twisted counts as waiting."""
    from twisted.internet.tcp import Connection

    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        far.settimeout(1)
        still: Any = _StillReactor()
        transport = Connection(near, still, still)
        transport.connected = 1
        assert _waiting(transport) == 0
        assert _send(transport, b"a") == 1
        transport.write(b"bc")
        assert _waiting(transport) == 2
        transport.doWrite()
        assert _waiting(transport) == 0
        assert far.recv(8) in (b"a", b"abc")


class _StillReactor:
    """Nothing is written before the trial says so, and nothing read."""

    def addWriter(self, writer: object) -> None:  # noqa: N802
        pass

    def removeWriter(self, writer: object) -> None:  # noqa: N802
        pass
