"""What somebody is called in a conversation: whoever shows a kind of conversation may let people choose."""

from collections.abc import Callable

from networking.models import Conversation
from portal.people.models import Delegate

NamesIn = Callable[[Conversation, Delegate | None], dict[int, str]]

_names: dict[str, NamesIn] = {}


def register_names(kind: str, names: NamesIn) -> None:
    """``names(conversation, delegate)`` gives names by the number of the delegate.

    Of that one only a name that is another than their own; for None the names of all who have come in.
    """
    _names[kind] = names


def known_as(conversation: Conversation, delegate: Delegate) -> str:
    """The name they go by there, or nothing for their own."""
    asked = _names.get(conversation.kind)
    return asked(conversation, delegate).get(delegate.pk, "") if asked else ""


def names_in(conversation: Conversation) -> dict[int, str] | None:
    """What everybody there goes by; None where all go by their own names."""
    asked = _names.get(conversation.kind)
    return asked(conversation, None) if asked else None
