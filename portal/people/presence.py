"""Who is here, as leases in Redis: renewed while a socket lives or a page is opened, gone a minute later."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

import redis
from django.conf import settings

from portal.events.models import Event
from portal.live.services import touch

logger = logging.getLogger(__name__)

LEASE = 60.0  # seconds
FIRST, LAST = "assembly:seen:first", "assembly:seen:last"
Seen = tuple[int, int, datetime, datetime]
Scores = dict[str | bytes, bytes | float | int | str]


class Standing(StrEnum):
    HERE = "here"
    AWAY = "away"


def note(event: Event, delegates: Mapping[int, bool], now: datetime) -> bool:
    """Renews leases and remembers when each delegate was seen; one who does not look at it is away.

    False when Redis does not answer.
    """
    at = now.timestamp()
    seen: Scores = {f"{event.pk}:{pk}": at for pk in delegates}
    here: Scores = {str(pk): at for pk in delegates}
    looking: Scores = {str(pk): at if looks else 0 for pk, looks in delegates.items()}
    try:
        pipe = _client().pipeline()
        pipe.zadd(FIRST, seen, nx=True)
        pipe.zadd(LAST, seen)
        pipe.zadd(_looking_key(event), looking)
        pipe.zadd(_key(event), here)
        new = pipe.execute()[-1]
    except redis.RedisError as error:
        logger.warning("Presence goes straight to the database: %s", error)
        return False
    if new:
        touch(f"event.{event.pk}.presence")
    return True


def present(event: Event, now: datetime) -> list[int]:
    """Ids of the delegates who are here, the latest seen first. Empty when Redis does not answer."""
    at = now.timestamp()
    try:
        pipe = _client().pipeline()
        pipe.zremrangebyscore(_key(event), "-inf", at - LEASE)
        pipe.zrevrange(_key(event), 0, -1)
        return [int(pk) for pk in pipe.execute()[-1]]
    except redis.RedisError:
        return []


def standing(event: Event, now: datetime) -> dict[int, Standing]:
    """Who is here and who is away, by number; of whoever is in neither nothing is known. Empty without Redis."""
    since = now.timestamp() - LEASE
    try:
        pipe = _client().pipeline()
        pipe.zrangebyscore(_key(event), f"({since}", "+inf")
        pipe.zrangebyscore(_looking_key(event), f"({since}", "+inf")
        here, looking = pipe.execute()
    except redis.RedisError:
        return {}
    awake = set(looking)
    return {int(pk): Standing.HERE if pk in awake else Standing.AWAY for pk in here}


def take() -> list[Seen]:
    """Everything noted since the last call, each as event id, delegate id, first and last moment."""
    try:
        pipe = _client().pipeline(transaction=True)
        for key in (FIRST, LAST):
            pipe.zrange(key, 0, -1, withscores=True)
            pipe.delete(key)
        first, _, last, _ = pipe.execute()
    except redis.RedisError:
        return []
    earliest = dict(first)
    return [_seen(member, earliest.get(member, at), at) for member, at in last]


def _seen(member: bytes, first: float, last: float) -> Seen:
    event_id, delegate_id = member.split(b":")
    return int(event_id), int(delegate_id), _moment(first), _moment(last)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _key(event: Event) -> str:
    return f"assembly:here:{event.pk}"


def _looking_key(event: Event) -> str:
    return f"assembly:looking:{event.pk}"


def _client() -> "redis.Redis[bytes]":
    return _connect(settings.REDIS_URL)


@cache
def _connect(url: str) -> "redis.Redis[bytes]":
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=0.5)
