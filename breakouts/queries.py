"""What the pages of rooms and the places gauge read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BigAutoField,
    CharField,
    Count,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from breakouts.hosting.models import Facilitator, Removal
from breakouts.models import NONE, NotAsking, Notice, Room, Round, Seat, Waiting
from breakouts.policy import may_choose
from networking.direct.queries import people_known
from networking.hours import Hours
from networking.models import Conversation
from portal.calendar.registry import Place
from portal.models import Delegate, Event, Session
from portal.prepared import Blank, Prepared
from portal.programme.models import Kind

FEW = 3


@dataclass(frozen=True)
class Choice:
    """A room as a card shows it."""

    pk: int
    title: str
    theme: str
    hosts: str
    access: str
    places: dict[str, Any]
    mine: bool
    waited_for: bool
    known: list[str]
    led: bool
    # Why this person was asked to leave it.
    removed: str


@dataclass(frozen=True)
class Wait:
    """Where a person stands: ``place`` 1 is next; ``until`` when they have to answer, in the event's own zone."""

    pk: int
    room_pk: int
    room: str
    place: int
    until: datetime | None
    swap_until: datetime | None
    agreed: bool


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
    wait: Wait | None
    notice: str

    @property
    def mine(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.mine), None)

    @property
    def led(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.led]


class Person:
    """A delegate's own part in the rounds of an event: seats, lines, news, whom they know where, who leads what."""

    def __init__(self, rounds: Iterable[Round], delegate: Delegate | None, now: datetime) -> None:
        every = [round.pk for round in rounds]
        numbers = every if delegate else []
        mine = Q(round__in=numbers, delegate=delegate)
        removals = Removal.objects.filter(room__round__in=numbers, delegate=delegate)
        # In one question, because a whole assembly asks it at once.
        seats = Seat.objects.filter(mine).order_by().values_list("room", Value("", output_field=CharField()))
        rows = list(seats.union(removals.order_by().values_list("room", "reason"), all=True))
        self.seats = {room for room, why in rows if not why}
        self.removed: dict[int, str] = {room: why for room, why in rows if why}
        waiting = Waiting.objects.filter(mine).select_related("room").annotate(ahead=_ahead())
        self.waits: dict[int, Any] = {wish.round_id: wish for wish in waiting if not _has_lapsed(wish, now)}
        self.notices = dict(Notice.objects.filter(mine).values_list("round", "words"))
        self.led: set[int] = set()
        self.leaders: dict[int, list[str]] = {}
        leading = Facilitator.objects.filter(room__round__in=every).order_by("place")
        for room, leader, name in leading.values_list("room", "delegate", "delegate__name"):
            self.leaders.setdefault(room, []).append(name)
            if delegate and leader == delegate.pk:
                self.led.add(room)
        self.known: dict[int, list[str]] = {}
        if delegate and numbers:
            seats = Seat.objects.filter(round__in=numbers, delegate__in=people_known(delegate))
            for room, name in seats.order_by("delegate__name").values_list("room", "delegate__name"):
                self.known.setdefault(room, []).append(name)


def rounds_of(event: Event, delegate: Delegate | None, now: datetime) -> list[RoundView]:
    """Every round of the event in order, with the delegate's choice in each."""
    rounds = list(Round.objects.filter(session__event=event).select_related("session"))
    prefetch_related_objects(rounds, _rooms(rounds, now))
    person = Person(rounds, delegate, now)
    return [_view(round, event, person, now) for round in rounds]


def round_view(round: Round, delegate: Delegate | None, now: datetime) -> RoundView:
    return _view(round, round.event, Person([round], delegate, now), now)


def find_round(event: Event, round_id: int, now: datetime) -> Round | None:
    """The event's round of that number with its rooms; a slot nobody has opened yet has none."""
    session = event.sessions.filter(pk=round_id, kind=Kind.ROUND).select_related("round").first()
    if session is None:
        return None
    session.event = event
    round = session.round if hasattr(session, "round") else Round(session=session)
    round.session = session
    prefetch_related_objects([round], _rooms([round], now))
    return round


def find_room(event: Event, round_id: int, room_id: int) -> Room | None:
    room = _ROOM.find(room=room_id, round=round_id)
    if room is None or room.round.session.event_id != event.pk:
        return None
    room.round.session.event = event
    return room


def _rooms_by_number() -> "QuerySet[Room]":
    rooms = Room.objects.select_related("round__session")
    return rooms.filter(pk=Blank("room", BigAutoField()), round=Blank("round", BigAutoField()))


_ROOM = Prepared(_rooms_by_number)


def undecided(event: Event, delegate: Delegate, now: datetime) -> Session | None:
    """The next round this delegate may be asked about: no seat, no line and no room they lead in it.

    None for who does not want to be asked.
    """
    if NotAsking.objects.filter(delegate=delegate).exists():
        return None
    rounds = event.sessions.filter(kind=Kind.ROUND, ends__gt=now, round__rooms__isnull=False)
    for mine in ("round__seats", "round__waiting", "round__rooms__facilitators"):
        rounds = rounds.exclude(**{f"{mine}__delegate": delegate})
    found = rounds.order_by("starts", "pk").distinct().first()
    if found:
        found.event = event
    return found if found and may_choose(found, now) else None


