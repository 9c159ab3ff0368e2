"""Who reaches what, by phase. The one function every page, socket, file and feed asks."""

from datetime import datetime, timedelta
from enum import StrEnum, auto

from portal.events.models import Event
from portal.window import midnight


class Phase(StrEnum):
    ANNOUNCED = auto()
    REGISTRATION = auto()
    OPEN = auto()
    LIVE = auto()
    ON_DEMAND = auto()
    CLOSED = auto()


class Reach(StrEnum):
    """What a page or an act needs."""

    FRONT = auto()  # event page, privacy, accessibility
    REGISTER = auto()
    OWN = auto()  # my registration, my data, calendar
    PROGRAMME = auto()
    LOBBY = auto()  # lobby, directory, library: to read
    WRITE = auto()  # the same: to change
    CHOOSE = auto()  # rooms, questions early
    LOUNGE = auto()  # speak in the lounge and directly
    TALK = auto()  # speak at the stage and in rooms
    LISTEN = auto()  # read what was said
    RECORDINGS = auto()


_BEFORE = {Reach.FRONT, Reach.REGISTER, Reach.OWN, Reach.PROGRAMME}
_OPEN = _BEFORE | {Reach.LOBBY, Reach.WRITE, Reach.CHOOSE, Reach.LOUNGE, Reach.LISTEN}
REACHES: dict[Phase, set[Reach]] = {
    Phase.ANNOUNCED: {Reach.FRONT},
    Phase.REGISTRATION: _BEFORE,
    Phase.OPEN: _OPEN,
    Phase.LIVE: _OPEN | {Reach.TALK, Reach.RECORDINGS},
    Phase.ON_DEMAND: {
        Reach.FRONT, Reach.OWN, Reach.PROGRAMME, Reach.LOBBY, Reach.LISTEN, Reach.RECORDINGS,
    },
    Phase.CLOSED: {Reach.FRONT, Reach.OWN},
}  # fmt: skip


def phase_of(event: Event, now: datetime) -> Phase:
    """The phase by the clock alone."""
    for phase, ends in boundaries(event):
        if now < ends:
            return phase
    return Phase.CLOSED


def boundaries(event: Event) -> list[tuple[Phase, datetime]]:
    """Each phase with the moment at which it ends, in order; closed never ends."""
    window = event.window
    first = midnight(event.first_day, event.zone)
    after = midnight(event.last_day + timedelta(days=1), event.zone)
    ends = [(Phase.REGISTRATION, window.opens), (Phase.OPEN, first), (Phase.LIVE, after)]
    if event.registration_opens:
        ends.insert(0, (Phase.ANNOUNCED, min(event.registration_opens, window.opens)))
    return [*ends, (Phase.ON_DEMAND, window.closes)]


def next_boundary(event: Event, now: datetime) -> datetime | None:
    """When the phase changes next, so when rights must be asked again."""
    return next((ends for _, ends in boundaries(event) if now < ends), None)


def may_reach(event: Event, reach: Reach, now: datetime) -> bool:
    """What the clock allows a delegate. Organisers are asked nothing here."""
    return reach in REACHES[phase_of(event, now)]
