"""What the pages of questions read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from networking.models import Conversation
from networking.questions.models import PUBLIC, Asking, Question, State, questions_channel
from portal.live.reads import version_of
from portal.people.models import Delegate

MOST = 200


@dataclass(frozen=True)
class Board:
    """The questions of a conversation in the order of their votes, with the log's version they are true at.

    Each says whether this person voted for it (``voted``) and asked it by name (``own``).
    """

    version: int
    asking: Asking
    open: list[Any]
    answered: list[Any]
    waiting: list[Question]


def with_votes(questions: "QuerySet[Question]") -> "QuerySet[Any]":
    """Each with ``votes``, its asker and where it was asked, in one query."""
    return questions.select_related("asker", "conversation__event").annotate(votes=Count("upvotes"))


def asking_of(conversation: Conversation) -> Asking:
    return Asking.objects.filter(pk=conversation.pk).first() or Asking(conversation=conversation)


def board(conversation: Conversation, delegate: Delegate | None, *, unheard: frozenset[int] = frozenset()) -> Board:
    """What everyone sees, and of a delegate's own: votes, and what waits under their name.

    Nothing that the users ``unheard`` asked by name. An anonymous question is shown to all alike: to leave
    it out would say whose it is.
    """
    # First, so that what is asked meanwhile is told again rather than missed.
    version = version_of(questions_channel(conversation.pk))
    shown = with_votes(conversation.questions.filter(state__in=PUBLIC)).order_by("-votes", "at", "pk")
    if unheard:
        shown = shown.exclude(asker__user_id__in=unheard)
    first = sorted(shown[:MOST], key=lambda each: each.state != State.ANSWERING)
    _mark_own(first, conversation, delegate)
    return Board(
        version=version,
        asking=asking_of(conversation),
        open=[each for each in first if each.is_votable],
        answered=[each for each in first if not each.is_votable],
        waiting=_waiting(conversation, delegate),
    )


@dataclass(frozen=True)
class Desk:
    """What those who lead a conversation see: every question by what may be done with it."""

    version: int
    asking: Asking
    pending: list[Any]
    open: list[Any]
    answered: list[Any]
    dismissed: list[Any]


def desk(conversation: Conversation) -> Desk:
    version = version_of(questions_channel(conversation.pk))
    rows = with_votes(conversation.questions.exclude(state=State.WITHDRAWN)).order_by("-votes", "at", "pk")
    ordered = sorted(rows, key=lambda each: each.state != State.ANSWERING)
    return Desk(
        version=version,
        asking=asking_of(conversation),
        pending=sorted((q for q in ordered if q.state == State.PENDING), key=lambda each: each.at),
        open=[q for q in ordered if q.is_votable],
        answered=[q for q in ordered if q.state == State.ANSWERED],
        dismissed=[q for q in ordered if q.state == State.DISMISSED],
    )


def tallies(conversation_id: int) -> dict[str, int]:
    """Votes by question, of all that are shown."""
    shown = Question.objects.filter(conversation_id=conversation_id, state__in=PUBLIC)
    return {str(pk): votes for pk, votes in shown.annotate(votes=Count("upvotes")).values_list("pk", "votes")}


def count_pending(conversation_id: int) -> int:
    return Question.objects.filter(conversation_id=conversation_id, state=State.PENDING).count()


def _mark_own(questions: list[Any], conversation: Conversation, delegate: Delegate | None) -> None:
    if delegate is None:
        return
    votes = delegate.upvotes.filter(question__conversation=conversation)
    voted = set(votes.values_list("question_id", flat=True))
    for question in questions:
        question.voted, question.own = question.pk in voted, question.asker_id == delegate.pk


def _waiting(conversation: Conversation, delegate: Delegate | None) -> list[Question]:
    if delegate is None:
        return []
    return list(conversation.questions.filter(asker=delegate, state=State.PENDING))
