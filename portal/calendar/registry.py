"""Where a person is at a session: another app may know a room for it."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.people.models import Delegate


@dataclass(frozen=True)
class Place:
    """``url`` is an address of this portal, from its first slash."""

    title: str
    url: str


# By the number of a session, for those in which this delegate has chosen a place.
Places = Callable[[Delegate], dict[int, Place]]

_sources: list[Places] = []


def register_places(places: Places) -> None:
    if places not in _sources:
        _sources.append(places)


def places_of(delegate: Delegate) -> dict[int, Place]:
    return {session: place for places in _sources for session, place in places(delegate).items()}
