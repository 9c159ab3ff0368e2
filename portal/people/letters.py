"""What the portal writes to somebody about their registration."""

from datetime import datetime

from portal.events.services import portal_address
from portal.mail.services import post_mail
from portal.people.models import Delegate


def write_to(delegate: Delegate, template: str, *, cause: object, now: datetime, **more: object) -> None:
    """One mail of that template for that cause: the same cause never writes a second."""
    event = delegate.event
    until = delegate.offered_until and event.local(delegate.offered_until)
    context = {"delegate": delegate, "event": event, "address": portal_address(), "until": until, **more}
    key = f"{template}.{delegate.pk}.{cause}"
    post_mail(key=key, to=delegate.user.email, template=template, context=context, now=now)
