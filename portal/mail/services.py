from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.template.loader import render_to_string

from portal.mail.models import OutboxMail
from portal.sweeps.services import kick

ATTEMPTS = 5
CLAIM = timedelta(minutes=2)
BATCH = 200


def post_mail(
    *,
    key: str,
    to: str,
    template: str,
    context: dict[str, object],
    now: datetime,
    due: datetime | None = None,
    calendar: str = "",
) -> OutboxMail:
    """Writes a mail once per ``key``; it leaves after the commit, or when ``due``.

    ``template`` names ``mail/<template>.txt``, whose first line is the subject; ``calendar`` is an .ics to go with it.
    """
    subject, _, text = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
    values = {
        "to": to,
        "subject": subject.strip(),
        "text": text.strip() + "\n",
        "calendar": calendar,
        "created_at": now,
        "due_at": due or now,
    }
    mail, created = OutboxMail.objects.get_or_create(key=key, defaults=values)
    if created and mail.due_at <= now:
        kick("portal.send_mail", mail.pk)
    return mail


def send_mail(mail_id: int, *, now: datetime) -> bool:
    """Sends one mail, unless another worker has it, it has gone, or it failed five times."""
    mine = _waiting(now).filter(pk=mail_id).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    if not mine:
        return False
    mail = OutboxMail.objects.get(pk=mail_id)
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        message.attach("event.ics", mail.calendar, "text/calendar; method=PUBLISH")
    try:
        message.send()
    except OSError as error:
        OutboxMail.objects.filter(pk=mail_id).update(error=str(error)[:500])
        return False
    OutboxMail.objects.filter(pk=mail_id).update(sent_at=now, claimed_until=None, error="")
    return True


def send_due(now: datetime) -> int:
    """The sweep: a bounded number of what waits, oldest first."""
    waiting = _waiting(now).order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(send_mail(pk, now=now) for pk in list(waiting))


def _waiting(now: datetime):  # type: ignore[no-untyped-def]
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return OutboxMail.objects.filter(unclaimed, sent_at=None, due_at__lte=now, attempts__lt=ATTEMPTS)
