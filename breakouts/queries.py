"""What the pages of rooms and the places gauge read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from breakouts.models import Room, Round, Seat
from breakouts.policy import may_choose
from networking.hours import Hours
from networking.models import Conversation
from portal.models import Delegate, Event
from portal.programme.models import Kind

FEW = 3


@dataclass(frozen=True)
class Choice:
    """A room as a card shows it."""

    pk: int
    title: str
    theme: str
    hosts: str
    places: dict[str, Any]
    mine: bool


@dataclass(frozen=True)
class RoundView:
    """A round as a page shows it; times in the event's own zone."""

    pk: int
    title: str
    summary: str
    starts: datetime
    ends: datetime
    choices: list[Choice]
    on: bool
    over: bool
    choosable: bool

    @property
    def mine(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.mine), None)


def rounds_of(event: Event, delegate: Delegate | None, now: datetime) -> list[RoundView]:
    """Every round of the event in order, with the delegate's choice in each."""
    held = _held(event, delegate)
    rounds = Round.objects.filter(session__event=event).select_related("session")
    return [_view(round, event, held, now) for round in rounds.prefetch_related(_rooms())]


def round_view(round: Round, delegate: Delegate | None, now: datetime) -> RoundView:
    event = round.event
    held = _held(event, delegate)
    return _view(round, event, held, now)


def find_round(event: Event, round_id: int) -> Round | None:
    """The event's round of that number with its rooms; a slot nobody has opened yet has none."""
    session = event.sessions.filter(pk=round_id, kind=Kind.ROUND).select_related("round").first()
    if session is None:
        return None
    session.event = event
    round = session.round if hasattr(session, "round") else Round(session=session)
    round.session = session
    prefetch_related_objects([round], _rooms())
    return round


def places(capacity: int, seated: int) -> dict[str, Any]:
    """How many places a room has left, in words and as two facts."""
    left = max(0, capacity - seated)
    text = "Full" if not left else f"{left} place left" if left == 1 else f"{left} places left"
    return {"text": text, "full": not left, "few": 0 < left <= FEW}


def places_state(round_id: int) -> dict[str, Any]:
    """The gauge's whole state: places by room."""
    rooms = Room.objects.filter(round_id=round_id).with_seated()
    return {"html": "", "rooms": {str(room.pk): places(room.capacity, room.seated) for room in rooms}}


def hours_of_talk(conversation: Conversation) -> Hours | None:
    """A room's talk has the hours of its session, also when an organiser has just moved it; it may go on longer."""
    room = Room.objects.select_related("round__session").filter(conversation=conversation).first()
    return Hours(room.round.session.starts, room.closes) if room else None


def _rooms() -> "Prefetch[Any]":
    return Prefetch("rooms", queryset=Room.objects.with_seated())


def _held(event: Event, delegate: Delegate | None) -> set[int]:
    if delegate is None:
        return set()
    seats = Seat.objects.filter(delegate=delegate, round__session__event=event)
    return set(seats.values_list("room_id", flat=True))


def _view(round: Round, event: Event, held: set[int], now: datetime) -> RoundView:
    session = round.session
    session.event = event
    return RoundView(
        pk=round.pk,
        title=session.title,
        summary=session.summary,
        starts=event.local(session.starts),
        ends=event.local(session.ends),
        choices=[_choice(room, held) for room in round.rooms.all()],
        on=session.is_on(now),
        over=session.ends <= now,
        choosable=may_choose(session, now),
    )


def _choice(room: Any, held: set[int]) -> Choice:
    left = places(room.capacity, room.seated)
    return Choice(room.pk, room.title, room.theme, room.hosts, left, room.pk in held)
