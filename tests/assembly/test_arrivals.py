"""Many who come at once are let in a few at a time."""

import socket

from twisted.internet.protocol import Factory, Protocol
from twisted.internet.tcp import Port
from twisted.internet.testing import MemoryReactor

from assembly.arrivals import AT_ONCE, let_in_a_few


class Counting(Factory):
    def __init__(self) -> None:
        self.came = 0

    def buildProtocol(self, address: object) -> Protocol:  # noqa: N802
        self.came += 1
        return Protocol()


def come(monkeypatch, *, few: bool) -> int:
    """How many of fifty who wait a port lets in when it is looked at once."""
    monkeypatch.delattr(Port, "numberAccepts", raising=False)
    if few:
        let_in_a_few()
    factory = Counting()
    port = Port(0, factory, backlog=64, interface="127.0.0.1", reactor=MemoryReactor())
    port.startListening()
    try:
        waiting = [socket.create_connection(port.socket.getsockname()) for _ in range(50)]
        port.doRead()
        came = factory.came
        # Nobody is forgotten: the next looks let the others in.
        for _ in range(50):
            port.doRead()
        assert factory.came == 50
        for each in waiting:
            each.close()
        return came
    finally:
        port.socket.close()


def test_a_few_are_let_in_at_once(monkeypatch):
    assert come(monkeypatch, few=True) == AT_ONCE


def test_twisted_itself_lets_in_all(monkeypatch):
    assert come(monkeypatch, few=False) == 50
