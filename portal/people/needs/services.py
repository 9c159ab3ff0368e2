"""Access needs from being said to being arranged, and gone."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from portal.events.models import Event
from portal.events.services import record
from portal.mail.services import post_mail
from portal.people.models import Delegate, State, User
from portal.people.needs.models import AccessNeed, NeedKind
from portal.people.writing.letters import words_of, write_to
from portal.window import add_months, midnight


@transaction.atomic
def say_needs(delegate: Delegate, kinds: Collection[str], words: str, *, now: datetime) -> None:
    """What is needed from now on. What stays keeps its owner and state, unless its words changed."""
    wanted = {*kinds, NeedKind.OTHER} if words else set(kinds)
    delegate.access_needs.exclude(kind__in=wanted).delete()
    for kind in sorted(wanted):
        said = words if kind == NeedKind.OTHER else ""
        need, _ = delegate.access_needs.get_or_create(kind=kind, defaults={"words": said, "asked_at": now})
        if need.words != said:
            delegate.access_needs.filter(pk=need.pk).update(words=said, asked_at=now, arranged_at=None, note="")
    if delegate.access_needs.filter(arranged_at=None).exists():
        _tell_leads(delegate.event, now)


def _tell_leads(event: Event, now: datetime) -> None:
    """At most one mail a lead and day, which says that something waits and nothing of whom or what."""
    day = event.local(now).date()
    for lead in event.access_leads.all():
        key = f"needs.{event.pk}.{lead.pk}.{day}"
        post_mail(key=key, to=lead.email, occasion="needs", event_id=event.pk, words=words_of(event), now=now)


@transaction.atomic
def take_need(need: AccessNeed, *, owner: User | None, now: datetime) -> None:
    AccessNeed.objects.filter(pk=need.pk).update(owner=owner)
    record(need.delegate.event, "take access need", actor=owner, subject="", now=now)


@transaction.atomic
def arrange_need(need: AccessNeed, *, note: str, by: User, now: datetime) -> None:
    """Arranged once, and told to the delegate. The audit says that, and neither whose nor what."""
    changed = AccessNeed.objects.filter(pk=need.pk, arranged_at=None).update(arranged_at=now, note=note)
    if not changed:
        return
    AccessNeed.objects.filter(pk=need.pk, owner=None).update(owner=by)
    record(need.delegate.event, "arrange access need", actor=by, subject="", now=now)
    write_to(need.delegate, "arranged", cause=f"{need.pk}.{now.timestamp():.0f}", note=note, now=now)


@transaction.atomic
def reopen_need(need: AccessNeed, *, by: User, now: datetime) -> None:
    """It fell through: the card is red again."""
    if AccessNeed.objects.filter(pk=need.pk).exclude(arranged_at=None).update(arranged_at=None):
        record(need.delegate.event, "reopen access need", actor=by, subject="", now=now)


def coming_needs(event: Event) -> QuerySet[AccessNeed]:
    """Of people who come or may come."""
    coming = [State.APPLIED, State.WAITING, State.APPROVED]
    found = AccessNeed.objects.filter(delegate__event=event, delegate__state__in=coming)
    return found.select_related("delegate__user", "delegate__event", "owner")


def forget_needs(delegate: Delegate, now: datetime) -> None:
    """Who does not come needs nothing arranged."""
    delegate.access_needs.all().delete()


def is_spent(event: Event, now: datetime) -> bool:
    """The last day moved on by one calendar month has passed, by the event's own clock."""
    return now >= midnight(add_months(event.last_day, 1) + timedelta(days=1), event.zone)


def delete_spent(now: datetime, *, dry_run: bool = False) -> int:
    """The sweep: deletes every need of an event a month over, and writes down how many. Dry, it only counts."""
    events = Event.objects.filter(last_day__lte=now.date() - timedelta(days=27))
    return sum(_delete(event, now, dry_run) for event in events if is_spent(event, now))


@transaction.atomic
def _delete(event: Event, now: datetime, dry_run: bool) -> int:
    spent = AccessNeed.objects.filter(delegate__event=event)
    if dry_run:
        return spent.count()
    deleted = spent.delete()[0]
    if deleted:
        record(event, "delete access needs", actor=None, subject=f"{deleted}, one month after the event", now=now)
    return deleted
