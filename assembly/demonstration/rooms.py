"""The parts of the demonstration that belong to the apps above the portal."""

import uuid
from datetime import datetime

from assembly.demonstration.content import LOUNGE, Slot
from networking.services import open_lounge, post_message
from portal.events.models import Event
from portal.programme.models import Session


def build_rooms(session: Session, slot: Slot) -> None: ...


def build_library(event: Event, now: datetime) -> None: ...


def build_talk(event: Event, now: datetime) -> None:
    """A few words in the lounge; the same identifiers again say nothing twice."""
    lounge = open_lounge(event)
    authors = {delegate.user.email: delegate for delegate in event.delegates.select_related("user")}
    for email, text in LOUNGE:
        if email in authors:
            post_message(lounge, authors[email], text, client_id=uuid.uuid5(uuid.NAMESPACE_URL, text), now=now)
