"""What blocks, mutes and reports say when others ask."""

from datetime import datetime
from typing import Any

from django.db.models import BigAutoField, Exists, OuterRef, Prefetch, Q, QuerySet, SlugField

from networking.models import Conversation, Message, Wording
from networking.naming import names_in
from networking.safety.models import Announce, Block, Manner, Mute, Outcome, Report
from portal.events.models import Event
from portal.people.models import Delegate
from portal.prepared import Blank, Prepared

MOST_UNHEARD = 20


def hidden_from(user_id: int, event_slug: str) -> frozenset[int]:
    """The users whose words this one must not see. The one answer for pages, catching up, search and sockets."""
    return frozenset(_HIDDEN.numbers(user=user_id, event_slug=event_slug))


def _hidden() -> "QuerySet[Any, Any]":
    blocks = Block.objects.filter(blocker__event__slug=Blank("event_slug", SlugField()))
    return blocks.filter(blocker__user=Blank("user", BigAutoField())).values_list("blocked__user_id")


_HIDDEN = Prepared(_hidden)


def is_hidden(message: Message, viewer: Delegate | None) -> bool:
    return viewer is not None and Block.objects.filter(blocker=viewer, blocked=message.author_id).exists()


def unheard_in(conversation: Conversation, leader: Delegate | None) -> list[Message]:
    """What those said whom somebody who leads here has blocked, newest first: out of their sight, and in their care."""
    if leader is None:
        return []
    said = conversation.messages.filter(author__in=leader.blocks.values("blocked"), removed_at=None)
    return list(said.select_related("author").order_by("-pk")[:MOST_UNHEARD])


def blocks_between(one: Delegate, others: QuerySet[Delegate] | list[Delegate]) -> QuerySet[Block]:
    """Blocks in either direction."""
    return Block.objects.filter(Q(blocker=one, blocked__in=others) | Q(blocked=one, blocker__in=others))


def has_blocked(blocker: str, blocked: str) -> Exists:
    """Of rows that name two delegates: whether the first has blocked the second."""
    return Exists(Block.objects.filter(blocker=OuterRef(blocker), blocked=OuterRef(blocked)))


def without_blocks(people: QuerySet[Delegate], viewer: Delegate | None) -> QuerySet[Delegate]:
    """People as one of them sees them: who blocked whom, they do not find each other."""
    if viewer is None:
        return people
    return people.exclude(blocks__blocked=viewer).exclude(blocked_by__blocker=viewer)


def mute_of(conversation: Conversation, delegate: Delegate, now: datetime) -> Mute | None:
    return conversation.mutes.holding(now).filter(delegate=delegate).first()


def mutes_in(conversation: Conversation, now: datetime, *, by_own_names: bool) -> list[Mute]:
    """Who is muted, each with the ``name`` its reader may know them by: organisers their own, others the talk's."""
    known = None if by_own_names else names_in(conversation)
    mutes = list(conversation.mutes.holding(now).select_related("delegate"))
    for mute in mutes:
        mute.name = mute.delegate.name if known is None else known.get(mute.delegate_id, "Somebody")
    return sorted(mutes, key=lambda mute: mute.name)


def announce_of(delegate: Delegate | None) -> str:
    manner = Manner.objects.filter(delegate=delegate).first() if delegate else None
    return manner.announce if manner else Announce.MENTIONS


def open_reports(event: Event) -> list[Report]:
    """What waits for an organiser, danger first; several reports of the same words are together."""

    def order(report: Report) -> tuple[bool, int, int, int]:
        return report.reason != "danger", report.message_id or 0, report.question_id or 0, report.pk

    return sorted(_reports(event).filter(outcome=""), key=order)


ON_WORDS = {
    Outcome.NOTHING: "Leave it: no rule was broken",
    Outcome.SPOKEN: "Leave it: the organisers have spoken with the person",
    Outcome.REMOVED: "Remove it",
    Outcome.MUTED: "Remove it, and mute the person there for an hour",
    Outcome.SUSPENDED: "Remove it, and put the person out of the event",
}
ON_A_PERSON = {
    Outcome.NOTHING: "Do nothing: no rule was broken",
    Outcome.SPOKEN: "Do nothing more: the organisers have spoken with the person",
    Outcome.SUSPENDED: "Put the person out of the event",
}


def acts_of(report: Report) -> dict[Outcome, str]:
    """What can be done about it, in words for who decides.

    Of an anonymous question nobody knows whose words they are; of a person there are no words to remove, and no place
    to be muted in.
    """
    if not report.about_id:
        return {outcome: ON_WORDS[outcome] for outcome in (Outcome.NOTHING, Outcome.REMOVED)}
    return ON_WORDS if report.message_id or report.question_id else ON_A_PERSON


def decided_reports(event: Event) -> list[Report]:
    return list(_reports(event).exclude(outcome="").order_by("-decided_at")[:50])


def _reports(event: Event) -> QuerySet[Report]:
    wordings = Prefetch("message__wordings", Wording.objects.order_by("pk"))
    return (
        event.reports.select_related(
            "reporter",
            "about",
            "decided_by",
            "message__author",
            "message__conversation__event",
            "question__asker",
            "question__conversation__event",
        )
        .prefetch_related(wordings)
        .order_by("pk")
    )
