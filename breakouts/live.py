"""The gauge ``round.<id>.places``: what it says and who may hear it."""

from breakouts.queries import places_state
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.people.access import Visitor


def may_see(visitor: Visitor, round_id: int) -> bool:
    return visitor.may(Reach.LOBBY) and visitor.event.sessions.filter(round=round_id).exists()


# What is left decides what people press next.
PLACES = ChannelKind(name="round.places", may_hear=may_see, state=places_state, is_urgent=True)