def places(room: Any) -> dict[str, Any]:
    """How many places a room has left, how long its line is, in words and as facts. ``room`` has been counted."""
    left = max(0, room.capacity - room.seated - room.held + room.absent)
    text = "Full" if not left else f"{left} place left" if left == 1 else f"{left} places left"
    if room.locked:
        text = "Ended" if room.has_ended_early else "Closed to newcomers"
    return {
        "text": text,
        "full": not left or room.locked,
        "few": 0 < left <= FEW and not room.locked,
        "line": _line(room.in_line),
        "locked": room.locked,
        "ended": room.locked and room.has_ended_early,
    }


def places_state(round_id: int, now: datetime) -> dict[str, Any]:
    """The gauge's whole state: places by room; and the lines by their numbers alone, where a page finds its own."""
    round = Round.objects.select_related("session").get(pk=round_id)
    rooms = round.rooms.counted(now, round.untaken(now))
    lines: dict[int, list[int]] = {}
    for room, wish in Waiting.objects.standing().filter(round=round).order_by("pk").values_list("room", "pk"):
        lines.setdefault(room, []).append(wish)
    return {"html": "", "rooms": {str(room.pk): places(room) for room in rooms}, "lines": list(lines.values())}


def hours_of_talk(conversation: Conversation) -> Hours | None:
    """A room's talk has the hours of its session, also when an organiser has just moved it; it may go on longer."""
    room = Room.objects.select_related("round__session").filter(conversation=conversation).first()
    return Hours(room.round.session.starts, room.closes) if room else None


def overtimes_of(sessions: list[Session]) -> dict[int, datetime]:
    """By round, when the last room closes of those that go on longer."""
    rooms = Room.objects.filter(round__in=[session.pk for session in sessions], extra_minutes__gt=0)
    longer = [room for room in rooms.select_related("round__session") if not room.has_ended_early]
    return {room.round_id: room.closes for room in sorted(longer, key=lambda room: room.closes)}


def places_chosen(delegate: Delegate) -> dict[int, Place]:
    """The room chosen in each round, for their calendar. A round has its session's number."""
    seats = delegate.seats.select_related("room")
    return {seat.round_id: Place(seat.room.title, _address(delegate.event, seat)) for seat in seats}


def _address(event: Event, seat: Seat) -> str:
    return reverse("breakouts:room", args=[event.slug, seat.round_id, seat.room_id])


def _line(number: int) -> str:
    return "" if not number else "1 person waits" if number == 1 else f"{number} people wait"


def _rooms(rounds: Iterable[Round], now: datetime) -> "Prefetch[Any]":
    untaken = reduce(or_, [late for each in rounds if (late := each.untaken(now)) != NONE], Q()) or NONE
    return Prefetch("rooms", queryset=Room.objects.counted(now, untaken))


def _ahead() -> Any:
    """How many stand before a person in their line."""
    before = Waiting.objects.standing().filter(room=OuterRef("room"), pk__lt=OuterRef("pk"))
    return Coalesce(Subquery(before.order_by().values("room").annotate(number=Count("pk")).values("number")), 0)


def _has_lapsed(wish: Waiting, now: datetime) -> bool:
    return wish.offered_until is not None and wish.offered_until <= now


def _view(round: Round, event: Event, person: Person, now: datetime) -> RoundView:
    session = round.session
    session.event = event
    return RoundView(
        pk=round.pk,
        title=session.title,
        summary=session.summary,
        starts=event.local(session.starts),
        ends=event.local(session.ends),
        choices=[_choice(room, person) for room in round.rooms.all()],
        on=session.is_on(now),
        over=session.ends <= now,
        choosable=may_choose(session, now),
        wait=_wait(person.waits.get(round.pk), event, now),
        notice=person.notices.get(round.pk, ""),
    )


def _choice(room: Any, person: Person) -> Choice:
    wish = person.waits.get(room.round_id)
    return Choice(
        pk=room.pk,
        title=room.title,
        theme=room.theme,
        hosts=" and ".join(person.leaders.get(room.pk, [])) or room.hosts,
        access=room.access,
        places=places(room),
        mine=room.pk in person.seats,
        waited_for=wish is not None and wish.room_id == room.pk,
        known=person.known.get(room.pk, []),
        led=room.pk in person.led,
        removed=person.removed.get(room.pk, ""),
    )


def _wait(wish: Any, event: Event, now: datetime) -> Wait | None:
    if wish is None:
        return None
    may_swap = wish.swap_until is not None and now < wish.swap_until and not wish.agreed
    return Wait(
        wish.pk,
        wish.room_id,
        wish.room.title,
        wish.ahead + 1,
        until=event.local(wish.offered_until) if wish.offered_until else None,
        swap_until=event.local(wish.swap_until) if may_swap else None,
        agreed=wish.agreed,
    )
