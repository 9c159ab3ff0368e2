"""Replying, once and without a trace; freezing what may be shown; forgetting the sums."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from portal.equality.disclosure import disclose
from portal.equality.models import Asked, Frozen, Tally
from portal.equality.questions import QUESTIONS, settle
from portal.events.models import Event
from portal.events.services import record
from portal.people.models import Delegate
from portal.people.places import lock_event
from portal.window import midnight

SETTLING = timedelta(days=14)
KEPT = timedelta(days=30)


def may_reply(delegate: Delegate) -> bool:
    """Not yet asked, and nothing is frozen yet."""
    return Delegate.registrations.filter(pk=delegate.pk, equality_asked=None, event__equality_report=None).exists()


@transaction.atomic
def reply(delegate: Delegate, said: Mapping[str, str]) -> bool:
    """Counts the answers once a person. False when they were asked before, or the report is frozen.

    No audit and no moment: what is written about the person is that they were asked.
    """
    lock_event(delegate.event_id)
    if not may_reply(delegate):
        return False
    Asked.objects.create(delegate=delegate)
    _add(delegate.event, settle(dict(said)))
    return True


@transaction.atomic
def decline(delegate: Delegate) -> None:
    """They are not asked again, which reads exactly as if they had replied."""
    Asked.objects.get_or_create(delegate=delegate)


def _add(event: Event, answers: Mapping[str, str]) -> None:
    """One statement over all sums of the event: which rows were written last says nothing."""
    rows = [Tally(event=event, question=q.slug, answer=answer) for q in QUESTIONS for answer in q.slugs]
    Tally.objects.bulk_create(rows, ignore_conflicts=True)
    chosen = Q(pk__in=[])
    for question, answer in answers.items():
        chosen |= Q(question=question, answer=answer)
    Tally.objects.filter(event=event).update(count=F("count") + Case(When(chosen, then=Value(1)), default=Value(0)))


def sums(event: Event) -> dict[str, dict[str, int]]:
    found = {question.slug: dict.fromkeys(question.slugs, 0) for question in QUESTIONS}
    for tally in Tally.objects.filter(event=event):
        found.setdefault(tally.question, {})[tally.answer] = tally.count
    return found


def freezes_at(event: Event) -> list[datetime]:
    """Two weeks after the last day; and, where too few had replied by then, when the portal closes."""
    first = midnight(event.last_day + timedelta(days=1) + SETTLING, event.zone)
    return [first, max(first, event.window.closes)]


def freeze_due(now: datetime) -> int:
    """The sweep. It makes one report an event, however late or often it runs."""
    ended = Event.objects.filter(equality_report=None, last_day__lt=now.date() - SETTLING)
    return sum(_freeze(event, now) for event in ended)


@transaction.atomic
def _freeze(event: Event, now: datetime) -> bool:
    lock_event(event.pk)
    first, last = freezes_at(event)
    shown = disclose(sums(event))
    if now < first or (shown.total is None and now < last):
        return False
    day = event.local(now).date()
    _, made = Frozen.objects.get_or_create(
        event=event, defaults={"day": day, "total": shown.total, "tables": shown.tables}
    )
    if made:
        record(event, "freeze equality report", actor=None, subject="", now=now)
    return made


def forget_sums(now: datetime, *, dry_run: bool = False) -> int:
    """Deletes the sums thirty days after they were frozen. Returns how many events they were of."""
    spent = Tally.objects.filter(event__equality_report__day__lt=(now - KEPT).date())
    events = spent.values("event").distinct().count()
    if not dry_run:
        spent.delete()
    return events
