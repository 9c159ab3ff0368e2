"""Choosing how to take part, and the hands: raised, called, closed. A room's row is locked where order matters."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from breakouts.models import Room
from breakouts.taking_part.floor import tell_floor
from breakouts.taking_part.models import LONGEST_NAME, Hand, Manner, Part
from breakouts.taking_part.names import clean, look_of
from breakouts.taking_part.queries import name_in, part_of
from portal.events.services import record
from portal.live.services import touch
from portal.models import Delegate, User


class PartRefused(ValueError):
    """Why not, in words for who asked. Nothing was written."""


@transaction.atomic
def take_part(room: Room, delegate: Delegate, manner: Manner, *, known_as: str = "", now: datetime) -> Part:
    """How somebody takes part, at first or from now on. A name of their own is written to the audit with theirs.

    Raises PartRefused for a name that is not allowed, that is too long or that is somebody else's.
    """
    lock_room(room)
    known_as = _clean_name(room, delegate, known_as)
    before = name_in(room, delegate)
    part, _ = Part.objects.update_or_create(
        room=room, delegate=delegate, defaults={"manner": manner, "known_as": known_as},
        create_defaults={"manner": manner, "known_as": known_as, "since": now},
    )  # fmt: skip
    if before != (known_as or delegate.name):
        subject = f"{delegate.name} is called {known_as or delegate.name} in {room.title}"
        record(room.event, "choose a name", actor=delegate.user, subject=subject, now=now)
    tell_room(room)
    return part


def come_to_speak(room: Room, delegate: Delegate, *, now: datetime) -> None:
    """Who comes in by voice without having said how they take part speaks: whoever leads sees all who are in.

    Not where they may go by another name: there they are asked by which, before anybody is told their own.
    """
    if part_of(room, delegate) is None and not room.pseudonyms_allowed:
        take_part(room, delegate, Manner.SPEAK, now=now)


def _clean_name(room: Room, delegate: Delegate, name: str) -> str:
    if not name.strip() or clean(name) == delegate.name:
        return ""
    name = clean(name)
    if not look_of(name):
        raise PartRefused("Choose a name that can be read.")
    if not room.pseudonyms_allowed:
        raise PartRefused("In this room people go by their own names.")
    if len(name) > LONGEST_NAME:
        raise PartRefused(f"A name has at most {LONGEST_NAME} characters.")
    if look_of(name) in {look_of(each) for each in _names_of_others(room, delegate)}:
        raise PartRefused("Somebody has that name. Choose another one.")
    return name


def _names_of_others(room: Room, delegate: Delegate) -> Iterator[str]:
    """Those in the room by other names, and everybody of the event whom people would take them for."""
    event, user = room.event, delegate.user_id
    yield from room.parts.exclude(delegate=delegate).values_list("known_as", flat=True)
    yield from event.delegates.exclude(pk=delegate.pk).values_list("name", flat=True)
    yield from event.organisers.exclude(pk=user).values_list("name", flat=True)
    yield from event.speakers.exclude(user=user).values_list("name", flat=True)


@transaction.atomic
def raise_hand(room: Room, delegate: Delegate, *, now: datetime) -> Hand:
    """Twice is once, and keeps its place in the line."""
    hand, raised = Hand.objects.get_or_create(room=room, delegate=delegate, closed_at=None, defaults={"raised_at": now})
    if raised:
        tell_room(room)
    return hand


@transaction.atomic
def lower_hand(room: Room, delegate: Delegate, *, now: datetime) -> None:
    """Harmless when it is down. Who was called has spoken."""
    lock_room(room)
    hand = room.hands.filter(delegate=delegate, closed_at=None).first()
    if hand:
        _close(hand, spoken=hand.called_at is not None, now=now)
        tell_room(room)


@transaction.atomic
def call_hand(hand: Hand, *, by: User, now: datetime) -> None:
    """Gives the floor; who had it has spoken. Calling one that is called or down changes nothing."""
    lock_room(hand.room)
    hand.refresh_from_db()
    if hand.closed_at or hand.called_at:
        return
    speaking = hand.room.hands.filter(closed_at=None).exclude(called_at=None).first()
    if speaking:
        _close(speaking, spoken=True, now=now)
    hand.called_at = now
    hand.save(update_fields=["called_at"])
    tell_floor(hand, has_floor=True, now=now)
    tell_room(hand.room)


@transaction.atomic
def close_hand(hand: Hand, *, spoken: bool, by: User, now: datetime) -> None:
    """A facilitator takes it off the line, as one who has spoken or not."""
    lock_room(hand.room)
    hand.refresh_from_db()
    if hand.closed_at is None:
        _close(hand, spoken=spoken, now=now)
        tell_room(hand.room)


def lock_room(room: Room) -> None:
    """Until the caller's transaction ends. Only one room is ever locked in a transaction."""
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)


def tell_room(room: Room) -> None:
    """Open pages show within a second who is next, and to facilitators who is there."""
    touch(room.channel("hands"))
    touch(room.channel("desk"))


def _close(hand: Hand, *, spoken: bool, now: datetime) -> None:
    hand.closed_at, hand.spoken = now, spoken
    hand.save(update_fields=["closed_at", "spoken"])
    if hand.called_at:
        tell_floor(hand, has_floor=False, now=now)
