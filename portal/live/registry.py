"""What the gateway may carry, and whom it lets in: registered by the apps that own it.

A higher package calls these from ``AppConfig.ready()``; the gateway itself imports none of them.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.contrib.auth.models import AbstractBaseUser

_NAME = re.compile(r"([a-z][a-z_]*)\.([1-9][0-9]{0,17})(?:\.([a-z][a-z_]*))?")


@dataclass(frozen=True)
class Frame:
    """One change of a log, as every listener sees it.

    ``html`` is the rendered fragment (empty for a tombstone); ``body`` is small JSON metadata.
    ``by`` is the user whose words they are; it is not sent, and those they are hidden from get ``skipped``.
    ``row`` is the number of what changed, where somebody may hear only what came later (``Since``); not sent either.
    """

    version: int
    kind: str
    html: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    by: int = 0
    row: int = 0


@dataclass(frozen=True)
class Since:
    """Yes, from this row on: whoever hears it so gets ``skipped`` for the frames of earlier rows."""

    row: int


def is_skipped(by: int, row: int, *, unheard: frozenset[int], start: int) -> bool:
    """Whether a frame is not for one who does not hear these users, nor what is of before the row ``start``."""
    return by in unheard or 0 < row < start


# What the door knows of whom it lets in, whatever that is; the gateway only hands it on.
Guest = Any
MayHear = Callable[[Guest, int], bool | Since]
FramesAfter = Callable[[int, int, int], list[Frame]]
State = Callable[[int, datetime], dict[str, Any]]
States = Callable[[Collection[int], datetime], Mapping[int, dict[str, Any]]]
MayType = Callable[[int, int, datetime], bool]


@dataclass(frozen=True, kw_only=True)
class ChannelKind:
    """One kind of channel: a log when it has ``frames_after``, a gauge when it has ``state`` or ``states``.

    ``name`` is the channel's name with the id taken out: ``conversation``, ``round.places``.
    ``may_hear(guest, id)`` is asked at listening and when rights change, of those whom the door lets in;
    for a log it may answer ``Since``.
    ``frames_after(id, version, limit)`` gives at most ``limit`` frames, in version order; it
    leaves out versions whose rows a later change stamped again.
    ``state(id, now)`` gives the whole state as JSON, its rendered form under ``html``.
    ``states(ids, now)`` gives it of each of many: for gauges that everybody has one of, which are read together.
    ``may_type(user_id, id, now)`` says of who hears it whether others may be told that they are writing; without
    it everybody may.
    ``at_most_every``: how many seconds lie between two tellings at least, one where nothing is said.
    ``is_urgent``: told every second however many listen, because people act on it; others the seldomer
    the more listen.
    Raises ValueError unless it has exactly one of the three.
    """

    name: str
    may_hear: MayHear
    frames_after: FramesAfter | None = None
    state: State | None = None
    states: States | None = None
    may_type: MayType | None = None
    at_most_every: float = 1.0
    is_urgent: bool = False

    def __post_init__(self) -> None:
        if [self.frames_after, self.state, self.states].count(None) != 2:
            raise ValueError(f"{self.name} must be a log or a gauge: frames_after, state or states.")


@dataclass(frozen=True)
class Channel:
    """A channel's name resolved to its kind and the id inside it."""

    name: str
    kind: ChannelKind
    id: int


@dataclass(frozen=True)
class Admission:
    """May this user hold a socket in this event now; ``until`` is when to ask again (None: never).

    ``guest`` is what each channel is asked with, so that whoever they are is looked up once.
    """

    kind: Literal["in", "forbidden", "closed"]
    until: datetime | None = None
    guest: Guest = None


Door = Callable[[AbstractBaseUser, str, datetime], Admission]
Witness = Callable[[str, Mapping[int, bool], datetime], None]

HiddenFrom = Callable[[int, str], frozenset[int]]
Revoked = Callable[[int, str], None]

_kinds: dict[str, ChannelKind] = {}
_hidden: list[HiddenFrom] = []
_doors: list[Door] = []
_witnesses: list[Witness] = []
_revoked: list[Revoked] = []


def register_channel(kind: ChannelKind) -> None:
    """Raises ValueError when another kind already has the name."""
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"Two channel kinds are named {kind.name}.")
    _kinds[kind.name] = kind


def register_door(door: Door) -> None:
    """``door(user, event_slug, now)`` decides who may hold a socket; there is one door."""
    _doors[:] = [door]


def register_witness(witness: Witness) -> None:
    """``witness(event_slug, users, now)`` is called in a thread with who is connected, and whether they look at a tab.

    Every 15 seconds with all of them, and within a second or two with those who just came.
    """
    if witness not in _witnesses:
        _witnesses.append(witness)


def register_hidden_from(hidden_from: HiddenFrom) -> None:
    """``hidden_from(user_id, event_slug)`` gives the users whose words this one must not see; there is one rule.

    It is asked when a socket opens and when rights change, so a change of it ends with ``revoke``.
    """
    _hidden[:] = [hidden_from]


def ask_hidden_from(user_id: int, event: str) -> frozenset[int]:
    return _hidden[0](user_id, event) if _hidden else frozenset()


def register_revoked(revoked: Revoked) -> None:
    """``revoked(user_id, event_slug)`` is called once a revocation has committed, in its writer's thread.

    The slug is empty where it concerns all events. For what a lost right must end beside sockets.
    """
    if revoked not in _revoked:
        _revoked.append(revoked)


def tell_revoked(user_id: int, event: str) -> None:
    for revoked in _revoked:
        revoked(user_id, event)


def find_channel(name: str) -> Channel | None:
    """None when the name is malformed or no app has registered its kind."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return None
    prefix, number, suffix = parts.groups()
    kind = _kinds.get(f"{prefix}.{suffix}" if suffix else prefix)
    return Channel(name, kind, int(number)) if kind else None


def ask_door(user: AbstractBaseUser, event: str, now: datetime) -> Admission:
    """A portal that has not said who may come in lets nobody in."""
    if not _doors:
        return Admission("forbidden")
    return _doors[0](user, event, now)


def witnesses() -> tuple[Witness, ...]:
    return tuple(_witnesses)
