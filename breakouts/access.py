"""Turns an address inside an event into a round or a room, or into 404."""

from django.http import Http404

from breakouts.models import Room, Round
from breakouts.policy import has_place, leads, may_enter
from breakouts.queries import find_room, find_round
from portal.people.access import Visitor


def access_round(visitor: Visitor, round_id: int) -> Round:
    round = find_round(visitor.event, round_id, visitor.now)
    if round is None:
        raise Http404("No such round.")
    return round


def access_room(visitor: Visitor, round_id: int, room_id: int) -> Room:
    """A room of the round, whether or not this person may go in. Raises Http404."""
    room = find_room(visitor.event, round_id, room_id)
    if room is None:
        raise Http404("No such room in this round.")
    room.round.session.event = visitor.event
    return room


def enters(visitor: Visitor, room: Room) -> bool:
    """An organiser who is not registered enters too."""
    if visitor.is_organiser:
        return True
    return visitor.delegate is not None and may_enter(visitor.delegate, room, visitor.now)


def access_inside(visitor: Visitor, round_id: int, room_id: int) -> Room:
    """A room this person has a place in, at whatever hour. Raises Http404."""
    room = access_room(visitor, round_id, room_id)
    if not has_place(visitor, room):
        raise Http404("No place in this room.")
    return room


def access_led(visitor: Visitor, round_id: int, room_id: int) -> Room:
    """A room this person leads. Raises Http404."""
    room = access_room(visitor, round_id, room_id)
    if not leads(visitor, room):
        raise Http404("For those who lead this room.")
    return room
