"""Who is at the other end, and what may they hear: asked by the gateway, the hub and the view alike."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Exists, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import now as real_now

from portal.live.models import Revocation
from portal.live.registry import Admission, Channel, ask_door, ask_hidden_from

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
    session = Session.objects.filter(session_key=holder.session_key, expire_date__gt=real_now())
    return _users(holder.session_hash).filter(Exists(session), pk=holder.user_id).first()


def find_user_by_session(session_key: str) -> AbstractBaseUser | None:
    """Whose session it is, as Django's own middleware would say, and that it was not ended."""
    held = SessionStore(session_key).load() if session_key else {}
    user_id = held.get(SESSION_KEY)
    user = _users(hash_session(session_key)).filter(pk=user_id).first() if user_id else None
    return user if user and _is_signed_by(user, held.get(HASH_SESSION_KEY, "")) else None


def _users(session_hash: str) -> "QuerySet[Any]":
    ended = Revocation.objects.filter(session_hash=session_hash)
    return get_user_model()._default_manager.filter(~Exists(ended), is_active=True)


def _is_signed_by(user: Any, session_hash: str) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, each) for each in hashes)


@dataclass(frozen=True)
class Verdict:
    """What a holder may do now: be here (None: their session ended), hear these names, not hear these users."""

    admission: Admission | None
    hearable: frozenset[str] = frozenset()
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
    """Only the listed names are asked; the door was passed when the socket opened."""
    user = find_user(holder)
    if user is None:
        return Verdict(None)
    return Verdict(Admission("in"), _hearable(user, holder.event, channels, now))


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
    return Verdict(admission, _hearable(user, holder.event, channels, now), ask_hidden_from(user.pk, holder.event))


def _hearable(user: AbstractBaseUser, event: str, channels: Iterable[Channel], now: datetime) -> frozenset[str]:
    return frozenset(c.name for c in channels if may_hear(user, event, c, now))


def may_hear(user: AbstractBaseUser, event: str, channel: Channel, now: datetime) -> bool:
    """A rule that breaks says no, and does not take the other channels with it."""
    try:
        return channel.kind.may_hear(user, event, channel.id, now)
    except Exception:
        logger.exception("Asking who may hear %s failed", channel.name)
        return False
