"""Who runs what is beside a conversation: organisers, and whoever its kind says leads it."""

from networking.leaders import leads
from networking.models import Conversation
from networking.policy import may_hear
from portal.events.policy import Reach
from portal.people.access import Visitor


def may_lead(visitor: Visitor, conversation: Conversation) -> bool:
    if not may_hear(visitor, conversation):
        return False
    if visitor.is_organiser:
        return True
    if visitor.delegate is None or not visitor.may(Reach.CHOOSE):
        return False
    return leads(conversation, visitor.delegate)
