"""What is answered is kept at once; what is complete becomes a registration."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from portal.events.models import Event
from portal.events.services import record
from portal.people.models import Delegate, User
from portal.people.needs.services import say_needs
from portal.people.places import register_delegate
from portal.people.wizard.models import Draft
from portal.people.wizard.steps import STEPS, Answers, Step, answers_of

KEPT = timedelta(days=30)


def answers_so_far(event: Event, user: User, registration: Delegate | None) -> dict[str, Any]:
    """By step: from a registration that ended, and over it what is being answered now."""
    draft = Draft.objects.filter(event=event, user=user).first()
    return (answers_of(registration) if registration else {}) | (draft.answers if draft else {})


@transaction.atomic
def keep_answers(event: Event, user: User, step: Step, said: Mapping[str, Any], *, now: datetime) -> None:
    Draft.objects.get_or_create(event=event, user=user, defaults={"changed_at": now})
    draft = Draft.objects.select_for_update().get(event=event, user=user)
    draft.answers, draft.changed_at = draft.answers | {step.slug: dict(said)}, now
    draft.save()


@transaction.atomic
def register_from_answers(event: Event, user: User, answers: Answers, *, now: datetime) -> Delegate:
    """The registration with its needs; the draft goes. Raises NoPlace."""
    values: dict[str, Any] = {}
    for step in STEPS:
        values |= _fields(step, answers[step.slug], now)
    delegate = register_delegate(event, user, now=now, **values)
    say_needs(delegate, answers["needs"]["needs"], answers["needs"]["words"], now=now)
    Draft.objects.filter(event=event, user=user).delete()
    return delegate


@transaction.atomic
def change_registration(delegate: Delegate, step: Step, said: Mapping[str, Any], *, now: datetime) -> None:
    """Writes the answers of one page to a registration that stands."""
    if step.slug == "needs":
        say_needs(delegate, said["needs"], said["words"], now=now)
    else:
        Delegate.registrations.filter(pk=delegate.pk).update(**_fields(step, said, now))
    # Whose needs changed is nobody's business in the audit.
    subject = "" if step.slug == "needs" else delegate.name
    actor = None if step.slug == "needs" else delegate.user
    record(delegate.event, f"change registration: {step.slug}", actor=actor, subject=subject, now=now)


def forget_drafts(now: datetime, *, dry_run: bool = False) -> int:
    """The sweep: what was begun and left for thirty days. Dry, it only counts."""
    left = Draft.objects.filter(changed_at__lt=now - KEPT)
    return left.count() if dry_run else left.delete()[0]


def _fields(step: Step, said: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    match step.slug:
        case "needs":
            return {}
        case "conduct":
            return {"conduct_agreed_at": now}
        case "recording" | "directory":
            return {name: value in ("yes", True) for name, value in said.items()}
    return dict(said)
