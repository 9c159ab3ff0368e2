"""Who may vote: whoever may speak there."""

from networking.models import Conversation
from networking.policy import may_speak
from portal.people.access import Visitor


def may_vote(visitor: Visitor, conversation: Conversation) -> bool:
    """Also while muted: a mute takes somebody's words away, and a vote shows none of theirs to anybody."""
    return may_speak(visitor, conversation)
