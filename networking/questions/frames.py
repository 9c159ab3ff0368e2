"""Questions as their log tells them, and how their votes stand: the same for everyone."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from networking.frames import may_hear_channel
from networking.leading import may_lead
from networking.questions.models import Question
from networking.questions.queries import count_pending, tallies, with_votes
from networking.standing import find_conversation
from portal.live.registry import ChannelKind, Frame
from portal.people.access import Visitor


def question_frame(question: Any) -> Frame:
    """The question with its ``votes``, or only its number once it is no longer shown.

    Whoever does not hear its asker is told nothing of it; an anonymous one has none.
    """
    assert question.version is not None
    body = {"id": question.pk, "state": question.state}
    if not question.is_public:
        return Frame(question.version, "gone", "", body)
    html = render_to_string("networking/questions/_question.html", {"question": question})
    by = question.asker.user_id if question.asker else 0
    return Frame(question.version, "question", html, body | {"text": question.text}, by=by)


def frames_after(conversation_id: int, version: int, limit: int) -> list[Frame]:
    rows = with_votes(Question.objects.filter(conversation_id=conversation_id, version__gt=version))
    return [question_frame(row) for row in rows.order_by("version")[:limit]]


def upvotes_state(conversation_id: int, now: datetime) -> dict[str, Any]:
    return {"votes": tallies(conversation_id)}


def queue_state(conversation_id: int, now: datetime) -> dict[str, Any]:
    return {"pending": count_pending(conversation_id)}


def may_lead_channel(visitor: Visitor, conversation_id: int) -> bool:
    conversation = find_conversation(conversation_id)
    return conversation is not None and may_lead(visitor, conversation)


KINDS = (
    ChannelKind(name="conversation.questions", may_hear=may_hear_channel, frames_after=frames_after),
    ChannelKind(name="conversation.upvotes", may_hear=may_hear_channel, state=upvotes_state),
    ChannelKind(name="conversation.queue", may_hear=may_lead_channel, state=queue_state),
)
