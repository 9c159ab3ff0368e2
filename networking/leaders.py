"""Who leads conversations of a kind, as the app that shows them says."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from networking.models import Conversation
from portal.people.models import Delegate

_leaders: "dict[str, QuerySet[Any, Any]]" = {}


def register_leaders(kind: str, rows: "QuerySet[Any, Any]") -> None:
    """``rows`` has one for each who leads, with its ``conversation`` and ``delegate``.

    They moderate it, run questions and polls there, and hear it, participants or not.
    """
    _leaders[kind] = rows


def leads(conversation: Conversation, delegate: Delegate) -> bool:
    rows = _leaders.get(conversation.kind)
    return rows is not None and rows.filter(conversation=conversation.pk, delegate=delegate).exists()


def leading(conversation: Conversation) -> Q:
    """Of delegates: those who lead it."""
    return led(conversation.pk, OuterRef("pk"))


def led(conversation: int | OuterRef, delegate: Delegate | OuterRef) -> Q:
    """Of rows: those where the delegate leads the conversation. Each is given, or a column of the row."""
    named = {"conversation": conversation, "delegate": delegate}
    return reduce(or_, [Q(Exists(rows.filter(**named))) for rows in _leaders.values()], Q(pk__in=[]))
