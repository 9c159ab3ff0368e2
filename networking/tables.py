"""Tables in the lounge: a subject, open to everyone, cleared away when nobody needs it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet

from networking.models import Conversation, Kind, is_shown
from networking.services import Refused
from portal.events.models import Event
from portal.events.services import record
from portal.people.models import Delegate, User

MOST = 30
MOST_EACH = 3


@transaction.atomic
def open_table(event: Event, title: str, *, by: Delegate) -> Conversation:
    """Raises Refused when there are too many. A subject that has a table already gives that table."""
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    tables = tables_of(event)
    same = tables.filter(title__iexact=title).first()
    if same:
        return same
    if tables.count() >= MOST:
        raise Refused(f"There are {MOST} tables already. Join one of them.")
    if tables.filter(opened_by=by).count() >= MOST_EACH:
        raise Refused(f"You have opened {MOST_EACH} tables. Clear one away to open another.")
    return Conversation.objects.create(event=event, kind=Kind.TABLE, title=title, opened_by=by)


@transaction.atomic
def close_table(table: Conversation, *, by: User, now: datetime) -> None:
    """What was said there stays to be read; nothing is added."""
    if Conversation.objects.filter(pk=table.pk, kind=Kind.TABLE, closed_at=None).update(closed_at=now):
        record(table.event, "close table", actor=by, subject=f"conversation {table.pk}", now=now)


def tables_of(event: Event) -> QuerySet[Conversation]:
    """The open ones."""
    return event.conversations.filter(kind=Kind.TABLE, closed_at=None)


def tables_with_talk(event: Event, viewer: Delegate | None) -> QuerySet[Conversation]:
    """Each with how much is ``said`` that its reader sees there, and when ``last``; the latest first."""
    shown = Q(messages__pk__isnull=False) & is_shown("messages__")
    if viewer is not None:
        shown &= ~Q(messages__author__in=viewer.blocks.values("blocked"))
    talk = {"said": Count("messages", filter=shown), "last": Max("messages__at", filter=shown)}
    # A table where nobody has spoken comes last, on every database.
    return tables_of(event).annotate(**talk).order_by(F("last").desc(nulls_last=True), "title")
