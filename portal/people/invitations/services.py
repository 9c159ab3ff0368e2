from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portal.events.models import Event
from portal.events.services import portal_address
from portal.mail.services import post_mail
from portal.people.invitations.models import Invitation
from portal.people.models import User


def find_invitation(event: Event, user: User) -> Invitation | None:
    """What the organisers wrote about this address, if they expect it."""
    return Invitation.objects.filter(event=event, email=user.email.lower()).first()


@transaction.atomic
def mail_invitations(invitations: Iterable[Invitation], *, now: datetime) -> int:
    """One mail each, however often it is asked for. Returns how many are new."""
    new = [each for each in invitations if each.mailed_at is None]
    for invitation in new:
        context = {"invitation": invitation, "event": invitation.event, "address": portal_address()}
        key = f"invited.{invitation.pk}"
        post_mail(key=key, to=invitation.email, template="invited", context=context, now=now)
    Invitation.objects.filter(pk__in=[each.pk for each in new]).update(mailed_at=now)
    return len(new)
