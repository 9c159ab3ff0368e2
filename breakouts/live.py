"""The gauge ``round.<id>.places``: what it says and who may hear it."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404

from breakouts.queries import places_state
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.people.access import visit


def may_see(user: AbstractBaseUser, event_slug: str, round_id: int, now: datetime) -> bool:
    try:
        visitor = visit(user, event_slug, now)
    except Http404:
        return False
    if not (visitor.belongs and visitor.may(Reach.LOBBY)):
        return False
    return visitor.event.sessions.filter(round=round_id).exists()


def state(round_id: int, now: datetime) -> dict[str, Any]:
    return places_state(round_id, now)


# What is left decides what people press next.
PLACES = ChannelKind(name="round.places", may_hear=may_see, state=state, is_urgent=True)
