"""Who is at the other end, and what may they hear: asked by the gateway, the hub and the view alike."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db.models import BigAutoField, CharField, DateTimeField, Exists, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import now as real_now

from portal.live.models import Revocation
from portal.live.registry import Admission, Channel, Since, ask_door, ask_hidden_from
from portal.prepared import Blank, Prepared

logger = logging.getLogger(__name__)


def hash_session(session_key: str) -> str:
    """A session key is a password while it lives: only its keyed hash is stored."""
    return salted_hmac("portal.live.session", session_key, algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Holder:
    """Who opened a socket, with which session, in which event."""

    user_id: int
    session_key: str
    event: str

    @property
    def session_hash(self) -> str:
        return hash_session(self.session_key)


def find_user(holder: Holder) -> AbstractBaseUser | None:
    """The user as the database has them now, or None when that session has ended."""
    return _STILL_SIGNED_IN.find(
        user=holder.user_id, session=holder.session_key, session_hash=holder.session_hash, now=real_now()
    )


def find_user_by_session(session_key: str) -> AbstractBaseUser | None:
    """Whose session it is, as Django's own middleware would say, and that it was not ended."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    held = store(session_key).load() if session_key else {}
    user_id = held.get(SESSION_KEY)
    user = _NOT_ENDED.find(user=user_id, session_hash=hash_session(session_key)) if user_id else None
    return user if user and _is_signed_by(user, held.get(HASH_SESSION_KEY, "")) else None


def _users() -> "QuerySet[Any]":
    ended = Revocation.objects.filter(session_hash=Blank("session_hash", CharField()))
    users = get_user_model()._default_manager.filter(~Exists(ended), is_active=True)
    return users.filter(pk=Blank("user", BigAutoField()))


def _users_of_a_session() -> "QuerySet[Any]":
    key, now = Blank("session", CharField()), Blank("now", DateTimeField())
    return _users().filter(Exists(Session.objects.filter(session_key=key, expire_date__gt=now)))


_NOT_ENDED: "Prepared[Any]" = Prepared(_users)
_STILL_SIGNED_IN: "Prepared[Any]" = Prepared(_users_of_a_session)


def _is_signed_by(user: Any, session_hash: str) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, each) for each in hashes)


@dataclass(frozen=True)
class Verdict:
    """What a holder may do now: be here (None: their session ended), hear these names, not hear these users.

    Each name with the row from which on it is heard, 0 for all of it.
    """

    admission: Admission | None
    hearable: Mapping[str, int] = field(default_factory=dict)
    unheard: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Caller:
    """Who knocks, what the door says, and whose words they are not given."""

    holder: Holder
    admission: Admission
    unheard: frozenset[int] = frozenset()


def identify(session_key: str, event: str, now: datetime) -> Caller | None:
    """None when nobody is signed in by that key."""
    user = find_user_by_session(session_key)
    if user is None:
        return None
    holder = Holder(user.pk, session_key, event)
    return Caller(holder, ask_door(user, event, now), ask_hidden_from(user.pk, event))


def choose_hearable(holder: Holder, channels: Iterable[Channel], now: datetime) -> Verdict:
    """Door and listed names are asked; whose words are not heard is known since the socket opened."""
    user = find_user(holder)
    if user is None:
        return Verdict(None)
    admission = ask_door(user, holder.event, now)
    return Verdict(admission, _hearable(admission, channels))


def review(asked: Sequence[tuple[Holder, list[Channel]]], now: datetime) -> list[Verdict]:
    """Asks door and channels again for many holders, their users in one query."""
    manager = get_user_model()._default_manager
    users = manager.in_bulk({holder.user_id for holder, _ in asked})
    return [_review(users.get(holder.user_id), holder, channels, now) for holder, channels in asked]


def _review(user: AbstractBaseUser | None, holder: Holder, channels: list[Channel], now: datetime) -> Verdict:
    if user is None or not user.is_active:
        return Verdict(None)
    admission = ask_door(user, holder.event, now)
    if admission.kind != "in":
        return Verdict(admission)
    return Verdict(admission, _hearable(admission, channels), ask_hidden_from(user.pk, holder.event))


def _hearable(admission: Admission, channels: Iterable[Channel]) -> dict[str, int]:
    starts = {channel.name: _start(admission, channel) for channel in channels}
    return {name: start for name, start in starts.items() if start is not None}


def find_start(user: AbstractBaseUser, event: str, channel: Channel, now: datetime) -> int | None:
    """The row from which on they may hear it, 0 for all of it; None where door or channel says no."""
    return _start(ask_door(user, event, now), channel)


def may_type(user_id: int, channel: Channel, now: datetime) -> bool:
    """Whether others are told that somebody who hears the channel is writing there. A rule that breaks says no."""
    if channel.kind.may_type is None:
        return True
    try:
        return channel.kind.may_type(user_id, channel.id, now)
    except Exception:
        logger.exception("Asking who may write in %s failed", channel.name)
        return False


def _start(admission: Admission, channel: Channel) -> int | None:
    """A rule that breaks says no, and does not take the other channels with it."""
    if admission.kind != "in":
        return None
    try:
        answer = channel.kind.may_hear(admission.guest, channel.id)
    except Exception:
        logger.exception("Asking who may hear %s failed", channel.name)
        return None
    if isinstance(answer, Since):
        return answer.row
    return 0 if answer else None
