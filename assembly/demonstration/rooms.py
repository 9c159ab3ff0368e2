"""The parts of the demonstration that belong to the apps above the portal."""

from datetime import datetime

from assembly.demonstration.content import Slot
from portal.events.models import Event
from portal.programme.models import Session


def build_rooms(session: Session, slot: Slot) -> None: ...


def build_library(event: Event, now: datetime) -> None: ...


def build_talk(event: Event, now: datetime) -> None: ...
