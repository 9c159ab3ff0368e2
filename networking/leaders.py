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
    rows = _leaders.get(conversation.kind)
    return Q(pk__in=[]) if rows is None else Q(pk__in=rows.filter(conversation=conversation.pk).values("delegate"))


def led_by(delegate: Delegate) -> Q:
    """Of conversations: those this delegate leads."""
    by_kind = [
        Q(kind=kind, pk__in=rows.filter(delegate=delegate).values("conversation")) for kind, rows in _leaders.items()
    ]
    return reduce(or_, by_kind, Q(pk__in=[]))


def led_in(conversation: str, delegate: str) -> Q:
    """Of rows that name a conversation and a delegate: those where the delegate leads it."""
    named = {"conversation": OuterRef(conversation), "delegate": OuterRef(delegate)}
    return reduce(or_, [Q(Exists(rows.filter(**named))) for rows in _leaders.values()], Q(pk__in=[]))
