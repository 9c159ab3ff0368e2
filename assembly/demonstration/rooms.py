"""The parts of the demonstration that belong to the apps above the portal."""

import uuid
from datetime import datetime

from django.conf import settings

from assembly.demonstration.content import DOCUMENTS, FILM_OF, LOUNGE, ROOM_PLACES, Slot
from assembly.demonstration.pdf import text_pdf
from breakouts.services import add_room, open_round
from library.films import demonstration_film
from library.recordings import publish_film
from library.services import add_document
from networking.services import open_lounge, open_session_conversation, post_message
from portal.events.models import Event
from portal.programme.models import Kind, Session


def build_rooms(session: Session, slot: Slot) -> None:
    """A round gets its rooms; a session on stage gets its conversation."""
    if slot.kind == Kind.ROUND:
        round = open_round(session)
        for title, theme in slot.rooms:
            add_room(round, title=title, theme=theme, capacity=ROOM_PLACES, hosts="two facilitators (placeholders)")
    elif slot.kind not in {Kind.BREAK, Kind.LOBBY}:
        open_session_conversation(session)


def build_library(event: Event, now: datetime) -> None:
    for title, category, summary, lines in DOCUMENTS:
        data, filename = text_pdf(title, lines), f"{title.lower().replace(' ', '-')}.pdf"
        add_document(
            event, title=title, summary=summary, category=category, filename=filename, data=data, by=None, now=now
        )


def build_film(event: Event, now: datetime) -> None:
    """Made once by ffmpeg, then kept with the data of this machine."""
    film, captions = demonstration_film(settings.DATA_DIR / "demonstration")
    publish_film(event.sessions.get(title=FILM_OF), film, captions, now=now)


def build_talk(event: Event, now: datetime) -> None:
    """A few words in the lounge; the same identifiers again say nothing twice."""
    lounge = open_lounge(event)
    authors = {delegate.user.email: delegate for delegate in event.delegates.select_related("user")}
    for email, text in LOUNGE:
        if email in authors:
            post_message(lounge, authors[email], text, client_id=uuid.uuid5(uuid.NAMESPACE_URL, text), now=now)
