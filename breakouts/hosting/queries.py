"""What those who lead a room see of it, and the queue of calls for help."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from breakouts.hosting.models import Facilitator, HelpCall, Removal
from breakouts.hosting.services import MOST_EXTRA_MINUTES, STEP_MINUTES
from breakouts.models import Room
from breakouts.taking_part.queries import Person, Raised, hands_of, people_of
from networking.safety.queries import without_blocks
from portal.models import Delegate, Event
from portal.people.access import Visitor

SHORTEST_SEARCH, MOST_FOUND = 2, 20


@dataclass(frozen=True)
class Desk:
    """How a room stands for those who lead it."""

    hands: list[Raised]
    people: list[Person]
    not_in_yet: int
    call: HelpCall | None
    may_extend: bool
    may_end: bool
    extra: int

    @property
    def speaking(self) -> Raised | None:
        return next((hand for hand in self.hands if hand.called), None)

    @property
    def waiting(self) -> list[Raised]:
        return [hand for hand in self.hands if not hand.called]

    @property
    def unheard(self) -> list[Person]:
        """Who came to type or speak and has done neither."""
        return [person for person in self.people if not person.heard and person.manner != "listen"]

    @property
    def counted(self) -> str:
        count = Counter(person.manner for person in self.people)
        return f"{count['speak']} to speak, {count['type']} to type, {count['listen']} to listen"

    @property
    def state(self) -> dict[str, Any]:
        """Enough to tell that a page with it is out of date."""
        return {
            "hands": [[hand.pk, hand.called] for hand in self.hands],
            "people": [[person.pk, person.name, person.manner, person.muted, person.spoke] for person in self.people],
            "extra": self.extra,
            "may_end": self.may_end,
            "help": [self.call.pk, self.call.taken_by_id] if self.call else None,
        }


def desk_of(room: Room, now: datetime) -> Desk:
    seated = room.seats.exclude(delegate__in=room.parts.values("delegate")).count()
    return Desk(
        hands=hands_of(room.pk),
        people=people_of(room, now),
        not_in_yet=seated,
        call=open_call(room),
        may_extend=room.is_on(now) and room.extra_minutes + STEP_MINUTES <= MOST_EXTRA_MINUTES,
        may_end=room.is_on(now),
        extra=room.extra_minutes,
    )


def open_call(room: Room) -> HelpCall | None:
    return room.help_calls.filter(done_at=None).select_related("taken_by").first()


def calls_of(event: Event) -> list[HelpCall]:
    """Whom nobody helps yet first, then in the order in which they called."""
    calls = _calls(event).filter(done_at=None).order_by("at", "pk")
    return sorted(calls, key=lambda call: call.taken_by_id is not None)


def done_calls_of(event: Event) -> list[HelpCall]:
    return list(_calls(event).exclude(done_at=None).order_by("-done_at")[:20])


def _calls(event: Event) -> Any:
    found = HelpCall.objects.filter(room__round__session__event=event)
    return found.select_related("room__round__session", "by", "taken_by")


def find_outside(room: Room, words: str, visitor: Visitor) -> list[Delegate]:
    """Whom a part of a name finds of those who could be let in: only who is in the directory, as the visitor sees it,
    and sits nowhere in the round; all for who organises. Nobody for less than two letters.
    """
    if len(words) < SHORTEST_SEARCH:
        return []
    people = found_by(visitor).filter(name__icontains=words, suspended_at=None, user__is_active=True)
    people = people.exclude(seats__room=room).exclude(removals__room=room)
    if not visitor.is_organiser:
        people = people.exclude(seats__round=room.round_id)
    return list(people.only("pk", "name", "organisation").order_by("name", "pk")[:MOST_FOUND])


def found_by(visitor: Visitor) -> QuerySet[Delegate]:
    """Everybody for who organises; for others who is in the directory, without a block between them."""
    people = visitor.event.delegates.all()
    return people if visitor.is_organiser else without_blocks(people.filter(listed=True), visitor.delegate)


def waiting_for(room: Room) -> list[Delegate]:
    """Who stands in its line, the first in front."""
    return [each.delegate for each in room.waiting.filter(delegate__suspended_at=None).select_related("delegate")]


def hosts_of(room: Room) -> str:
    """Who leads it by name, or else what the organisers wrote."""
    return " and ".join(room.facilitators.values_list("delegate__name", flat=True)) or room.hosts


def removal_of(room: Room, delegate: Delegate | None) -> Removal | None:
    return room.removals.filter(delegate=delegate).first() if delegate else None


def leaders_of_talk() -> "QuerySet[Facilitator]":
    """For networking: facilitators lead the talk of their room."""
    return Facilitator.objects.annotate(conversation=F("room__conversation")).order_by()
