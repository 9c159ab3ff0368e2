"""What open pages are told at once: where a delegate may not write just now, and how fast all may."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from networking.frames import may_hear_channel
from networking.safety.models import Mute
from networking.standing import find_conversation, muted_words, pace_words
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.people.access import Visitor


def mute_states(delegate_ids: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    """By conversation the words for each who is muted there; a mute that has run out goes with the next round."""
    muted: dict[int, dict[str, str]] = defaultdict(dict)
    mutes = Mute.objects.holding(now).filter(delegate__in=delegate_ids).select_related("conversation__event")
    for mute in mutes.order_by("pk"):
        muted[mute.delegate_id][str(mute.conversation_id)] = muted_words(mute.conversation.event, mute.until)
    return {pk: {"muted": muted[pk]} for pk in delegate_ids}


def may_hear_mutes(visitor: Visitor, delegate_id: int) -> bool:
    return visitor.delegate is not None and visitor.delegate.pk == delegate_id and visitor.may(Reach.LISTEN)


def pace_state(conversation_id: int, now: datetime) -> dict[str, Any]:
    conversation = find_conversation(conversation_id)
    return {"html": pace_words(conversation.slow_seconds if conversation else 0)}


KINDS = (
    ChannelKind(name="mutes", may_hear=may_hear_mutes, states=mute_states),
    ChannelKind(name="conversation.pace", may_hear=may_hear_channel, state=pace_state),
)
