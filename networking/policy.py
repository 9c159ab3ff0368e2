"""Who may hear and who may speak."""

from networking.models import Conversation, Kind, OpenTo
from portal.events.policy import Reach
from portal.people.access import Visitor


def may_hear(visitor: Visitor, conversation: Conversation) -> bool:
    """Organisers always; else a delegate of the event, in time, and a participant where it is not open to all."""
    if conversation.event_id != visitor.event.pk or not visitor.belongs:
        return False
    return visitor.is_organiser or (visitor.may(Reach.LISTEN) and takes_part(visitor, conversation))


def may_speak(visitor: Visitor, conversation: Conversation) -> bool:
    """Only a delegate speaks, so an organiser registers to say something."""
    reach = Reach.LOUNGE if conversation.kind == Kind.LOUNGE else Reach.TALK
    return visitor.delegate is not None and may_hear(visitor, conversation) and visitor.may(reach)


def takes_part(visitor: Visitor, conversation: Conversation) -> bool:
    if conversation.open_to == OpenTo.EVENT:
        return True
    return conversation.participants.filter(delegate=visitor.delegate, until=None).exists()
