"""What the portal writes to somebody about their registration."""

from datetime import datetime

from portal.events.services import event_calendar, portal_address
from portal.mail.services import post_mail
from portal.people.models import Delegate

# Those that say "you are in".
CONFIRMATIONS = {"confirmed", "approved"}


def write_to(delegate: Delegate, template: str, *, cause: object, now: datetime, **more: object) -> None:
    """One mail of that template for that cause: the same cause never writes a second."""
    event = delegate.event
    until = delegate.offered_until and event.local(delegate.offered_until)
    context = {"delegate": delegate, "event": event, "address": portal_address(), "until": until, **more}
    key = f"{template}.{delegate.pk}.{cause}"
    calendar = event_calendar(event, now=now) if template in CONFIRMATIONS else ""
    post_mail(key=key, to=delegate.user.email, template=template, context=context, now=now, calendar=calendar)
