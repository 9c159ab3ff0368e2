from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from portal.events.models import Event
from portal.mail.services import post_mail
from portal.people.invitations.models import Invitation
from portal.people.models import User
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
