"""Places at an event. The rule is here and nowhere else: lock the event, let go what lapsed, count, write."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.events.models import Entry, Event
from portal.events.policy import Phase, Reach, boundaries, may_reach
from portal.events.services import record
from portal.live.services import revoke
from portal.people.invitations.services import find_invitation
from portal.people.leaving import say_farewell
from portal.people.models import Delegate, State, StateChange, User
from portal.people.writing.letters import write_to

ENDED = {State.CANCELLED, State.REFUSED}


class NoPlace(Exception):
    """Says in plain words why it cannot be done."""


@transaction.atomic
def register_delegate(event: Event, user: User, *, now: datetime, **answers: Any) -> Delegate:
    """Registers once; later only changes what was said. Who had cancelled comes back, at the end of the line.

    Raises NoPlace for somebody whom the organisers refused.
    """
    event = lock_event(event.pk)
    settle_places(event, now=now)
    delegate = Delegate.registrations.filter(event=event, user=user).first()
    if delegate and delegate.state == State.REFUSED:
        raise NoPlace("The organisers did not accept your registration.")
    # A new one holds no place until it is given one.
    delegate = delegate or Delegate(event=event, user=user, registered_at=now, state=State.CANCELLED)
    _write_answers(delegate, event, user, answers)
    if delegate.state == State.CANCELLED:
        _enter(delegate, now)
    return delegate


@transaction.atomic
def admit_delegate(delegate: Delegate, *, by: User, now: datetime) -> Delegate:
    """An organiser lets somebody in: at once if there is a place, else into the line."""
    delegate = _lock(delegate, now)
    if delegate.state in {State.APPLIED, *ENDED}:
        state = State.APPROVED if has_place(delegate.event, now) else State.WAITING
        template = "approved" if state == State.APPROVED else "waiting"
        _change(delegate, state, by=by, why="Admitted by an organiser", template=template, now=now)
    elif delegate.has_offer(now):
        _change(delegate, State.APPROVED, by=by, why="Admitted by an organiser", template="approved", now=now)
    return delegate


@transaction.atomic
def refuse_delegate(delegate: Delegate, *, by: User, why: str, now: datetime) -> Delegate:
    delegate = _lock(delegate, now)
    if delegate.state != State.REFUSED:
        _change(delegate, State.REFUSED, by=by, why=why, template="refused", now=now)
        settle_places(delegate.event, now=now)
    return delegate


@transaction.atomic
def confirm_place(delegate: Delegate, *, now: datetime) -> Delegate:
    """Takes the place that was offered. Raises NoPlace when none is held for them any more."""
    delegate = _lock(delegate, now)
    if delegate.has_offer(now):
        _change(delegate, State.APPROVED, by=delegate.user, why="Confirmed the offer", template="confirmed", now=now)
    if delegate.state != State.APPROVED:
        raise NoPlace("This place is no longer held for you.")
    return delegate


@transaction.atomic
def cancel_registration(delegate: Delegate, *, by: User, why: str, now: datetime) -> Delegate:
    """Frees the place at once and offers it to the first in line."""
    delegate = _lock(delegate, now)
    if delegate.state not in ENDED:
        _change(delegate, State.CANCELLED, by=by, why=why, template="cancelled", now=now)
        settle_places(delegate.event, now=now)
    return delegate


def settle_due(now: datetime) -> int:
    """The sweep: offers that lapsed go, and what is free is offered on."""
    waiting = Delegate.registrations.filter(state=State.WAITING)
    return sum(_settle(pk, now) for pk in waiting.order_by("event").values_list("event", flat=True).distinct())


@transaction.atomic
def _settle(event_id: int, now: datetime) -> int:
    return settle_places(lock_event(event_id), now=now)


def settle_places(event: Event, *, now: datetime) -> int:
    """Inside the transaction that locked the event. Returns how many offers ended or were made."""
    lapsed = list(in_line(event).filter(offered_until__lte=now))
    for delegate in lapsed:
        _change(delegate, State.CANCELLED, by=None, why="Not confirmed in time", template="lapsed", now=now)
    if not may_reach(event, Reach.REGISTER, now):
        return len(lapsed)
    first = list(in_line(event).filter(offered_until=None)[: free_places(event, now)])
    for delegate in first:
        _offer(delegate, now)
    return len(lapsed) + len(first)


def lock_event(event_id: int) -> Event:
    """The event, locked until the caller's transaction ends."""
    return Event.objects.select_for_update(no_key=True).get(pk=event_id)


