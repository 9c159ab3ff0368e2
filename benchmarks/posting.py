"""Sending a message by HTTP: as production serves it, in one hop on Daphne, and by Django's own handler there."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import in_parallel, request
from benchmarks.house import EVENT, House, Person, Server

TURNS, MESSAGES, AT_ONCE = 6, 60, 4
SERVE: dict[str, Callable[[House], Server]] = {
    "granian": lambda built: built.serve_pages(),
    "one hop": lambda built: built.serve(),
    "stock": lambda built: built.serve("benchmarks.stock:application"),
}


def measure(built: House) -> dict[str, Any]:
    """In turns, as the same work costs this way and that on a machine with other work to do."""
    servers = {name: serve(built) for name, serve in SERVE.items()}
    # Each by another person, because nobody may say more than ten things in ten seconds.
    people = itertools.cycle(built.people)
    cpu, times = dict.fromkeys(SERVE, 0.0), {name: list[float]() for name in SERVE}
    for turn, name in itertools.product(range(TURNS + 1), SERVE):
        before = servers[name].cpu
        taken = asyncio.run(post(built, servers[name], people))
        # The first turn only warms up.
        if turn:
            cpu[name] += servers[name].cpu - before
            times[name] += taken
    built.stop()
    return {name: show(name, cpu[name], sorted(times[name])) for name in SERVE}


def show(name: str, cpu: float, times: list[float]) -> dict[str, float]:
    row = {
        "ms_cpu": cpu / len(times) * 1000,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
    }
    print(f"Sending a message, {name}: " + ", ".join(f"{key} {value:.1f}" for key, value in row.items()), flush=True)
    return row


async def post(built: House, server: Server, people: Iterator[Person]) -> list[float]:
    """Seconds that each of ``MESSAGES`` took."""

    async def one(person: Person) -> float:
        body = urlencode({"text": "What I learnt on nights. " * 10, "client_id": str(uuid.uuid4())})
        started = time.monotonic()
        path = f"/{EVENT}/conversations/{built.lounge}/say/"
        status, answer = await request(server.port, "POST", path, person.form_headers, body)
        assert status == 201, (status, answer[:500])
        return time.monotonic() - started

    speakers = list(itertools.islice(people, MESSAGES))
    return await in_parallel([lambda person=person: one(person) for person in speakers], AT_ONCE)
