from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portal.events.models import Event
from portal.events.services import record
from portal.mail.services import post_mail
from portal.people.invitations.models import Invitation
from portal.people.models import Delegate, User
from portal.people.writing.letters import words_of


def find_invitation(event: Event, user: User) -> Invitation | None:
    """What the organisers wrote about this address, if they expect it."""
    return Invitation.objects.filter(event=event, email=user.email.lower()).first()


@transaction.atomic
def mail_invitations(invitations: Iterable[Invitation], *, now: datetime) -> int:
    """One mail each, however often it is asked for. Returns how many are new."""
    new = [each for each in invitations if each.mailed_at is None]
    for invitation in new:
        words = words_of(invitation.event) | {"name": invitation.full_name or "colleague"}
        key, event = f"invited.{invitation.pk}", invitation.event_id
        post_mail(key=key, to=invitation.email, occasion="invited", event_id=event, words=words, now=now)
    Invitation.objects.filter(pk__in=[each.pk for each in new]).update(mailed_at=now)
    return len(new)


@transaction.atomic
def invite_again(event: Event, *, by: User, now: datetime) -> int:
    """Invites who took part last time and agreed to be asked, unless they are here already. Returns how many are new.

    Nothing is mailed yet.
    """
    agreed = Delegate.objects.filter(event=event.copied_from, ask_again=True, user__is_active=True).select_related(
        "user"
    )
    here = Delegate.registrations.filter(event=event).values("user")
    known = event.invitations.values("email")
    new = [_again(event, each) for each in agreed.exclude(user__in=here).exclude(user__email__in=known)]
    Invitation.objects.bulk_create(new, ignore_conflicts=True)
    record(event, "invite past delegates", actor=by, subject=f"{len(new)} people", now=now)
    return len(new)


def _again(event: Event, past: Delegate) -> Invitation:
    """What they said last time fills in their answers."""
    said = {
        name: getattr(past, name) for name in ("full_name", "organisation", "region", "profession", "grade", "role")
    }
    return Invitation(event=event, email=past.user.email.lower(), **said)
