"""Where "now" takes people: a kind of session may lead somewhere other than its own page."""

from collections.abc import Callable

from portal.programme.models import Session

Whereabouts = Callable[[Session], str | None]

_places: dict[str, Whereabouts] = {}


def register_whereabouts(kind: str, place: Whereabouts) -> None:
    """``place(session)`` gives an address of this portal, or None for the session's own page."""
    _places[kind] = place


def find_url(session: Session) -> str:
    place = _places.get(session.kind)
    return (place(session) if place else None) or session.get_absolute_url()