def in_line(event: Event) -> QuerySet[Delegate]:
    """Who waits, the first first; those who hold an offer too."""
    waiting = Delegate.registrations.filter(event=event, state=State.WAITING)
    return waiting.select_related("event", "user").order_by("queued_at", "pk")


def free_places(event: Event, now: datetime) -> int | None:
    """None without a limit. An offer holds its place until the clock has passed it."""
    if event.capacity is None:
        return None
    held = Q(state=State.APPROVED) | Q(state=State.WAITING, offered_until__gt=now)
    return max(0, event.capacity - Delegate.registrations.filter(held, event=event).count())


def has_place(event: Event, now: datetime) -> bool:
    """For somebody new; whoever waits was offered what was free when the places were settled."""
    return free_places(event, now) != 0


def place_in_line(delegate: Delegate) -> int:
    """1 is the next to be offered a place."""
    before = Q(queued_at__lt=delegate.queued_at) | Q(queued_at=delegate.queued_at, pk__lt=delegate.pk)
    return in_line(delegate.event).filter(before, offered_until=None).count() + 1


def _lock(delegate: Delegate, now: datetime) -> Delegate:
    """The registration as it is once the event is locked and its places are settled."""
    event = lock_event(delegate.event_id)
    settle_places(event, now=now)
    delegate = Delegate.registrations.select_related("user").get(pk=delegate.pk)
    delegate.event = event
    return delegate


def _write_answers(delegate: Delegate, event: Event, user: User, answers: dict[str, Any]) -> None:
    for field, value in answers.items():
        setattr(delegate, field, value)
    delegate.full_name = delegate.full_name or delegate.name
    delegate.event = event
    delegate.save()
    if not user.name:
        User.objects.filter(pk=user.pk).update(name=delegate.full_name)


def _enter(delegate: Delegate, now: datetime) -> None:
    state, template, why = State.WAITING, "waiting", "No place was free"
    if delegate.event.entry == Entry.APPROVAL and not find_invitation(delegate.event, delegate.user):
        state, template, why = State.APPLIED, "applied", "Asked to take part"
    elif has_place(delegate.event, now):
        state, template, why = State.APPROVED, "confirmed", "Registered"
    _change(delegate, state, by=delegate.user, why=why, template=template, now=now)


def _offer(delegate: Delegate, now: datetime) -> None:
    ends = dict(boundaries(delegate.event))[Phase.LIVE]
    delegate.offered_until = min(now + timedelta(hours=delegate.event.confirm_hours), ends)
    delegate.save(update_fields=["offered_until"])
    _write_down(delegate, by=None, why="A place was offered", template="offered", now=now)


def _change(delegate: Delegate, state: State, *, by: User | None, why: str, template: str, now: datetime) -> None:
    was_in = delegate.state == State.APPROVED
    delegate.state, delegate.offered_until = state, None
    delegate.queued_at = now if state == State.WAITING else None
    delegate.save(update_fields=["state", "offered_until", "queued_at"])
    _write_down(delegate, by=by, why=why, template=template, now=now)
    if state in ENDED:
        say_farewell(delegate, now)
    if was_in:
        revoke(delegate.user_id, event=delegate.event.slug, reason=f"registration {state}")


def _write_down(delegate: Delegate, *, by: User | None, why: str, template: str, now: datetime) -> None:
    change = StateChange.objects.create(delegate=delegate, state=delegate.state, by=by, why=why[:250], at=now)
    record(delegate.event, f"registration {template}", actor=by, subject=delegate.name, now=now)
    write_to(delegate, template, cause=change.pk, why=f"They say: {change.why}" if change.why else "", now=now)
