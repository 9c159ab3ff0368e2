"""What somebody is called in a conversation: whoever shows a kind of conversation may let people choose."""

from collections.abc import Callable

from networking.models import Conversation
from portal.people.models import Delegate

NameOf = Callable[[Conversation, Delegate], str]

_names: dict[str, NameOf] = {}


def register_names(kind: str, name_of: NameOf) -> None:
    """``name_of(conversation, delegate)`` gives the name they go by there, or nothing for their own."""
    _names[kind] = name_of


def known_as(conversation: Conversation, delegate: Delegate) -> str:
    asked = _names.get(conversation.kind)
    return asked(conversation, delegate) if asked else ""
