"""Handing a person their data, erasing them, and deleting what has had its time."""

import io
import json
import zipfile
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string

from portal.events.models import Event
from portal.events.services import record
from portal.live.services import revoke
from portal.people.models import Delegate, User
from portal.people.places import ENDED, cancel_registration
from portal.privacy.periods import PERIODS
from portal.privacy.registry import Row, erasers, exporters, retentions


class StillOrganises(Exception):
    """Somebody who runs an event is erased after another has taken over."""


def export_person(user: User) -> dict[str, list[Row]]:
    """All that is held, over all events, by the name of its part; parts without a row are left out."""
    found = {name: part.act(user) for name, part in exporters().items()}
    return {name: rows for name, rows in found.items() if rows}


def pack_person(user: User, *, now: datetime) -> bytes:
    """A ZIP with the same twice: ``my-data.json`` for machines, ``my-data.html`` to read."""
    parts = export_person(user)
    page = render_to_string("portal/my_data/readable.html", {"parts": parts, "made": now, "person": user})
    content = json.dumps({"made": now, "parts": parts}, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", content)
        archive.writestr("my-data.html", page)
    return packed.getvalue()


def may_be_erased(user: User) -> bool:
    return not (user.is_superuser or Event.objects.filter(organisers=user).exists())


@transaction.atomic
def erase_person(user: User, *, now: datetime) -> None:
    """Takes the person out of all events. What others rely on stays, under somebody without a name.

    The audit keeps the number of the account, so that restoring a backup can be followed by erasing again.
    Raises StillOrganises.
    """
    if not may_be_erased(user):
        raise StillOrganises
    for delegate in Delegate.registrations.filter(user=user).exclude(state__in=ENDED):
        cancel_registration(delegate, by=user, why="Erased on request", now=now)
    for part in erasers().values():
        part.act(user, now)
    revoke(user.pk, reason="erased")
    record(None, "erase person", actor=None, subject=f"account {user.pk}", now=now)


def keep_periods(now: datetime) -> int:
    """The sweep of all periods in their order; each that deletes something leaves its count in the audit."""
    return sum(_keep(name, now) for name in PERIODS)


def count_spent(now: datetime) -> dict[str, int]:
    """What the sweep would delete, by period."""
    return {name: retention(now, dry_run=True) for name, retention in retentions().items()}


@transaction.atomic
def _keep(name: str, now: datetime) -> int:
    done = retentions()[name](now, dry_run=False)
    if done:
        record(None, "retention", actor=None, subject=f"{name}: {done}", now=now)
    return done
