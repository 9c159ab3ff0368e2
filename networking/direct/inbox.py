"""What waits for a person: unread talk, calls by name and requests. A gauge of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from networking.direct.models import Reading, State, TalkRequest
from networking.models import Conversation, Kind, Mention, Message
from networking.safety.models import Block
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.live.services import touch
from portal.people.access import Visitor
from portal.people.models import Delegate


@dataclass(frozen=True)
class Waiting:
    """How much waits: unread messages in direct talks, unread calls by name, requests to answer."""

    messages: int
    calls: int
    requests: int

    @property
    def total(self) -> int:
        return self.messages + self.calls + self.requests


def talks_of(delegate: Delegate) -> QuerySet[Conversation]:
    """Direct talks with ``unread``, the busiest lately first. Without those of two where one blocked the other."""
    mark = Reading.objects.filter(delegate=delegate, conversation=OuterRef("pk")).values("up_to")
    blocked = Block.objects.filter(blocker=delegate).values("blocked")
    talks = Conversation.objects.filter(
        kind=Kind.DIRECT, pk__in=delegate.participations.filter(until=None).values("conversation")
    )
    fresh = Q(messages__pk__gt=F("read_to"), messages__removed_at=None, messages__hidden_at=None)
    theirs = ~Q(messages__author=delegate) & ~Q(messages__author__in=blocked)
    return (
        talks.annotate(read_to=Coalesce(Subquery(mark), 0))
        .annotate(unread=Count("messages", filter=fresh & theirs, distinct=True))
        .order_by("-unread", "-pk")
    )


def read_mark(delegate: Delegate | None, conversation: Conversation) -> int:
    """The id of the last message read here; 0 for who has never been."""
    marks = Reading.objects.filter(delegate=delegate, conversation=conversation) if delegate else Reading.objects.none()
    return marks.values_list("up_to", flat=True).first() or 0


def first_unread(messages: Sequence[Message], read_to: int, delegate: Delegate | None) -> int | None:
    """Where "new since you were here" stands; nowhere for who comes for the first time."""
    if not read_to or delegate is None:
        return None
    return next((each.pk for each in messages if each.pk > read_to and each.author_id != delegate.pk), None)


def calls_of(delegate: Delegate) -> QuerySet[Mention]:
    """Where this person was called by name, newest first, with nobody they blocked."""
    blocked = Block.objects.filter(blocker=delegate).values("blocked")
    mark = Reading.objects.filter(delegate=delegate, conversation=OuterRef("message__conversation")).values("up_to")
    shown = delegate.mentions.filter(message__removed_at=None, message__hidden_at=None)
    shown = shown.exclude(message__author__in=blocked)
    return shown.annotate(read_to=Coalesce(Subquery(mark), 0)).order_by("-pk")


def requests_to(delegate: Delegate) -> QuerySet[TalkRequest]:
    """What waits for an answer, with nobody blocked in either direction."""
    waiting = delegate.requests_received.filter(state=State.PENDING)
    blocked = Block.objects.filter(blocker=delegate).values("blocked")
    return waiting.exclude(sender__in=blocked).exclude(sender__suspended_at__isnull=False)


def count_waiting(delegate: Delegate) -> Waiting:
    return Waiting(
        messages=sum(talk.unread for talk in talks_of(delegate)),  # type: ignore[attr-defined]
        calls=calls_of(delegate).filter(message__pk__gt=F("read_to")).count(),
        requests=requests_to(delegate).count(),
    )


def inbox_state(delegate_id: int, now: datetime) -> dict[str, Any]:
    waiting = count_waiting(Delegate.objects.get(pk=delegate_id))
    html = render_to_string("networking/direct/_badge.html", {"total": waiting.total})
    return {"html": html, "total": waiting.total}


def may_hear_inbox(visitor: Visitor, delegate_id: int) -> bool:
    return visitor.delegate is not None and visitor.delegate.pk == delegate_id and visitor.may(Reach.LISTEN)


def touch_inboxes(delegate_ids: Iterable[int]) -> None:
    for delegate_id in set(delegate_ids):
        touch(f"inbox.{delegate_id}")


KIND = ChannelKind(name="inbox", may_hear=may_hear_inbox, state=inbox_state)
