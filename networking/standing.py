"""How somebody stands in a conversation just now: muted, or saying very much."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigAutoField, Count, DateTimeField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from networking.models import Conversation, Message
from networking.safety.models import Mute
from portal.events.models import Event
from portal.people.models import Delegate
from portal.prepared import Blank, Prepared

BURST, BURST_SECONDS = 10, 10


@dataclass(frozen=True)
class Standing:
    """``muted_until`` is None for who may write; ``lately`` counts what they said anywhere in the last ten seconds."""

    muted_until: datetime | None
    lately: int

    @property
    def is_hasty(self) -> bool:
        return self.lately >= BURST


def muted_words(event: Event, until: datetime) -> str:
    """For who is muted. By whom is not said: that may have been an organiser, or one who leads a room."""
    return f"You were muted here until {event.clock(until)}. You can read on, and write again then."


# How far apart one person's messages may be held, in seconds, as who sets it and who waits both read it.
PACES = {10: "every 10 seconds", 30: "every 30 seconds", 60: "every minute", 300: "every 5 minutes"}


def pace_words(seconds: int) -> str:
    return f"Slow mode: each person may write {PACES.get(seconds, f'every {seconds} seconds')}." if seconds else ""


@dataclass(frozen=True)
class Turn:
    """When somebody may write again in a conversation in slow mode, and in how many seconds."""

    words: str
    seconds: int


def turn_after(conversation: Conversation, said: datetime, now: datetime) -> Turn | None:
    """After what they said at that moment; None where they need not wait."""
    until = said + timedelta(seconds=conversation.slow_seconds)
    if until <= now:
        return None
    words = f"You can write again at {conversation.event.clock(until, 'g:i:sA')}."
    return Turn(words, math.ceil((until - now).total_seconds()))


def turn_of(conversation: Conversation, author: Delegate, now: datetime) -> Turn | None:
    """None where there is no slow mode, and for who may write at once."""
    if not conversation.slow_seconds:
        return None
    since = now - timedelta(seconds=conversation.slow_seconds)
    lately = conversation.messages.filter(author=author, at__gt=since).order_by("-at")
    said = lately.values_list("at", flat=True).first()
    return turn_after(conversation, said, now) if said else None


def find_conversation(conversation_id: int) -> Conversation | None:
    return _CONVERSATION.find(conversation=conversation_id)


def find_with_standing(conversation_id: int, delegate: Delegate, now: datetime) -> Conversation | None:
    """A conversation that brings a delegate's standing along, for ``standing_in``."""
    since = now - timedelta(seconds=BURST_SECONDS)
    return _STANDING.find(conversation=conversation_id, delegate=delegate.pk, now=now, since=since)


def standing_in(conversation: Conversation, delegate: Delegate, now: datetime) -> Standing:
    """From the row itself when it was found with it, else asked. Raises Conversation.DoesNotExist."""
    if not hasattr(conversation, "lately"):
        found = find_with_standing(conversation.pk, delegate, now)
        if found is None:
            raise Conversation.DoesNotExist
        conversation = found
    return Standing(conversation.muted_until, conversation.lately)  # type: ignore[attr-defined]


def _conversations() -> QuerySet[Conversation]:
    return Conversation.objects.filter(pk=Blank("conversation", BigAutoField()))


def _with_standing() -> QuerySet[Conversation]:
    delegate = Blank("delegate", BigAutoField())
    now, since = Blank("now", DateTimeField()), Blank("since", DateTimeField())
    mutes = Mute.objects.holding(now).filter(conversation=OuterRef("pk"), delegate=delegate)
    said = Message.objects.filter(author=delegate, at__gt=since).order_by()
    lately = said.values("author").annotate(all=Count("pk")).values("all")
    return _conversations().annotate(muted_until=Subquery(mutes.values("until")), lately=Coalesce(lately, Value(0)))


_CONVERSATION = Prepared(_conversations)
_STANDING = Prepared(_with_standing)
