"""A round of a test's own that has begun, beside those of the demonstration; and its minutes, which pass at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Portal

TITLE = "A round that has begun"
START = """
from datetime import timedelta
from breakouts.models import Room, Round, Seat, Waiting
from breakouts.services import add_room, choose_room, open_round
from portal import clock
from portal.models import Delegate, Event, Session
now, minutes = clock.now(), lambda number: timedelta(minutes=number)
"""
OPEN = f"""{START}
event = Event.objects.get(slug="assembly-2022")
times = {{"starts": now - minutes(10), "ends": now + minutes(30)}}
opened = open_round(Session.objects.create(event=event, kind="round", title="{TITLE}", **times))
"""


@dataclass
class Begun:
    """It began ten minutes ago, and half an hour of it is left."""

    portal: "Portal"
    pk: int

    @classmethod
    def open(cls, portal: "Portal", **places: int) -> "Begun":
        rooms = f"for title, places in {places}.items(): add_room(opened, title=title, theme='', capacity=places)"
        return cls(portal, int(portal.run(f"{OPEN}{rooms}\nprint(opened.pk)")))

    def run(self, code: str) -> str:
        """Python that finds the ``round``, ``now`` and ``minutes(3)``."""
        return self.portal.run(f"{START}round = Round.objects.get(pk={self.pk})\n{code}")

    def close(self) -> None:
        self.run("round.session.delete()")
