"""What those who lead a room do: go on longer, end it, remove, let in, call for help. Every act is written down."""

from datetime import datetime

from django.db import transaction

from breakouts.hosting.models import LONGEST_REASON, MOST_FACILITATORS, Facilitator, HelpCall, Removal
from breakouts.models import Room, Round, Seat
from breakouts.notes.models import NoteTaker
from breakouts.seating import forget_swap, lock_round, places_taken, sit, tell_places
from breakouts.services import free_seat
from breakouts.settling import settle
from breakouts.taking_part.services import lock_room, lower_hand, tell_room
from breakouts.telling import tell
from networking.safety.services import mute, unmute
from networking.services import unseat_participant
from portal.events.services import record
from portal.live.services import revoke, touch
from portal.models import Delegate, Event, User
from portal.written import one_line

STEP_MINUTES = 5
MOST_EXTRA_MINUTES = 15


class HostRefused(ValueError):
    """Why not, in words for who asked. Nothing was written."""


# Who leads


@transaction.atomic
def appoint(room: Room, delegate: Delegate, *, by: User | None, now: datetime) -> Facilitator:
    """Makes a delegate one of the two who lead a room, and tells them; they need no seat.

    Raises HostRefused for a third, and for who was removed from it.
    """
    lock_room(room)
    held = {each.delegate_id: each for each in room.facilitators.all()}
    if delegate.pk in held:
        return held[delegate.pk]
    if room.removals.filter(delegate=delegate).exists():
        raise HostRefused(f"{delegate.name} was removed from this room.")
    free = [place for place in range(1, MOST_FACILITATORS + 1) if place not in {each.place for each in held.values()}]
    if not free:
        raise HostRefused(f"{room.title} has two facilitators. Take one of them out first.")
    facilitator = Facilitator.objects.create(room=room, delegate=delegate, place=free[0])
    record(room.event, "appoint facilitator", actor=by, subject=f"{delegate.name} in {room.title}", now=now)
    words = f"You were asked to lead {room.title}. You enter it without a place, and see there what you can do."
    tell(room.round, [(delegate, words)], now=now)
    return facilitator


@transaction.atomic
def dismiss(facilitator: Facilitator, *, by: User, now: datetime) -> None:
    """They are told, and their open pages lose what only facilitators hear within five seconds."""
    room, delegate = facilitator.room, facilitator.delegate
    facilitator.delete()
    revoke(delegate.user_id, event=room.event.slug, reason=f"leads room {room.pk} no more")
    record(room.event, "dismiss facilitator", actor=by, subject=f"{delegate.name} in {room.title}", now=now)
    tell(room.round, [(delegate, f"You do not lead {room.title} any more.")], now=now)


# Time


@transaction.atomic
def extend(room: Room, *, known: int, by: User, now: datetime) -> Room:
    """Five minutes more for the talk, at most fifteen; the programme stays. ``known`` is how many it had already
    for who asks, so that two who ask at once, or one who asks twice, are given them once.

    Raises HostRefused when the room is not on, and at fifteen.
    """
    fresh = _locked(room)
    if not fresh.is_on(now):
        raise HostRefused("Only a room that is on can go on longer.")
    if fresh.extra_minutes != known:
        return fresh
    if known + STEP_MINUTES > MOST_EXTRA_MINUTES:
        raise HostRefused(f"A room can go on for {MOST_EXTRA_MINUTES} minutes more, and this one does already.")
    fresh.extra_minutes = known + STEP_MINUTES
    _move_end(fresh, "extra_minutes")
    record(fresh.event, "extend room", actor=by, subject=f"{fresh.title}: {fresh.extra_minutes} minutes", now=now)
    return fresh


@transaction.atomic
def end(room: Room, *, by: User, now: datetime) -> Room:
    """Ends the talk and its calls now, as they would have ended at their time. Twice is once.

    Nobody chooses the room any more, and who waits for it is told. Who sits in it may choose what is left.
    Raises HostRefused when the room is not on.
    """
    round = lock_round(room.round_id)
    fresh = _locked(room)
    if not fresh.is_on(now):
        if fresh.ended_at:
            return fresh
        raise HostRefused("Only a room that is on can be ended.")
    fresh.ended_at, fresh.locked = now, True
    _move_end(fresh, "ended_at", "locked")
    record(fresh.event, "end room", actor=by, subject=fresh.title, now=now)
    waiting = list(fresh.waiting.select_related("delegate__user"))
    fresh.waiting.all().delete()
    words = f"{fresh.title} has ended early, and with it its line. You can choose another room."
    tell(round, [(each.delegate, words) for each in waiting], now=now)
    tell_places(round)
    return fresh


