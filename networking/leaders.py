"""Who leads conversations of a kind, as the app that shows them says."""

from collections.abc import Callable

from networking.models import Conversation
from portal.people.models import Delegate

Leads = Callable[[Conversation, Delegate], bool]

_leaders: dict[str, Leads] = {}


def register_leaders(kind: str, leads: Leads) -> None:
    """``leads(conversation, delegate)`` says whether this delegate moderates it and runs questions and polls there.

    Who leads a conversation hears it, a participant or not.
    """
    _leaders[kind] = leads


def leads(conversation: Conversation, delegate: Delegate) -> bool:
    asked = _leaders.get(conversation.kind)
    return asked is not None and asked(conversation, delegate)
