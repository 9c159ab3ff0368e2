"""Who leads the rooms of the demonstration and takes their notes: placeholders, the same in each round."""

from datetime import datetime

from assembly.demonstration.content import NOTES, OTHER_NAMES
from breakouts.hosting.services import appoint
from breakouts.models import Room
from breakouts.notes.models import Section
from breakouts.notes.services import name_note_taker, save_note
from breakouts.services import choose_room
from portal.events.models import Event
from portal.people.models import Delegate


def build_hosts(event: Event, people: list[Delegate], now: datetime) -> None:
    """Two in each room."""
    for room in _rooms(event):
        first = 2 * _place(room)
        for delegate in people[first : first + 2]:
            appoint(room, delegate, by=None, now=now)
    Room.objects.filter(round__session__event=event, title=OTHER_NAMES).update(pseudonyms_allowed=True)


def build_notes(event: Event, people: list[Delegate], now: datetime) -> None:
    """One in each room, with a place in it; in the first room of the day they have begun."""
    rooms = _rooms(event)
    for room in rooms:
        if not hasattr(room, "note_taker"):
            taker = people[_place(room)]
            # As if chosen when the round began: rooms of the past are not chosen any more.
            choose_room(room, taker, now=room.round.session.starts)
            name_note_taker(room, taker, by=None, now=now)
    if rooms and not rooms[0].notes.exists():
        taker = people[0]
        for section, text in NOTES.items():
            save_note(rooms[0], Section(section), text, base=0, by=taker.user, by_name=taker.name, now=now)


def _rooms(event: Event) -> list[Room]:
    rooms = Room.objects.filter(round__session__event=event).select_related("round__session__event", "note_taker")
    return list(rooms.order_by("round__session__starts", "position", "pk"))


def _place(room: Room) -> int:
    """Its place among the three of its round, from 0."""
    return (room.position - 1) % 3
