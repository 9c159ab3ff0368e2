"""A portal behind lines that break, and the hand that breaks them."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.house import House, Server, house
from tests.faults.proxy import Proxy
from tests.servers import become_server, postgresql, run


class Trouble:
    """Knows every way to break the portal, and mends what it broke."""

    def __init__(self, built: House, server: Server, database: Proxy, redis: Proxy) -> None:
        self.built, self.server, self.database, self.redis = built, server, database, redis
        self.done: list[str] = []
        self.kinds = {
            "Daphne killed": self.kill_daphne,
            "Redis gone": self.lose_redis,
            "Redis slow": self.slow_redis,
            "Redis cut": self.cut_redis,
            "PostgreSQL restarted": self.restart_postgresql,
            "PostgreSQL slow": self.slow_postgresql,
            "PostgreSQL cut": self.cut_postgresql,
        }

    async def go_on(self, pause: float) -> None:
        """Each kind once in a random order, then at random, until it is cancelled."""
        waiting: list[str] = []
        while True:
            waiting = waiting or random.sample(list(self.kinds), len(self.kinds))
            kind = waiting.pop()
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
            await self.kinds[kind]()
            self.done.append(kind)

    async def kill_daphne(self) -> None:
        self.server.kill()
        await asyncio.to_thread(self.server.start)

    async def lose_redis(self) -> None:
        self.redis.refusing = True
        self.redis.cut()
        await asyncio.sleep(3)
        self.redis.refusing = False

    async def slow_redis(self) -> None:
        self.redis.delay = 0.1
        await asyncio.sleep(3)
        self.redis.delay = 0.0

    async def cut_redis(self) -> None:
        self.redis.cut()

    async def restart_postgresql(self) -> None:
        """Without asking anyone to finish."""
        await asyncio.to_thread(restart_postgresql, self.built.database)

    async def slow_postgresql(self) -> None:
        self.database.delay = 0.03
        await asyncio.sleep(2)
        self.database.delay = 0.0

    async def cut_postgresql(self) -> None:
        self.database.cut()

    def mend(self) -> None:
        self.redis.delay = self.database.delay = 0.0
        self.redis.refusing = self.database.refusing = False


@asynccontextmanager
async def troubled(people: int, *options: str) -> AsyncIterator[Trouble]:
    """A house whose servers reach database and Redis through lines that can be broken."""
    async with AsyncExitStack() as stack:
        lines: dict[str, Proxy] = {}
        built = await asyncio.to_thread(stack.enter_context, house(people))
        for name, url in (("database", built.database), ("redis", built.redis)):
            lines[name] = await Proxy(urlsplit(url).port or 0).start()
            stack.callback(lines[name].stop)
        built.environment["DATABASE_URL"] = lines["database"].url(built.database)
        built.environment["REDIS_URL"] = lines["redis"].url(built.redis)
        server = await asyncio.to_thread(built.serve, "assembly.asgi:application", *options)
        stack.callback(built.stop)
        yield Trouble(built, server, lines["database"], lines["redis"])


def restart_postgresql(url: str) -> None:
    programs = postgresql()
    with psycopg.connect(url) as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]
    as_server = become_server(data.parent)
    log = str(data.parent / "log")
    run([*as_server, f"{programs}/pg_ctl", "-D", str(data), "-w", "-m", "immediate", "-l", log, "restart"])
