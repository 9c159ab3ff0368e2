"""A restart with everybody in: how long until the last one has all they missed."""

import asyncio
import random
import time
from typing import Any

from benchmarks.client import Tab, Tally, in_parallel, open_tab
from benchmarks.house import EVENT, House, Person, Server

MISSED = 20
SPREAD = 10.0


async def measure(built: House, size: int) -> dict[str, Any]:
    """Everyone comes back within ten seconds, a third of the time that pages take."""
    server = built.serve()
    tally = Tally()
    people = built.people[:size]
    tabs = await in_parallel([opener(server, person, tally, built) for person in people], 40)
    versions = [tab.version for tab in tabs]
    server.kill()
    for _ in range(MISSED):
        await asyncio.to_thread(say, built)
    server.start()
    cpu, started = server.cpu, time.monotonic()
    answers: list[tuple[float, int, int]] = await asyncio.gather(
        *(come_back(server, person, version, tally, built) for person, version in zip(people, versions, strict=True))
    )
    done = time.monotonic() - started
    worst = sorted(seconds for seconds, _, _ in answers)
    result = {
        "sockets": size,
        "seconds_until_all_right": round(done, 1),
        "p99_seconds_each": round(worst[int(size * 0.99)], 2),
        "ms_cpu_each": round((server.cpu - cpu) / size * 1000, 1),
        "refused": sum(bad for _, bad, _ in answers),
        "wrong": sum(got != MISSED for _, _, got in answers),
    }
    for tab in tabs:
        tab.transport.abort()
    built.stop()
    print(f"{size:,} back after a restart: {result}", flush=True)
    return result


def opener(server: Server, person: Person, tally: Tally, built: House, has: int | None = None) -> Any:
    path = f"/live/{EVENT}/"
    beside = built.beside(person)
    return lambda: open_tab(server.port, lambda: Tab(tally, path, person.headers, built.channel, has, beside))


async def come_back(server: Server, person: Person, version: int, tally: Tally, built: House) -> tuple[float, int, int]:
    """Seconds from knocking to having everything; refusals on the way; frames that were missed."""
    await asyncio.sleep(random.uniform(0, SPREAD))
    started, refused = time.monotonic(), 0
    tab = await opener(server, person, tally, built, version)()
    while tab.ready.result() < 0:
        refused += 1
        tab = await opener(server, person, tally, built, version)()
    return time.monotonic() - started, refused, len(tab.frames)


def say(built: House) -> None:
    import uuid

    from django.db import transaction

    from networking.models import Conversation
    from networking.services import post_message
    from portal import clock
    from portal.models import Delegate

    author = random.choice(Delegate.objects.order_by("pk")[:500])
    conversation = Conversation.objects.get(pk=built.lounge)
    with transaction.atomic():
        post_message(conversation, author, "Missed", client_id=uuid.uuid4(), now=clock.now())
