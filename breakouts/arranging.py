"""What organisers do with rounds, rooms and who sits in them. Each act locks the round and is written down."""

from datetime import datetime

from django.db import transaction

from breakouts.models import Room, Round, Seat
from breakouts.policy import is_removed
from breakouts.seating import forget_swap, lock_round, places_taken, seat_of, sit, tell_places
from breakouts.settling import settle
from breakouts.telling import tell
from breakouts.voice.models import RoomVoice, Way
from networking.services import open_room_conversation
from portal.events.services import record
from portal.live.services import touch
from portal.models import Delegate, Session, User


class NotArranged(Exception):
    """Says in plain words why an organiser's wish was not done."""


@transaction.atomic
def open_round(session: Session) -> Round:
    """The round of a session of kind "round", made when there is none."""
    return Round.objects.get_or_create(session=session)[0]


@transaction.atomic
def add_room(
    round: Round,
    *,
    title: str,
    theme: str,
    capacity: int,
    hosts: str = "",
    access: str = "",
    pseudonyms_allowed: bool = False,
    sister_of: Room | None = None,
) -> Room:
    """Adds a room with its conversation, or gives the one of that title: twice the same is one room."""
    lock_round(round.pk)
    room = round.rooms.filter(title=title).first()
    if room is None:
        room = Room(
            round=round, title=title, theme=theme, capacity=capacity, hosts=hosts, access=access,
            pseudonyms_allowed=pseudonyms_allowed, sister_of=sister_of,
        )  # fmt: skip
        open_room(room)
    return room


def save_room(room: Room) -> None:
    """As an organiser has changed it, or a new one. Unlocking a room that was ended opens it again."""
    if not room.locked:
        room.ended_at = None
    if room.pk:
        room.save()
    else:
        open_room(room)


def open_room(room: Room) -> None:
    """Saves a new room, last in its round, with its conversation. Inside the caller's transaction."""
    room.position = room.position or room.round.rooms.count() + 1
    room.conversation = open_room_conversation(room.event, room.title)
    room.save()
    tell_places(room.round)


@transaction.atomic
def open_sister(room: Room, *, known: int, by: User, now: datetime) -> Room:
    """A room beside a full one with all that was set for it. As many of its line as fit change over, in order.

    Before the start they are seated at once; from then on those who sit elsewhere are asked, anew if they had been
    asked to swap into the full one. ``known`` is how many sisters it had already for who asks, so that one who presses
    twice opens one.
    """
    round = lock_round(room.round_id)
    room = round.rooms.get(pk=room.pk)
    sisters = list(room.sisters.order_by("pk"))
    if len(sisters) > known:
        return sisters[-1]
    sister = add_room(
        round,
        title=_sister_title(round, room),
        theme=room.theme,
        capacity=room.capacity,
        access=room.access,
        pseudonyms_allowed=room.pseudonyms_allowed,
        sister_of=room,
    )
    _copy_voice(room, sister)
    line = room.waiting.standing().order_by("pk")
    moving = round.waiting.filter(pk__in=list(line.values_list("pk", flat=True)[: room.capacity]))
    moving.update(room=sister, swap_until=None, agreed=False)
    record(round.event, "open extra room", actor=by, subject=sister.title, now=now)
    settle(round, now=now)
    return sister


def _copy_voice(room: Room, sister: Room) -> None:
    """A meeting link is not copied: it leads to the full room."""
    for plan in RoomVoice.objects.filter(room=room).exclude(way=Way.LINK):
        plan.room = sister
        plan.save(force_insert=True)


def note_changes(round: Round, changed: dict[Room, list[str]], *, by: User, now: datetime) -> None:
    """Writes down what was done to rooms that were saved: which were locked, unlocked or resized."""
    for room, names in changed.items():
        if "locked" in names:
            record(round.event, "lock room" if room.locked else "unlock room", actor=by, subject=room.title, now=now)
            touch(room.channel("state"))
            touch(room.channel("desk"))
        if "capacity" in names:
            record(round.event, "resize room", actor=by, subject=f"{room.title}: {room.capacity} places", now=now)
    tell_places(round)


def check_places(room: Room, capacity: int, *, now: datetime) -> None:
    """Raises NotArranged when more people have a place in the room, or are being held one. Locks the round."""
    round = lock_round(room.round_id)
    taken = places_taken(round, room, now)
    if capacity < taken:
        people = "1 person has" if taken == 1 else f"{taken} people have"
        raise NotArranged(f"{people} a place in this room already: it cannot have fewer places than that.")


def check_assignment(room: Room, delegate: Delegate, reason: str, *, now: datetime) -> bool:
    """Whether it goes over the room's places. Locks the round.

    Raises NotArranged for another event's delegate, for who was removed from the room, and without a reason for a
    full or a locked room.
    """
    round = lock_round(room.round_id)
    if delegate.event_id != round.event.pk:
        raise NotArranged(f"{delegate} is not a delegate of {round.event}.")
    if is_removed(delegate, room):
        raise NotArranged(f"{delegate} was removed from {room.title}. Let them choose it again first.")
    room = Room.objects.counted(now, round.untaken(now)).get(pk=room.pk)
    is_full = room.seated + room.held >= room.capacity  # type: ignore[attr-defined]
    if (is_full or room.locked) and not reason.strip():
        state = "full" if is_full else "locked"
        raise NotArranged(f"{room.title} is {state}. Give a reason to seat {delegate} there all the same.")
    return is_full


@transaction.atomic
def assign_seat(room: Room, delegate: Delegate, *, by: User, now: datetime, reason: str = "") -> Seat:
    """Seats a delegate, or moves them; over the room's places only with a ``reason``, which is written down.

    Raises NotArranged.
    """
    round = lock_round(room.round_id)
    held = seat_of(delegate, round)
    if held and held.room_id == room.pk:
        return held
    is_beyond = check_assignment(room, delegate, reason, now=now)
    seat = place(round, room, delegate, by=by, now=now, reason=reason.strip(), is_beyond=is_beyond)
    settle(round, now=now)
    return seat


def place(
    round: Round, room: Room, delegate: Delegate, *, by: User, now: datetime, reason: str = "", is_beyond: bool = False
) -> Seat:
    """Seats a delegate, tells them and writes it down. Inside a transaction that locked the round and has counted."""
    held = seat_of(delegate, round)
    if held and held.room_id == room.pk:
        return held
    round.waiting.filter(delegate=delegate, room=room).delete()
    forget_swap(round, delegate)
    seat = sit(held, room, delegate, now=now, beyond_places=reason if is_beyond else "")
    subject = f"{delegate.name}: {room.title}" + (f" ({reason})" if reason else "")
    record(round.event, "assign beyond places" if is_beyond else "assign room", actor=by, subject=subject, now=now)
    tell_places(round)
    tell(round, [(delegate, f"The organisers gave you a place in {room.title}.")], now=now)
    return seat


def _sister_title(round: Round, room: Room) -> str:
    """The theme's own title with the next number that is free."""
    first = room.sister_of or room
    titles, number = set(round.rooms.values_list("title", flat=True)), 2
    while f"{first.title[:140]} ({number})" in titles:
        number += 1
    return f"{first.title[:140]} ({number})"
