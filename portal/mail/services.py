"""The outbox: a mail is a row first, so that it goes once, whatever dies on the way."""

import logging
import smtplib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet

from portal.mail.models import OutboxMail
from portal.mail.wordings import Letter, Words, fill, find_wording
from portal.sweeps.services import kick

logger = logging.getLogger(__name__)

ATTEMPTS = 5
# Longer than any one mail takes; twice as long after each failure: 2, 4, 8 and 16 minutes.
CLAIM = timedelta(minutes=2)
BATCH = 200


class ServerAway(Exception):
    """The mail server cannot be reached at all."""


@dataclass(frozen=True)
class Reader:
    """Somebody to write to. The same ``key`` never writes a second mail."""

    key: str
    to: str
    words: Words
    calendar: str = ""


def post_mail(
    *,
    key: str,
    to: str,
    occasion: str,
    event_id: int,
    words: Words,
    now: datetime,
    calendar: str = "",
    letter: Letter | None = None,
) -> OutboxMail:
    """Writes one mail of an event; it leaves after the commit.

    ``calendar`` is an .ics to go with it; ``letter`` other words than the occasion's.
    """
    reader, letter = Reader(key, to, words, calendar), letter or find_wording(occasion, event_id)
    mail, created = OutboxMail.objects.get_or_create(key=key, defaults=_values(reader, letter, event_id, now))
    if created:
        kick("portal.send_mails", mail.pk)
    return mail


def post_mails(
    readers: Iterable[Reader], *, occasion: str, event_id: int, now: datetime, until: datetime | None = None
) -> int:
    """The same to many, in batches: two statements for each ``BATCH``, and one task that sends it. Returns how many.

    What has not gone before ``until`` does not go any more.
    """
    letter = find_wording(occasion, event_id)
    return sum(_post_batch(batch, letter, event_id, now, until) for batch in _in_batches(readers))


def send_mails(mail_ids: Iterable[int], *, now: datetime) -> int:
    """Sends over one connection what nobody else holds, what has not gone and was not given up. Returns how many went.

    Each is marked before the next is sent. SMTP cannot promise once: a worker that dies between the server's answer
    and the mark sends that one mail again.
    """
    sent, connection, began = 0, get_connection(), time.monotonic()
    try:
        for mail_id in mail_ids:
            # A long batch must not claim the last by the hour of the first.
            moment = now + timedelta(seconds=time.monotonic() - began)
            if mail := _claim(mail_id, moment):
                sent += _send(mail, connection, moment)
    except ServerAway:
        # The rest is not held against them, and waits for the sweep.
        logger.warning("The mail server does not answer.")
    finally:
        connection.close()
    return sent


def send_due(now: datetime) -> int:
    """The sweep: a bounded number of what waits, the oldest first."""
    waiting = _waiting(now).order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH]
    return send_mails(list(waiting), now=now)


def send_again(mails: QuerySet[OutboxMail], *, now: datetime) -> int:
    """What was given up or bounced is tried anew; what has gone, and was not sent back, is not."""
    return undelivered(mails).update(
        sent_at=None, bounced_at=None, attempts=0, error="", due_at=now, claimed_until=None
    )


def bounce(mail: OutboxMail, why: str, *, now: datetime) -> None:
    """The mail did not reach its reader and never will."""
    OutboxMail.objects.filter(pk=mail.pk).update(bounced_at=now, error=why[:500], claimed_until=None)


def undelivered(mails: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
    """Bounced, or given up after the last try; not what has been emptied since, as its reader asked for."""
    return mails.filter(Q(bounced_at__isnull=False) | Q(sent_at=None, attempts__gte=ATTEMPTS)).exclude(to="")


def message_id(mail: OutboxMail) -> str:
    """By which a message that comes back names the mail (RFC 5322)."""
    return f"<outbox-{mail.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>')}>"


def _in_batches(readers: Iterable[Reader]) -> Iterator[list[Reader]]:
    rest = iter(readers)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _post_batch(readers: list[Reader], letter: Letter, event_id: int, now: datetime, until: datetime | None) -> int:
    rows = [OutboxMail(key=each.key, until=until, **_values(each, letter, event_id, now)) for each in readers]
    OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [each.key for each in readers]
    new = list(OutboxMail.objects.filter(key__in=keys, attempts=0, sent_at=None).values_list("pk", flat=True))
    kick("portal.send_mails", *new)
    return len(new)


def _values(reader: Reader, letter: Letter, event_id: int, now: datetime) -> dict[str, object]:
    filled = fill(letter, reader.words)
    return {
        "to": reader.to, "event_id": event_id, "subject": filled.subject, "text": filled.text,
        "calendar": reader.calendar, "created_at": now, "due_at": now,
    }  # fmt: skip


def _claim(mail_id: int, now: datetime) -> OutboxMail | None:
    mine = _waiting(now).filter(pk=mail_id).update(claimed_until=now + CLAIM, attempts=F("attempts") + 1)
    return OutboxMail.objects.get(pk=mail_id) if mine else None


def _send(mail: OutboxMail, connection: BaseEmailBackend, now: datetime) -> bool:
    _open(connection, mail, now)
    try:
        _message(mail, connection).send()
    except OSError as error:
        # Whatever broke: the next mail begins with a new one.
        connection.close()
        if is_final(error):
            bounce(mail, _words_of(error), now=now)
        else:
            _put_off(mail, error, now)
        return False
    OutboxMail.objects.filter(pk=mail.pk).update(sent_at=now, claimed_until=None, error="")
    return True


def _open(connection: BaseEmailBackend, mail: OutboxMail, now: datetime) -> None:
    """Harmless when it is open. Raises ServerAway."""
    try:
        connection.open()
    except OSError as error:
        # No fault of the mail's, so no try of its own is spent.
        OutboxMail.objects.filter(pk=mail.pk).update(
            error=_words_of(error), claimed_until=None, due_at=now + CLAIM, attempts=F("attempts") - 1
        )
        raise ServerAway from error


def _put_off(mail: OutboxMail, error: OSError, now: datetime) -> None:
    later = now + CLAIM * 2 ** (mail.attempts - 1)
    OutboxMail.objects.filter(pk=mail.pk).update(error=_words_of(error), claimed_until=None, due_at=later)


def _message(mail: OutboxMail, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    headers = {"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], connection=connection, headers=headers)
    message.attach_alternative(Letter(mail.subject, mail.text).html, "text/html")
    if mail.calendar:
        message.attach("event.ics", mail.calendar, "text/calendar; method=PUBLISH")
    return message


def is_final(error: OSError) -> bool:
    """The server refused this reader for good: a code from 500 (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _words_of(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {words.decode(errors='replace')}" for code, words in error.recipients.values())[:500]
    return str(error)[:500]


def _waiting(now: datetime) -> QuerySet[OutboxMail]:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    still_true = Q(until=None) | Q(until__gt=now)
    waiting = OutboxMail.objects.filter(unclaimed, still_true, sent_at=None, bounced_at=None)
    return waiting.filter(due_at__lte=now, attempts__lt=ATTEMPTS)
