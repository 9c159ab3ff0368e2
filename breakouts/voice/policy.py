"""Who may be in the voice of a room, follow its link, and be heard."""

from datetime import datetime, timedelta

from breakouts.models import Room
from breakouts.policy import has_place
from breakouts.taking_part.queries import name_in as known_in
from breakouts.voice.models import Caller, VoicePlan
from portal.events.policy import Reach
from portal.people.access import Visitor


def may_take_part(visitor: Visitor, room: Room) -> bool:
    """While the session is on; organisers also before, to try it. Nobody after its end or the room's close."""
    if is_over(room, visitor.now):
        return False
    if visitor.is_organiser:
        return True
    return visitor.now >= room.round.session.starts and visitor.may(Reach.TALK) and has_place(visitor, room)


def may_follow_link(visitor: Visitor, room: Room, plan: VoicePlan) -> bool:
    """As for taking part, and some minutes earlier."""
    if is_over(room, visitor.now):
        return False
    if visitor.is_organiser:
        return True
    return visitor.now >= link_opens(room, plan) and visitor.may(Reach.CHOOSE) and has_place(visitor, room)


def is_over(room: Room, now: datetime) -> bool:
    return now >= ends_of(room) or room.conversation.closed_at is not None


def ends_of(room: Room) -> datetime:
    return room.closes


def link_opens(room: Room, plan: VoicePlan) -> datetime:
    return room.round.session.starts - timedelta(minutes=plan.minutes_before)


def name_in(visitor: Visitor, room: Room) -> str:
    """What the others see them as."""
    return known_in(room, visitor.delegate) if visitor.delegate else str(visitor.user)


def may_be_heard(caller: Caller, plan: VoicePlan, *, is_leader: bool) -> bool:
    return is_leader or caller.floor or not plan.by_floor


def is_muted(caller: Caller, room: Room, now: datetime) -> bool:
    """Who may not write in a room for a while does not speak in it either."""
    return room.conversation.mutes.holding(now).filter(delegate__user=caller.user_id).exists()
