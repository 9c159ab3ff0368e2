"""What the pages of conversations and people read."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from networking.models import Conversation, Message
from networking.safety.queries import without_blocks
from portal.events.models import Event
from portal.live.reads import version_of
from portal.people.models import Delegate

PAGE = 50
PEOPLE = 24
FACES = 12


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


def find_people(event: Event, *, words: str, role: str, page: int, viewer: Delegate | None = None) -> "Page[Delegate]":
    """Delegates who chose to be listed and match every word somewhere. Who blocked whom, they do not find."""
    people = _listed(event, viewer)
    if role:
        people = people.filter(role=role)
    for word in words.split()[:8]:
        found = Q(name__icontains=word) | Q(organisation__icontains=word) | Q(interests__icontains=word)
        people = people.filter(found)
    return Paginator(people, PEOPLE).get_page(page)


def find_present(event: Event, ids: list[int], *, viewer: Delegate | None) -> list[Delegate]:
    """The first few of these, as one of them may see them."""
    return list(_listed(event, viewer).filter(pk__in=ids)[:FACES])


def _listed(event: Event, viewer: Delegate | None) -> QuerySet[Delegate]:
    people = event.delegates.filter(listed=True, user__is_active=True, suspended_at=None).order_by("name", "pk")
    return without_blocks(people, viewer)
