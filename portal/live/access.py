"""Who is at the other end, and what may they hear: asked by the gateway, the hub and the view alike."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists
from django.utils.crypto import salted_hmac

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
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not store().exists(holder.session_key):
        return None
    ended = Revocation.objects.filter(session_hash=holder.session_hash)
    user = get_user_model()._default_manager.filter(~Exists(ended), pk=holder.user_id).first()
    return user if user is not None and user.is_active else None


@dataclass(frozen=True)
class Verdict:
    """What a holder may do now: be here (None: their session ended), hear these names, not hear these users."""

    admission: Admission | None
    hearable: frozenset[str] = frozenset()
    unheard: frozenset[int] = frozenset()


def admit(holder: Holder, now: datetime) -> Verdict:
    user = find_user(holder)
    if user is None:
        return Verdict(None)
    return Verdict(ask_door(user, holder.event, now), unheard=ask_hidden_from(user.pk, holder.event))


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
