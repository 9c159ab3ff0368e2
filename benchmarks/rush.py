"""A thousand delegates choose among three rooms of a hundred in the same moment: ``python -m benchmarks.rush sqlite``.

Three ways of serving the same view, each with a round of its own: pages on the server of production, everything on
one Daphne as in the embedded default, and Django's own handler there. Meanwhile people talk in the lounge, and open
pages show the places left.
"""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import request
from benchmarks.crowd import Crowd
from benchmarks.house import EVENT, ROOT, House, Person, Server, house
from benchmarks.speaking import Speak, by_service

PEOPLE, TALKERS, WATCHERS, FEW = 1000, 200, 1000, 50
RATE = 10.0  # messages a second
ANSWERED = 303


def measure(engine: str) -> dict[str, Any]:
    """In a process of its own, because Django knows one database a process."""
    command = [sys.executable, "-m", "benchmarks.rush", engine]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure_here(engine: str) -> dict[str, Any]:
    with house(PEOPLE, engine=engine) as built:
        speak = by_service(built)
        # The shape this database is for has a thousand open pages; sockets are slow to open.
        is_production = engine == "postgresql"
        many = {True: WATCHERS, False: FEW}
        production = rush(built, 0, built.serve_pages(), built.serve(), speak, many[is_production])
        whole = built.serve()
        embedded = rush(built, 1, whole, whole, speak, many[not is_production])
        # Django's own handler knows no sockets.
        stock = rush(built, 2, built.serve("benchmarks.stock:application"), built.serve(), speak, FEW)
        ours = production if is_production else embedded
        return {
            **{name: ours[name] for name in ("choices_per_second", "ms_cpu", "last_answered_s", "chat_p99_ms")},
            **{name: ours[name] for name in ("places_right_after_s", "watching", "wrong", "load")},
            **{name: production[name] + embedded[name] for name in ("oversold", "double_seats", "unanswered", "lost")},
            "over_stock": round(ours["ms_cpu"] / stock["ms_cpu"], 2),
            "production": production, "embedded": embedded, "stock": stock,
        }  # fmt: skip


def rush(built: House, number: int, pages: Server, live: Server, speak: Speak, watchers: int) -> dict[str, Any]:
    """One round chosen by everybody at once. Times in seconds from the moment in which all begin."""
    round_id, rooms = built.rounds[number]
    asyncio.run(warm_up(built, pages, built.rounds[-1]))
    with watching(built, live, f"round.{round_id}.places", watchers) as looking:
        with watching(built, live, built.channel, TALKERS) as talkers, talking(talkers, speak) as chat:
            cpu, began = pages.cpu, time.monotonic()
            answers = asyncio.run(choose(built.people, pages, round_id, rooms))
            last = max(at for _, at in answers) - began
            cost = (pages.cpu - cpu) / len(answers) * 1000
        found = count(built, round_id)
        right = looking.await_state(found.pop("state"), 20.0)
    statuses = Counter(status for status, _ in answers)
    row = {
        "choices_per_second": round(len(answers) / last), "ms_cpu": round(cost, 1), "last_answered_s": round(last, 1),
        "unanswered": len(answers) - statuses[ANSWERED], **found, "chat_p99_ms": round(chat["p99"]),
        "chat_lost": chat["lost"], "chat_refused": chat.get("chat_refused", 0),
        "watching": watchers, "wrong": watchers - right["right"],
        "places_right_after_s": round(max(0.0, right["last_at"] - began - last), 1), "load": load(),
    }  # fmt: skip
    print(f"Rush {number}: {row} {dict(statuses)}", file=sys.stderr, flush=True)
    pages.kill()
    if live is not pages:
        live.kill()
    built.servers.clear()
    return row


async def choose(people: list[Person], pages: Server, round_id: int, rooms: list[int]) -> list[tuple[int, float]]:
    """Everybody's answer and when it came; 0 for none. Each takes a room that not everybody wants."""

    async def one(place: int, person: Person) -> tuple[int, float]:
        body = urlencode({"room": rooms[place % len(rooms)], "wait": "yes"})
        try:
            status, _ = await request(
                pages.port, "POST", f"/{EVENT}/rooms/{round_id}/choose/", person.form_headers, body
            )
        except OSError:
            status = 0
        return status, time.monotonic()

    return await asyncio.gather(*(one(place, person) for place, person in enumerate(people)))


async def warm_up(built: House, pages: Server, spare: tuple[int, list[int]]) -> None:
    """A few choices in a round that nobody counts."""
    for person in built.people[:12]:
        await choose([person], pages, *spare)


@contextmanager
def watching(built: House, live: Server, channel: str, size: int):  # type: ignore[no-untyped-def]
    crowd = Crowd()
    try:
        people = (built.people * 2)[:size]
        opened = crowd.open([(live.port, f"/live/{EVENT}/", person.headers, channel) for person in people])
        assert opened["open"] == size, opened
        yield crowd
    finally:
        crowd.close()


@contextmanager
def talking(crowd: Crowd, speak: Speak):  # type: ignore[no-untyped-def]
    """Messages in the lounge until the block ends; then what the crowd heard of them."""
    report: dict[str, float] = {}
    from django.db import OperationalError

    over, said = threading.Event(), [0]

    def keep_on() -> None:
        while not over.wait(1 / RATE):
            try:
                said[0] += speak(RATE, 1 / RATE, said[0])
            except OperationalError:
                # SQLite was busy for too long: as a page would be told, and its writer tries again.
                report["chat_refused"] = report.get("chat_refused", 0) + 1

    thread = threading.Thread(target=keep_on)
    crowd.reset()
    thread.start()
    yield report
    over.set()
    thread.join()
    report |= crowd.report(said[0] * TALKERS, 20.0)


def count(built: House, round_id: int) -> dict[str, Any]:
    """What the rows say: seats over the places, second seats, and people with neither a seat nor a place in line."""
    from breakouts.models import Round
    from breakouts.queries import places_state
    from portal import clock

    round = Round.objects.get(pk=round_id)
    seats = list(round.seats.values_list("room", "delegate"))
    waiting = set(round.waiting.values_list("delegate", flat=True))
    taken = Counter(room for room, _ in seats)
    holders = {delegate for _, delegate in seats}
    return {
        "oversold": sum(max(0, taken[room.pk] - room.capacity) for room in round.rooms.all()),
        "double_seats": len(seats) - len(holders) + len(holders & waiting),
        "seated": len(holders),
        "in_line": len(waiting),
        "lost": PEOPLE - len(holders | waiting),
        "state": json.loads(json.dumps(places_state(round_id, clock.now()))),
    }


def load() -> float:
    import os

    return round(os.getloadavg()[0], 1)


if __name__ == "__main__":
    print(json.dumps(measure_here(sys.argv[1])))
