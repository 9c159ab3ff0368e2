"""Who runs what is beside a conversation: organisers, and whoever its kind says leads it."""

from collections.abc import Callable

from networking.models import Conversation
from networking.policy import may_hear
from portal.events.policy import Reach
from portal.people.access import Visitor
from portal.people.models import Delegate

Leads = Callable[[Conversation, Delegate], bool]

_leaders: dict[str, Leads] = {}


def register_leaders(kind: str, leads: Leads) -> None:
    """``leads(conversation, delegate)`` says whether this delegate runs questions and polls there."""
    _leaders[kind] = leads


def may_lead(visitor: Visitor, conversation: Conversation) -> bool:
    if not may_hear(visitor, conversation):
        return False
    if visitor.is_organiser:
        return True
    leads = _leaders.get(conversation.kind)
    if leads is None or visitor.delegate is None or not visitor.may(Reach.CHOOSE):
        return False
    return leads(conversation, visitor.delegate)
