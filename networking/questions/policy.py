"""Who may ask and vote: earlier than one may talk, from the day the portal opens."""

from networking.hours import is_open
from networking.models import Conversation
from networking.policy import may_hear
from portal.events.policy import Reach
from portal.people.access import Visitor


def may_ask(visitor: Visitor, conversation: Conversation) -> bool:
    """Only a delegate asks and votes, so an organiser registers to do so."""
    if visitor.delegate is None or not may_hear(visitor, conversation):
        return False
    return visitor.is_organiser or (visitor.may(Reach.CHOOSE) and is_open(conversation, visitor.now))
