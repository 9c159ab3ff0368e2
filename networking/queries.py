"""What the pages of conversations read."""

from dataclasses import dataclass

from networking.models import Conversation, Message
from portal.live.reads import version_of

PAGE = 50


@dataclass(frozen=True)
class History:
    """A stretch of messages in order, with the log's version it is true at."""

    messages: list[Message]
    version: int
    earlier: int | None
    later: bool = False


def history(
    conversation: Conversation,
    *,
    before: int | None = None,
    at: int | None = None,
    unheard: frozenset[int] = frozenset(),
    first: int = 0,
) -> History:
    """The newest fifty messages, or the fifty before a message's id, or those around one.

    Nothing that the users ``unheard`` said, and nothing before the id ``first``.
    """
    # First, so that what is said meanwhile is told again rather than missed.
    version = version_of(conversation.channel)
    rows = conversation.messages.select_related("author", "reply_to__author").order_by("-pk")
    if unheard:
        rows = rows.exclude(author__user_id__in=unheard)
    if first:
        rows = rows.filter(pk__gte=first)
    if at:
        before = _after(conversation, at)
    if before:
        rows = rows.filter(pk__lt=before)
    newest = list(rows[: PAGE + 1])
    shown = newest[:PAGE]
    for message in shown:
        message.conversation = conversation
    earlier = shown[-1].pk if len(newest) > PAGE else None
    return History(shown[::-1], version, earlier, later=bool(before))


def _after(conversation: Conversation, message_id: int) -> int | None:
    """The id of the message that a page around this one ends before; None when it reaches the newest."""
    later = conversation.messages.filter(pk__gt=message_id).order_by("pk").values_list("pk", flat=True)
    return next(iter(later[PAGE // 2 : PAGE // 2 + 1]), None)
