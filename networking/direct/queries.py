"""What a person may read, and where words are in it."""

from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from networking.hours import has_opened
from networking.joining import before_joining
from networking.models import Conversation, Kind, Message, OpenTo, is_shown
from networking.policy import places_of
from networking.safety.queries import hidden_from, without_blocks
from portal.people.access import Visitor
from portal.people.models import Delegate
from portal.people.presence import Standing, standing

FOUND = 20


def heard_by(visitor: Visitor) -> QuerySet[Conversation]:
    """The conversations this person may read. Organisers read all but the direct talk of others."""
    open_to_all = ~Q(kind=Kind.DIRECT) if visitor.is_organiser else Q(open_to=OpenTo.EVENT)
    heard = open_to_all | places_of(visitor.delegate) if visitor.delegate else open_to_all
    found = visitor.event.conversations.filter(heard)
    if visitor.is_organiser:
        return found
    early = [each.pk for each in found.exclude(kind=Kind.DIRECT) if not has_opened(each, visitor.now)]
    return found.exclude(pk__in=early)


def search_talk(visitor: Visitor, words: str, page: int) -> "Page[Message]":
    """Messages with every word, newest first; nothing hidden, removed, or said by somebody blocked."""
    found = Message.objects.filter(is_shown(), conversation__in=heard_by(visitor).values("pk"))
    if visitor.user is not None:
        found = found.exclude(author__user_id__in=hidden_from(visitor.user.pk, visitor.event.slug))
    if visitor.delegate is not None:
        found = found.exclude(before_joining(visitor.delegate))
    for word in words.split()[:8]:
        found = found.filter(text__icontains=word)
    if not words.strip():
        found = found.none()
    return Paginator(found.select_related("author", "conversation__event").order_by("-pk"), FOUND).get_page(page)


def company_of(talk: Conversation, delegate: Delegate, now: datetime) -> list[tuple[str, Standing]]:
    """Who of the others in a direct talk is here or away.

    Of who did not choose to be listed that is not told, nor between two with a block: it would tell of the block.
    """
    others = Delegate.objects.filter(listed=True, participations__conversation=talk, participations__until=None)
    others = without_blocks(others.exclude(pk=delegate.pk), delegate).order_by("name", "pk")
    seen = standing(talk.event, now)
    return [(name, seen[pk]) for pk, name in others.values_list("pk", "name") if pk in seen]


def people_known(delegate: Delegate) -> QuerySet[Delegate]:
    """Those in direct talk with a delegate who chose to be listed; without blocks in either direction."""
    mine = delegate.participations.filter(until=None, conversation__kind=Kind.DIRECT).values("conversation")
    known = Delegate.objects.filter(
        listed=True, suspended_at=None, participations__conversation__in=mine, participations__until=None
    )
    return without_blocks(known.exclude(pk=delegate.pk), delegate).distinct()
