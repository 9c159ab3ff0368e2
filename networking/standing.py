"""How somebody stands in a conversation just now: muted, or saying very much."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from networking.models import Conversation, Message
from networking.safety.models import Mute
from portal.people.models import Delegate

BURST, BURST_SECONDS = 10, 10


@dataclass(frozen=True)
class Standing:
    """``muted_until`` is None for who may write; ``lately`` counts what they said anywhere in the last ten seconds."""

    muted_until: datetime | None
    lately: int

    @property
    def is_hasty(self) -> bool:
        return self.lately >= BURST


def with_standing(rows: QuerySet[Conversation], delegate: Delegate, now: datetime) -> QuerySet[Conversation]:
    """Conversations that bring a delegate's standing along, for ``standing_in``."""
    mutes = Mute.objects.filter(conversation=OuterRef("pk"), delegate=delegate, until__gt=now)
    since = now - timedelta(seconds=BURST_SECONDS)
    said = Message.objects.filter(author=delegate, at__gt=since).order_by().values("author").annotate(all=Count("pk"))
    return rows.annotate(muted_until=Subquery(mutes.values("until")), lately=Coalesce(said.values("all"), Value(0)))


def standing_in(conversation: Conversation, delegate: Delegate, now: datetime) -> Standing:
    """From the row itself when it was read ``with_standing``, else asked."""
    if not hasattr(conversation, "lately"):
        conversation = with_standing(Conversation.objects.filter(pk=conversation.pk), delegate, now).get()
    return Standing(conversation.muted_until, conversation.lately)  # type: ignore[attr-defined]
