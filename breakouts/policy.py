"""Who may choose a room, and who may go in."""

from datetime import datetime

from breakouts.models import Room, Seat
from portal.events.policy import Reach, may_reach
from portal.models import Delegate, Session
from portal.people.access import Visitor, organises


def may_choose(session: Session, now: datetime) -> bool:
    """From the day the portal opens until the round has ended."""
    return now < session.ends and may_reach(session.event, Reach.CHOOSE, now)


def may_enter(delegate: Delegate, room: Room, now: datetime) -> bool:
    """Organisers always; others while the room is on, with a seat or because they lead it."""
    if organises(delegate.user, room.event):
        return True
    return room.is_on(now) and (has_seat(delegate, room) or leads_room(delegate, room))


def has_seat(delegate: Delegate, room: Room) -> bool:
    return Seat.objects.filter(room=room, delegate=delegate).exists()


def leads_room(delegate: Delegate, room: Room) -> bool:
    return room.facilitators.filter(delegate=delegate).exists()


def has_place(visitor: Visitor, room: Room) -> bool:
    """Organisers, who leads the room, and who has a seat in it: whatever the hour."""
    delegate = visitor.delegate
    return visitor.is_organiser or (delegate is not None and (has_seat(delegate, room) or leads_room(delegate, room)))


def hears_talk(visitor: Visitor, room: Room) -> bool:
    """Of those with a place: its talk opens with the session, and for organisers always."""
    return visitor.is_organiser or room.round.has_begun(visitor.now)


def leads(visitor: Visitor, room: Room) -> bool:
    return visitor.is_organiser or (visitor.delegate is not None and leads_room(visitor.delegate, room))


def is_removed(delegate: Delegate, room: Room) -> bool:
    return room.removals.filter(delegate=delegate).exists()
