"""Who may read and watch what. Asked by every page and every file."""

from library.models import Document, Recording, State
from portal.events.policy import Reach
from portal.people.access import Visitor

_PLAYABLE = {State.READY, State.PUBLISHED, State.WITHDRAWN}


def may_read(visitor: Visitor, document: Document) -> bool:
    return visitor.is_organiser or (document.published and visitor.belongs and visitor.may(Reach.LOBBY))


def may_watch(visitor: Visitor, recording: Recording) -> bool:
    """Organisers may look before it is published."""
    if visitor.is_organiser:
        return recording.state in _PLAYABLE
    return recording.is_out and visitor.belongs and visitor.may(Reach.RECORDINGS)
