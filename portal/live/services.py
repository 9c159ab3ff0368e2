"""Every write that open pages must hear of ends here, inside the writer's own transaction."""

import logging
import time
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

import redis
from django.conf import settings
from django.db import connection, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.live import wire
from portal.live.access import hash_session, may_type
from portal.live.models import Log, Revocation
from portal.live.registry import Frame, find_channel, tell_revoked

logger = logging.getLogger(__name__)

# One statement: it takes the row's lock, counts, and says where it got to.
_BUMP = """
    INSERT INTO {table} (channel, version) VALUES (%s, 1)
    ON CONFLICT (channel) DO UPDATE SET version = {table}.version + 1
    RETURNING version
"""

_silent_until = 0.0
_SILENCE = 1.0


def bump(channel: str) -> int:
    """The log's next version, its row locked until the caller's transaction ends.

    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{channel} can only be bumped in the transaction that makes the change."
        )
    table = connection.ops.quote_name(Log._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_BUMP.format(table=table), [channel])
        return int(cursor.fetchone()[0])


def bump_all(channels: Iterable[str]) -> dict[str, int]:
    """Several logs in one transaction, always in the same order, so that no two writers deadlock."""
    return {channel: bump(channel) for channel in sorted(set(channels))}


def publish(channel: str, frame: Frame) -> None:
    """Tells every listener of a log, once the transaction has committed. Never raises for Redis."""
    _send_on_commit(wire.pack_frame(channel, frame))


def touch(channel: str) -> None:
    """Says that a gauge changed; each process reads its state once, at most once a second."""
    _send_on_commit(wire.pack_touch(channel))


def tell_typing(name: str, user_id: int, now: datetime) -> None:
    """Says that somebody is writing, where they may. Nothing is stored, and nobody waits for it."""
    channel = find_channel(name)
    if channel and may_type(user_id, channel, now):
        _send(wire.pack_typing(name, user_id))


def revoke(user_id: int, *, session_key: str = "", event: str = "", reason: str) -> None:
    """Ends a session's sockets, asks an event's rights again, or with neither ends them all."""
    session_hash = hash_session(session_key) if session_key else ""
    _revoke([Revocation(user_id=user_id, session_hash=session_hash, event=event, reason=reason)])


def revoke_all(user_ids: Collection[int], *, event: str, reason: str) -> None:
    """Asks an event's rights again of many, with one hint for all."""
    _revoke([Revocation(user_id=user_id, event=event, reason=reason) for user_id in user_ids])


def forget_revocations(*, before: datetime) -> int:
    """Deletes revocations every process has long applied; a day is plenty. Returns how many."""
    deleted, _ = Revocation.objects.filter(at__lt=before).delete()
    return deleted


def redis_channel() -> str:
    """Redis numbers its databases but not its subscriptions: installations sharing one need names."""
    return getattr(settings, "LIVE_REDIS_CHANNEL", "assembly.live")


@transaction.atomic
def _revoke(rows: list[Revocation]) -> None:
    Revocation.objects.bulk_create(rows, batch_size=500)
    for row in rows[-1:]:
        _send_on_commit(wire.pack_revocation(row.pk))
    for row in rows:
        _tell_on_commit(row)


def _tell_on_commit(row: Revocation) -> None:
    """Each for itself: where one fails the others are told all the same, and Django logs it by the function's name."""
    transaction.on_commit(lambda: tell_revoked(row.user_id, row.event), robust=True)


def _send_on_commit(payload: str) -> None:
    transaction.on_commit(lambda: _send(payload), robust=True)


def _send(payload: str) -> None:
    """After a failure it stays silent for a second, so that a dead Redis slows no one's click."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        _client(settings.REDIS_URL).publish(redis_channel(), payload)
    except (redis.RedisError, OSError) as error:
        _silent_until = time.monotonic() + _SILENCE
        logger.warning("Live hint not sent, catch-up will mend it: %s", error)


@cache
def _client(url: str) -> "redis.Redis[bytes]":
    """One pool a process. One retry, at once: a pooled connection may have outlived its server."""
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1))
