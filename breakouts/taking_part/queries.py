"""Whose hand is up, who is in a room and how, and what each is called there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from breakouts.hosting.models import Facilitator
from breakouts.models import Room, Seat
from breakouts.taking_part.models import Hand, Manner, Part, key_of
from breakouts.voice.models import Caller
from networking.models import Conversation
from portal.models import Delegate


@dataclass(frozen=True)
class Raised:
    """A hand that is up, as a list shows it: ``name`` is what the room calls them."""

    pk: int
    key: str
    name: str
    called: bool
    has_spoken: bool


@dataclass(frozen=True)
class Person:
    """Somebody who came in. ``pk`` is their part's: who they are beside the name they go by is not told here."""

    pk: int
    name: str
    manner: str
    spoke: bool
    wrote: bool
    muted: bool

    @property
    def heard(self) -> bool:
        return self.spoke or self.wrote

    @property
    def manner_label(self) -> str:
        return {"listen": "came to listen", "type": "came to type", "speak": "came to speak"}[self.manner]


def part_of(room: Room, delegate: Delegate | None) -> Part | None:
    return room.parts.select_related("delegate").filter(delegate=delegate).first() if delegate else None


def name_in(room: Room, delegate: Delegate) -> str:
    """What the room calls somebody."""
    part = part_of(room, delegate)
    return part.name if part else delegate.name


def names_in(conversation: Conversation, delegate: Delegate | None) -> dict[int, str]:
    """For networking: who goes by another name in a room's talk; or for None what everybody goes by who has come in.

    Who has not come in has not said what they go by. Who leads is there by their own name, come in or not.
    """
    parts = Part.objects.filter(room__conversation=conversation)
    if delegate is not None:
        return dict(parts.filter(delegate=delegate).exclude(known_as="").values_list("delegate_id", "known_as"))
    leaders = Facilitator.objects.filter(room__conversation=conversation)
    come_in = {pk: other or own for pk, other, own in parts.values_list("delegate_id", "known_as", "delegate__name")}
    return dict(leaders.values_list("delegate_id", "delegate__name")) | come_in


def hands_of(room_id: int) -> list[Raised]:
    """Who speaks first, then in the order in which they were raised."""
    rows: Any = Hand.objects.filter(room=room_id, closed_at=None).select_related("delegate")
    rows = present(rows).annotate(name=_name("delegate__name"), has_spoken=_has_spoken())
    found = [
        Raised(row.pk, key_of(room_id, row.delegate.user_id), row.name, row.called_at is not None, row.has_spoken)
        for row in rows
    ]
    return sorted(found, key=lambda hand: not hand.called)


def people_of(room: Room, now: datetime) -> list[Person]:
    """Who came in: first who wants to be heard and was not yet."""
    mine: dict[str, Any] = {"delegate": OuterRef("delegate")}
    wrote = room.conversation.messages.filter(author=OuterRef("delegate"), removed_at=None)
    muted = room.conversation.mutes.holding(now).filter(**mine)
    parts = present(room.parts.select_related("delegate"))
    rows: Any = parts.annotate(spoke=_has_spoken(), wrote=Exists(wrote), muted=Exists(muted))
    people = [Person(row.pk, row.name, row.manner, row.spoke, row.wrote, row.muted) for row in rows]
    return sorted(people, key=lambda person: (person.heard, person.manner == Manner.LISTEN, person.name.casefold()))


def present(rows: Any) -> Any:
    """Of parts or hands, those of people who still have a place in their room and are not suspended."""
    here = {"room": OuterRef("room"), "delegate": OuterRef("delegate")}
    organises = Q(delegate__user__is_superuser=True) | Q(delegate__event__organisers=F("delegate__user"))
    rows = rows.filter(delegate__suspended_at=None)
    return rows.filter(Exists(Seat.objects.filter(**here)) | Exists(Facilitator.objects.filter(**here)) | organises)


def has_floor(room: Room, delegate: Delegate) -> bool:
    return Hand.objects.filter(room=room, delegate=delegate, closed_at=None).exclude(called_at=None).exists()


def _has_spoken() -> Q:
    """Whose hand was called and closed, or who had a microphone on in the voice of the room."""
    hands = Hand.objects.filter(room=OuterRef("room"), delegate=OuterRef("delegate"), spoken=True)
    callers = Caller.objects.filter(room=OuterRef("room"), user=OuterRef("delegate__user"), has_spoken=True)
    return Q(Exists(hands)) | Q(Exists(callers))


def _name(own: str) -> Coalesce:
    parts = Part.objects.filter(room=OuterRef("room"), delegate=OuterRef("delegate")).exclude(known_as="")
    return Coalesce(Subquery(parts.values("known_as")[:1]), own)
