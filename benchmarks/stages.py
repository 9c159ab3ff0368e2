"""What each stage of a delivery costs by itself: ``python -m benchmarks.stages`` prints microseconds as JSON.

In one process without a portal, so that nothing else is counted: the writer's packing, the hub's hearing and framing
once a change, its look at each of a thousand sockets, and the kernel's send to each.
"""

import asyncio
import json
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import django

SOCKETS, TURNS = 1000, 300
WORDS = "What I learnt on nights. " * 10


def main() -> None:
    django.setup()
    print(json.dumps(asyncio.run(measure())))


async def measure() -> dict[str, float]:
    from portal.live import wire
    from portal.live.feeds import LogFeed
    from portal.live.registry import Channel, ChannelKind, Frame
    from portal.live.sockets import Packet

    kind = ChannelKind(name="conversation", may_hear=lambda *_: True, frames_after=lambda *_: [])
    channel = Channel("conversation.1", kind, 1)
    frame = Frame(1, "message", f"<article><p>{WORDS}</p></article>", {"id": 1}, by=7, row=1)
    payload = wire.pack_frame(channel.name, frame)
    text = wire.unpack(payload).text
    return {
        "packing": each(lambda: wire.pack_frame(channel.name, frame)),
        "hearing": each(lambda: hear(LogFeed(channel), payload)),
        "framing": each(lambda: Packet([text]).framed),
        "looking": await look(LogFeed(channel), text),
        "sending": send(Packet([text]).framed),
    }


def each(work: Callable[[], object]) -> float:
    work()
    started = time.thread_time()
    for _ in range(TURNS):
        work()
    return (time.thread_time() - started) / TURNS * 1e6


def hear(feed: Any, payload: str) -> None:
    from portal.live import wire

    feed.start_at(0)
    hint = wire.unpack(payload)
    feed.offer(hint.version, hint.text, hint.by, hint.row)


async def look(feed: Any, text: str) -> float:
    """A socket: everything but the write itself, which here does nothing."""
    from portal.live.access import Holder
    from portal.live.sockets import Socket

    async def never(_: object) -> None:
        raise AssertionError("every socket is written to directly")

    for number in range(SOCKETS):
        holder = Holder(number, "", "assembly")
        feed.sockets[Socket(holder, write=never, shut=never, heard_at=0.0, direct=Nothing())] = 0  # type: ignore[arg-type]
    feed.start_at(0)
    spent = 0.0
    for version in range(1, TURNS // 10 + 1):
        feed.offer(version, text, 7, version)
        started = time.thread_time()
        await feed.deliver()
        spent += time.thread_time() - started
    return spent / (TURNS // 10) / SOCKETS * 1e6


class Nothing:
    def write(self, framed: bytes) -> bool:
        return True


def send(framed: bytes) -> float:
    """A write: to sockets over the loopback that somebody else reads."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    pairs = []
    for _ in range(100):
        there = socket.create_connection(listener.getsockname())
        pairs.append((listener.accept()[0], there))
    reading = selectors.DefaultSelector()
    for _, there in pairs:
        reading.register(there, selectors.EVENT_READ)
    over = threading.Event()
    reader = threading.Thread(target=read_all, args=(reading, over))
    reader.start()
    started = time.thread_time()
    for _ in range(TURNS // 10):
        for here, _ in pairs:
            here.send(framed)
    spent = time.thread_time() - started
    over.set()
    reader.join()
    for pair in pairs:
        for end in pair:
            end.close()
    listener.close()
    return spent / (TURNS // 10) / len(pairs) * 1e6


def read_all(reading: selectors.BaseSelector, over: threading.Event) -> None:
    while not over.is_set():
        for key, _ in reading.select(0.1):
            key.fileobj.recv(65536)  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