def _locked(room: Room) -> Room:
    lock_room(room)
    return Room.objects.select_related("round__session__event").get(pk=room.pk)


def tell_ends(event: Event) -> None:
    """After the programme has changed: a session may have moved, and its rooms with it."""
    for room in Room.objects.filter(round__session__event=event).only("pk"):
        _tell_end(room)


def _move_end(room: Room, *fields: str) -> None:
    room.save(update_fields=fields)
    _tell_end(room)
    # The bar on every page says until when rooms go on.
    touch(f"event.{room.event.pk}.programme")


def _tell_end(room: Room) -> None:
    touch(room.channel("state"))
    touch(room.channel("desk"))
    # Its calls end with it, so they have to know at once.
    touch(room.channel("voice"))


# People


@transaction.atomic
def remove_person(room: Room, delegate: Delegate, *, reason: str, by: User, now: datetime) -> Removal:
    """Takes their seat; they cannot come back to this room, and their open pages of it go quiet within five seconds.

    Raises HostRefused without a reason, and for who leads the room.
    """
    reason = clean_words(reason)
    if not reason:
        raise HostRefused("Say why: they are told, and organisers can look it up.")
    round = lock_round(room.round_id)
    lock_room(room)
    if room.facilitators.filter(delegate=delegate).exists():
        raise HostRefused("Facilitators are taken out by an organiser.")
    removal, removed = Removal.objects.get_or_create(
        room=room, delegate=delegate, defaults={"reason": reason, "by": by, "at": now}
    )
    lower_hand(room, delegate, now=now)
    _take_place(round, room, delegate, now)
    room.parts.filter(delegate=delegate).delete()
    # With the part goes what the room called them.
    NoteTaker.objects.filter(room=room, delegate=delegate).delete()
    unseat_participant(room.conversation, delegate, now=now)
    if not removed:
        return removal
    revoke(delegate.user_id, event=round.event.slug, reason=f"removed from room {room.pk}")
    record(round.event, "remove from room", actor=by, subject=f"{delegate.name} from {room.title}: {reason}", now=now)
    tell_room(room)
    # In place of what was said of their place before.
    words = f"You were asked to leave {room.title}. The reason given: “{reason}”. You can choose another room."
    tell(round, [(delegate, words)], now=now)
    return removal


def _take_place(round: Round, room: Room, delegate: Delegate, now: datetime) -> None:
    # Also out of its line, or the next free place would bring them back.
    waited, _ = round.waiting.filter(delegate=delegate, room=room).delete()
    seat = _seat_in(round, delegate)
    if seat and seat.room_id == room.pk:
        seat.delegate.event = round.event
        free_seat(seat, now=now)
    elif waited:
        # A place may have been held for them.
        tell_places(round)
        settle(round, now=now)


def _seat_in(round: Round, delegate: Delegate) -> Seat | None:
    seats = Seat.objects.select_related("room__conversation", "delegate__event", "round__session")
    return seats.filter(round=round, delegate=delegate).first()


@transaction.atomic
def forgive(removal: Removal, *, by: User, now: datetime) -> None:
    """They may choose this room again, if it has a place."""
    subject = f"{removal.delegate.name} in {removal.room.title}"
    record(removal.event, "allow back into room", actor=by, subject=subject, now=now)
    tell_room(removal.room)
    removal.delete()
    round = removal.room.round
    if now < round.session.ends:
        tell(round, [(removal.delegate, f"You can choose {removal.room.title} again.")], now=now)


