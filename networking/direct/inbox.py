"""What waits for a person: unread talk, calls by name and requests. A gauge of their own."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string

from networking.direct.models import Reading, State, TalkRequest
from networking.joining import came_after
from networking.models import Conversation, Kind, Mention, Message, OpenTo, Participant, is_shown
from networking.policy import takes_part_in
from networking.safety.queries import has_blocked
from portal.events.policy import Reach
from portal.live.registry import ChannelKind
from portal.live.services import touch
from portal.people.access import Visitor
from portal.people.models import Delegate

_NEW = Q(is_late=True) | Q(message__gt=F("read_to"))


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
    """Direct talks with ``unread``, the most of it first. Without those of two where one blocked the other."""
    place = places_in_talk([delegate.pk]).filter(conversation=OuterRef("pk"))
    talks = Conversation.objects.filter(Exists(place)).annotate(unread=Subquery(place.values("unread")))
    return talks.order_by("-unread", "-pk")


def places_in_talk(delegate_ids: Collection[int]) -> QuerySet[Any]:
    """Their places in direct talks, each with how much is ``unread``: of what others said since they read there.

    Counted place by place, so that what is asked of a place is asked once and not of every message.
    """
    places = Participant.objects.filter(delegate__in=delegate_ids, until=None, conversation__kind=Kind.DIRECT)
    places = places.exclude(_is_between_blocked()).annotate(read_to=_read_to("delegate", "conversation"))
    said = Message.objects.filter(conversation=OuterRef("conversation"), pk__gt=OuterRef("read_to"))
    said = said.filter(is_shown()).exclude(author=OuterRef("delegate"))
    heard = said.exclude(author__blocked_by__blocker=OuterRef("delegate")).order_by()
    counted = heard.values("conversation").annotate(number=Count("pk")).values("number")
    return places.annotate(unread=Coalesce(Subquery(counted), 0))


class Mark(NamedTuple):
    """``read_to`` is the id of the last message read; 0 for who has never been. ``is_called``: since, by a change."""

    read_to: int = 0
    is_called: bool = False


def read_mark(delegate: Delegate | None, conversation: Conversation) -> Mark:
    if delegate is None:
        return Mark()
    late = delegate.mentions.filter(message__conversation=conversation, is_late=True)
    marks = Reading.objects.filter(delegate=delegate, conversation=conversation)
    found = marks.annotate(is_called=Exists(late)).values_list("up_to", "is_called").first()
    return Mark(*found) if found else Mark()


def first_unread(messages: Sequence[Message], read_to: int, delegate: Delegate | None) -> int | None:
    """Where "new since you were here" stands; nowhere for who comes for the first time."""
    if not read_to or delegate is None:
        return None
    return next((each.pk for each in messages if each.pk > read_to and each.author_id != delegate.pk), None)


def calls_of(delegate_ids: Collection[int]) -> QuerySet[Mention]:
    """Where these delegates were called by name and may still read it, newest first, with nobody they blocked.

    ``read_to`` is how far each has read there.
    """
    calls = Mention.objects.filter(delegate__in=delegate_ids, message__removed_at=None, message__hidden_at=None)
    heard = Q(message__conversation__open_to=OpenTo.EVENT) | takes_part_in("message__conversation", "delegate")
    calls = calls.filter(heard).exclude(has_blocked("delegate", "message__author"))
    calls = calls.exclude(came_after("message", "delegate"))
    calls = calls.annotate(read_to=_read_to("delegate", "message__conversation"))
    return calls.annotate(is_new=_NEW).order_by("-pk")


def requests_to(delegate_ids: Collection[int]) -> QuerySet[TalkRequest]:
    """What waits for their answer, with nobody blocked in either direction."""
    waiting = TalkRequest.objects.filter(receiver__in=delegate_ids, state=State.PENDING, sender__suspended_at=None)
    return waiting.exclude(has_blocked("receiver", "sender")).exclude(has_blocked("sender", "receiver"))


def count_waiting(delegate_ids: Collection[int]) -> dict[int, Waiting]:
    """For each of these delegates, in three queries for all."""
    messages = dict(places_in_talk(delegate_ids).values_list("delegate").annotate(number=Sum("unread")))
    calls = _numbers(calls_of(delegate_ids).filter(_NEW), "delegate")
    requests = _numbers(requests_to(delegate_ids), "receiver")
    return {pk: Waiting(messages.get(pk, 0), calls.get(pk, 0), requests.get(pk, 0)) for pk in delegate_ids}


def inbox_states(delegate_ids: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    totals = {pk: waiting.total for pk, waiting in count_waiting(delegate_ids).items()}
    badge = "networking/direct/_badge.html"
    html = {total: render_to_string(badge, {"total": total}) for total in set(totals.values())}
    return {pk: {"html": html[total], "total": total} for pk, total in totals.items()}


def may_hear_inbox(visitor: Visitor, delegate_id: int) -> bool:
    return visitor.delegate is not None and visitor.delegate.pk == delegate_id and visitor.may(Reach.LISTEN)


def touch_inboxes(delegate_ids: Iterable[int]) -> None:
    for delegate_id in set(delegate_ids):
        touch(f"inbox.{delegate_id}")


KIND = ChannelKind(name="inbox", may_hear=may_hear_inbox, states=inbox_states)


def _is_between_blocked() -> Q:
    """Of places: whether only one other is in the talk, with a block between the two."""
    present = Participant.objects.filter(until=None)
    together = Q(delegate__blocks__blocked__participations__conversation=F("conversation"))
    with_a_block = present.filter(together, delegate__blocks__blocked__participations__until=None)
    others = present.filter(conversation=OuterRef("conversation")).exclude(delegate=OuterRef("delegate"))
    return Q(conversation__in=with_a_block.values("conversation")) & Q(~Exists(others[1:]))


def _read_to(reader: str, conversation: str) -> Coalesce:
    marks = Reading.objects.filter(delegate=OuterRef(reader), conversation=OuterRef(conversation))
    return Coalesce(Subquery(marks.values("up_to")), 0)


def _numbers(rows: QuerySet[Any], whose: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(whose).annotate(number=Count("pk")))
