"""Who may choose a room, and who may go in."""

from datetime import datetime

from breakouts.models import Room, Seat
from portal.events.policy import Reach, may_reach
from portal.models import Delegate, Session
from portal.people.access import organises


def may_choose(session: Session, now: datetime) -> bool:
    """From the day the portal opens until the round has ended."""
    return now < session.ends and may_reach(session.event, Reach.CHOOSE, now)


def may_enter(delegate: Delegate, room: Room, now: datetime) -> bool:
    """Organisers always; others while the session is on, with a seat."""
    session = room.round.session
    if organises(delegate.user, session.event):
        return True
    return session.is_on(now) and has_seat(delegate, room)


def has_seat(delegate: Delegate, room: Room) -> bool:
    return Seat.objects.filter(room=room, delegate=delegate).exists()