@transaction.atomic
def admit(room: Room, delegate: Delegate, *, reason: str, may_move: bool, by: User, now: datetime) -> Seat:
    """A place for somebody though the room may be full; the seat they held elsewhere in the round goes.

    Nobody is moved unasked: who sits elsewhere waits in this room's line, unless whoever lets them in ``may_move``.
    Raises HostRefused for who does not, without a reason, after the end, and for who was removed or is suspended.
    """
    reason = clean_words(reason)
    if not reason:
        raise HostRefused("Say why they come in.")
    round = lock_round(room.round_id)
    removed = _check_may_come(room, delegate, now, says_who=may_move)
    held = _seat_in(round, delegate)
    if held and held.room_id == room.pk:
        return held
    waited, _ = round.waiting.filter(delegate=delegate, room=room).delete()
    if removed or (held and not waited and not may_move):
        # One sentence for both, or it told who it was that was removed by another name.
        raise HostRefused(
            f"{delegate.name} has a place in another room, or was asked to leave this one. "
            "Let them join the line for it, or ask an organiser."
        )
    forget_swap(round, delegate)
    is_beyond = places_taken(round, room, now) >= room.capacity
    seat = sit(held, room, delegate, now=now, beyond_places=reason if is_beyond else "")
    if held:
        settle(round, now=now)
    record(round.event, "admit to room", actor=by, subject=f"{delegate.name} to {room.title}: {reason}", now=now)
    tell_places(round)
    tell_room(room)
    tell(round, [(delegate, f"You were given a place in {room.title}.")], now=now)
    return seat


def _check_may_come(room: Room, delegate: Delegate, now: datetime, *, says_who: bool) -> bool:
    """Whether they were removed, where that must not be said of them by name."""
    if now >= room.closes:
        raise HostRefused("This room is over.")
    removed = room.removals.filter(delegate=delegate).exists()
    if removed and says_who:
        raise HostRefused(f"{delegate.name} was removed from this room.")
    if delegate.suspended_at:
        raise HostRefused(f"{delegate.name} is out of the event just now.")
    return removed


def mute_person(room: Room, delegate: Delegate, *, by: User, now: datetime) -> None:
    """They can read, but cannot write or speak here for an hour."""
    mute(room.conversation, delegate, by=by, now=now)
    tell_room(room)


def unmute_person(room: Room, delegate: Delegate, *, by: User, now: datetime) -> None:
    unmute(room.conversation, delegate, by=by, now=now)
    tell_room(room)


# Help


@transaction.atomic
def call_for_help(room: Room, *, words: str, by: User, now: datetime) -> HelpCall:
    """Puts the room in the queue that every organiser sees; a room is in it once."""
    lock_room(room)
    call = room.help_calls.filter(done_at=None).first()
    if call is None:
        call = HelpCall.objects.create(room=room, words=clean_words(words), by=by, at=now)
        record(room.event, "call for help", actor=by, subject=room.title, now=now)
        _tell_help(call)
    return call


@transaction.atomic
def take_call(call: HelpCall, *, by: User, now: datetime) -> None:
    """The first organiser has it. Raises HostRefused for the second, and when it is done."""
    taken = HelpCall.objects.filter(pk=call.pk, taken_by=None, done_at=None).update(taken_by=by, taken_at=now)
    if taken:
        record(call.event, "take help call", actor=by, subject=call.room.title, now=now)
        _tell_help(call)
        return
    call.refresh_from_db()
    if call.done_at:
        raise HostRefused("That call is done.")
    if call.taken_by_id != by.pk:
        raise HostRefused(f"{call.taken_by} has taken that call.")


@transaction.atomic
def hand_back(call: HelpCall, *, by: User, now: datetime) -> None:
    """Whoever has taken it lets another organiser take it. Harmless for anybody else."""
    if HelpCall.objects.filter(pk=call.pk, taken_by=by, done_at=None).update(taken_by=None, taken_at=None):
        record(call.event, "hand back help call", actor=by, subject=call.room.title, now=now)
        _tell_help(call)


@transaction.atomic
def finish_call(call: HelpCall, *, by: User, now: datetime) -> None:
    if HelpCall.objects.filter(pk=call.pk, done_at=None).update(done_at=now):
        record(call.event, "finish help call", actor=by, subject=call.room.title, now=now)
        _tell_help(call)


def clean_words(words: str) -> str:
    return one_line(words)[:LONGEST_REASON]


def help_channel(event: Event) -> str:
    return f"event.{event.pk}.help"


def _tell_help(call: HelpCall) -> None:
    touch(help_channel(call.event))
    touch(call.room.channel("desk"))
