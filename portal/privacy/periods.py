"""How long each class of data is kept: one table, acted on by the sweeps and told on the privacy page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.events.models import Event
from portal.window import add_months, midnight

YEAR = 365  # days


@dataclass(frozen=True)
class Period:
    """``days`` or ``months`` of the calendar after ``since``."""

    what: str
    since: str
    days: int = 0
    months: int = 0

    @property
    def words(self) -> str:
        number, unit = (self.days, "day") if self.days else (self.months, "month")
        number, unit = (self.days // YEAR, "year") if self.days >= YEAR else (number, unit)
        return f"{number} {unit}{'' if number == 1 else 's'} after {self.since}"

    def before(self, now: datetime) -> datetime:
        """What is older than this has had its time. Periods in days alone."""
        return now - timedelta(days=self.days)

    def ended(self, now: datetime) -> Iterator[Event]:
        """Events that closed so long ago, by their own calendar. Extending the window brings them back."""
        for event in Event.objects.all():
            closed = event.local(event.window.closes).date()
            if now >= midnight(add_months(closed, self.months), event.zone):
                yield event


CLOSING = "the portal closes"
PERIODS = {
    "drafts": Period("A registration that was begun and not finished", "the last change", days=30),
    "needs": Period("What you need to take part", "the event", months=1),
    "sums": Period("The sums of equality monitoring; their report stays", "the report is made", days=30),
    "conversations": Period("Messages, questions, requests to talk and reports", CLOSING, months=3),
    "rooms": Period("Hands, calls for help, earlier wordings of notes, removals", CLOSING, months=3),
    "voices": Period("The voices of rooms that were recorded", CLOSING, months=1),
    "registrations": Period("Your registration with its answers; the number of people stays", CLOSING, months=6),
    "mail": Period("The mail we sent", "it was sent", days=90),
    "attendance": Period("On which days you were here; with the registration, your name goes", "that day", days=2192),
    "audit": Period("The record of what organisers and the portal did", "it was written", days=730),
    "sessions": Period("Who is signed in on which device", "the sign-in ends", days=1),
    # Last, because erasing an account takes rows of the others with it.
    "accounts": Period("An account without a registration", "you last signed in", days=365),
}  # fmt: skip
