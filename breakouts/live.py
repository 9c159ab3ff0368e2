"""The gauge ``round.<id>.places``: what it says and who may hear it."""

from datetime import datetime
from typing import Any

from breakouts.queries import places_state
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.people.access import Visitor


def may_see(visitor: Visitor, round_id: int) -> bool:
    return visitor.may(Reach.LOBBY) and visitor.event.sessions.filter(round=round_id).exists()


def state(round_id: int, now: datetime) -> dict[str, Any]:
    return places_state(round_id, now)


# What is left decides what people press next.
PLACES = ChannelKind(name="round.places", may_hear=may_see, state=state, is_urgent=True)
