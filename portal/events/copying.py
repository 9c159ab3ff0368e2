"""Next year's event from this one: its shape and settings, and nobody's name.

Every app copies its own part, in the order of registration, so that a later one finds what an earlier one made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Model

from portal.events.models import Event
from portal.events.services import record
from portal.mail.models import Wording

SETTINGS = [
    "strapline", "about", "zone", "days_before", "months_after", "entry", "capacity", "confirm_hours", "conduct",
    "privacy", "contact", "logo", "brand", "brand_ink", "accent",
]  # fmt: skip


@dataclass
class Copy:
    """An event and the one being made of it; ``made`` has what was made so far, by model and the old one's number."""

    old: Event
    new: Event
    made: dict[tuple[str, int], Any] = field(default_factory=dict)

    def moved(self, moment: datetime) -> datetime:
        """As many days later, at the same hour of the event's own clock, on whichever side of a change of clocks."""
        local = self.old.local(moment).replace(tzinfo=None) + (self.new.first_day - self.old.first_day)
        return local.replace(tzinfo=self.new.tz)

    def keep(self, old: Model, new: Model) -> None:
        self.made[type(old).__name__, old.pk] = new

    def find(self, old: Model) -> Any:
        return self.made[type(old).__name__, old.pk]


M = TypeVar("M", bound=Model)
# Answers how many it made.
Copier = Callable[[Copy], int]

_copiers: dict[str, Copier] = {}


def register_copier(what: str, copier: Copier) -> None:
    """``what`` is told to the organiser with the number: "sessions"."""
    _copiers[what] = copier


@transaction.atomic
def copy_event(
    old: Event, *, name: str, slug: str, first_day: date, by: AbstractBaseUser, now: datetime
) -> tuple[Event, dict[str, int]]:
    """All of it or nothing. Whoever asks organises the new event; registration opens as long before it as last time.

    Where it was open from the start, it opens with the portal, so that nobody registers before it is ready.
    Returns the new event, and how much of each thing was copied.
    """
    settings = {name: getattr(old, name) for name in SETTINGS}
    last_day = first_day + (old.last_day - old.first_day)
    new = Event(name=name, slug=slug, first_day=first_day, last_day=last_day, copied_from=old, **settings)
    copy = Copy(old, new)
    new.registration_opens = copy.moved(old.registration_opens) if old.registration_opens else new.window.opens
    new.save()
    new.organisers.add(by)  # type: ignore[arg-type]
    done = {what: copier(copy) for what, copier in _copiers.items()}
    record(new, "copy event", actor=by, subject=f"from {old.name}", now=now)
    return new, done


def copy_wordings(copy: Copy) -> int:
    return len(Wording.objects.bulk_create(again(row, event=copy.new) for row in copy.old.wordings.all()))


def again(row: M, **changes: object) -> M:
    """The same row, not yet kept, with what belongs to the new event."""
    values = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}
    made = type(row)(**values)
    for name, value in changes.items():
        setattr(made, name, value)
    return made
