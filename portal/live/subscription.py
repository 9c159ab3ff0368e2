"""This process's one ear on Redis, which comes back by itself."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_FIRST_DELAY = 0.25
_LONGEST_DELAY = 5.0


class Subscription:
    """Calls ``heard`` with each payload, and ``restored`` whenever it starts hearing again."""

    def __init__(
        self,
        url: str,
        channel: str,
        heard: Callable[[str], Awaitable[None]],
        restored: Callable[[], None],
    ) -> None:
        self._url = url
        self._channel = channel
        self._heard = heard
        self._restored = restored
        self.is_up = False

    async def run(self) -> None:
        delay = _FIRST_DELAY
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                logger.warning("Live hints from Redis stopped, reading the rows instead: %s", error)
            except Exception:
                logger.exception("Live hints from Redis stopped")
            delay = _FIRST_DELAY if self.is_up else min(delay * 2, _LONGEST_DELAY)
            self.is_up = False
            await asyncio.sleep(delay * random.uniform(0.5, 1.5))

    async def _listen(self) -> None:
        # No socket timeout: a quiet hour is not a fault, and redis-py 8 would hang up after 5 s.
        over_tcp: dict[str, Any] = {} if self._url.startswith("unix:") else {"socket_keepalive": True}
        client = redis.asyncio.Redis.from_url(
            self._url,
            decode_responses=True,
            socket_timeout=None,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
            **over_tcp,
        )
        async with client:
            pubsub = client.pubsub()
            await pubsub.subscribe(self._channel)
            async for message in pubsub.listen():
                await self._take(message)

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self.is_up = True
            self._restored()
        elif message["type"] == "message":
            await self._heard(message["data"])
