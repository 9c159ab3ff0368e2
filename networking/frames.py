"""A conversation as its log tells it: one rendering, the same for everyone."""

from datetime import datetime

from django.template.loader import render_to_string

from networking.joining import first_heard
from networking.models import Kind, Message
from networking.policy import may_hear
from networking.safety.models import Mute
from networking.standing import find_conversation
from portal.live.registry import ChannelKind, Frame, Since
from portal.people.access import Visitor


def message_frame(message: Message) -> Frame:
    """The message, or what is left of it, at the version of its latest change.

    A frame is the whole state of one row, so that the latest is all a page needs.
    """
    html = render_to_string("networking/_message.html", {"message": message})
    body = {"id": message.pk, "client_id": str(message.client_id)}
    row = message.pk if message.conversation.kind == Kind.DIRECT else 0
    return Frame(message.version, kind_of(message), html, body, by=message.author.user_id, row=row)


def kind_of(message: Message) -> str:
    if message.removed_at:
        return "removed"
    if message.hidden_at:
        return "hidden"
    return "edited" if message.edited_at else "message"


def frames_after(conversation_id: int, version: int, limit: int) -> list[Frame]:
    rows = Message.objects.filter(conversation_id=conversation_id, version__gt=version)
    rows = rows.select_related("author", "conversation__event", "reply_to__author").order_by("version")[:limit]
    return [message_frame(row) for row in rows]


def may_hear_channel(visitor: Visitor, conversation_id: int) -> bool | Since:
    """Asked once for all the channels of a conversation."""
    key = "conversation", conversation_id
    if key not in visitor.found:
        visitor.found[key] = _may_hear(visitor, conversation_id)
    answer: bool | Since = visitor.found[key]
    return answer


def _may_hear(visitor: Visitor, conversation_id: int) -> bool | Since:
    conversation = find_conversation(conversation_id)
    if conversation is None or not may_hear(visitor, conversation):
        return False
    start = first_heard(visitor.delegate, conversation)
    return Since(start) if start else True


def may_type(user_id: int, conversation_id: int, now: datetime) -> bool:
    """Who is muted there is not about to say something, whatever their page tells."""
    return not Mute.objects.holding(now).filter(conversation=conversation_id, delegate__user=user_id).exists()


KIND = ChannelKind(name="conversation", may_hear=may_hear_channel, frames_after=frames_after, may_type=may_type)
