"""Who leads the rooms of the demonstration: placeholders, the same in each round."""

from datetime import datetime

from assembly.demonstration.content import NOTES, OTHER_NAMES
from breakouts.hosting.services import appoint
from breakouts.models import Room
from breakouts.notes.models import Section
from breakouts.notes.services import name_note_taker, save_note
from portal.events.models import Event
from portal.people.models import Delegate


def build_hosts(event: Event, people: list[Delegate], now: datetime) -> None:
    """Two in each room, of whom the second takes the notes; in the first room of the day they have begun."""
    rooms = _rooms(event)
    for room in rooms:
        first = 2 * _place(room)
        pair = people[first : first + 2]
        for delegate in pair:
            appoint(room, delegate, by=None, now=now)
        if not hasattr(room, "note_taker"):
            name_note_taker(room, pair[1], by=None, now=now)
    Room.objects.filter(round__session__event=event, title=OTHER_NAMES).update(pseudonyms_allowed=True)
    if rooms and not rooms[0].notes.exists():
        _write(rooms[0], people[1], now)


def _write(room: Room, taker: Delegate, now: datetime) -> None:
    for section, text in NOTES.items():
        save_note(room, Section(section), text, base=0, by=taker.user, by_name=taker.name, now=now)


def _rooms(event: Event) -> list[Room]:
    rooms = Room.objects.filter(round__session__event=event).select_related("round__session__event", "note_taker")
    return list(rooms.order_by("round__session__starts", "position", "pk"))


def _place(room: Room) -> int:
    """Its place among the three of its round, from 0."""
    return (room.position - 1) % 3
