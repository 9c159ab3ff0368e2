"""Sending a message by HTTP: one hop against Django's own handler, on Daphne."""

import asyncio
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import in_parallel, request
from benchmarks.house import EVENT, House, Server

MESSAGES, AT_ONCE = 200, 4


def measure(built: House) -> dict[str, Any]:
    results = {}
    for name, application in (("one hop", "assembly.asgi:application"), ("stock", "benchmarks.stock:application")):
        server = built.serve(application)
        asyncio.run(post(built, server, 20))
        cpu = server.cpu
        times = asyncio.run(post(built, server, MESSAGES))
        results[name] = {
            "ms_cpu": (server.cpu - cpu) / MESSAGES * 1000,
            "p50_ms": times[len(times) // 2] * 1000,
            "p99_ms": times[int(len(times) * 0.99)] * 1000,
        }
        built.stop()
        print(f"Sending a message, {name}: " + ", ".join(f"{k} {v:.1f}" for k, v in results[name].items()), flush=True)
    return results


async def post(built: House, server: Server, number: int) -> list[float]:
    """Each by another person, because nobody may say ten things in ten seconds."""

    async def one(place: int) -> float:
        headers = built.people[place % len(built.people)].form_headers
        body = urlencode({"text": "What I learnt on nights. " * 10, "client_id": str(uuid.uuid4())})
        started = time.monotonic()
        path = f"/{EVENT}/conversations/{built.lounge}/say/"
        status, answer = await request(server.port, "POST", path, headers, body)
        assert status == 201, (status, answer[:500])
        return time.monotonic() - started

    return sorted(await in_parallel([lambda place=place: one(place) for place in range(number)], AT_ONCE))
