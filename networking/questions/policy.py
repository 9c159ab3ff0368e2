"""Who may ask and vote: earlier than one may talk, from the day the portal opens."""

from networking.hours import is_open
from networking.models import Conversation
from networking.policy import may_hear
from networking.safety.queries import mute_of
from portal.events.policy import Reach
from portal.people.access import Visitor


def may_ask(visitor: Visitor, conversation: Conversation) -> bool:
    """Only a delegate asks and votes, so an organiser registers to do so; nobody while they are muted there."""
    if visitor.delegate is None or conversation.closed_at or not may_hear(visitor, conversation):
        return False
    if mute_of(conversation, visitor.delegate, visitor.now):
        return False
    return visitor.is_organiser or (visitor.may(Reach.CHOOSE) and is_open(conversation, visitor.now))
