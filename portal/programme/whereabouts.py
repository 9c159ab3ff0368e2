"""Where "now" takes people: a kind of session may lead somewhere other than its own page, and go on for some longer."""

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.programme.models import Session

Whereabouts = Callable[[Session], str | None]

Overtimes = Callable[[list[Session]], dict[int, datetime]]

_places: dict[str, Whereabouts] = {}
_overtimes: dict[str, Overtimes] = {}


def register_whereabouts(kind: str, place: Whereabouts) -> None:
    """``place(session)`` gives an address of this portal, or None for the session's own page."""
    _places[kind] = place


def find_url(session: Session) -> str:
    place = _places.get(session.kind)
    return (place(session) if place else None) or session.get_absolute_url()


def register_overtimes(kind: str, overtimes: Overtimes) -> None:
    """``overtimes(sessions)`` says by number until when rooms of a session go on beyond its end."""
    _overtimes[kind] = overtimes


def find_overtimes(sessions: Iterable[Session]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for kind, overtimes in _overtimes.items():
        if of_kind := [session for session in sessions if session.kind == kind]:
            found |= overtimes(of_kind)
    return found
