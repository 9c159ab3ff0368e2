"""Messages that come back (RFC 3464): whose mail they are about, and why it did not arrive."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from portal.mail.models import OutboxMail
from portal.mail.services import bounce

OURS = re.compile(r"<outbox-(\d{1,18})@")


@dataclass(frozen=True)
class Report:
    mail_id: int
    recipient: str
    why: str


def take_back(raw: bytes, *, now: datetime) -> int:
    """Marks the mail a message reports as failed. Returns how many; 0 for anything that is no such report.

    The report must name both a mail of ours that has gone and its reader, as anybody may write to where it comes.
    """
    done = 0
    for report in read_reports(raw):
        gone = OutboxMail.objects.filter(sent_at__isnull=False, bounced_at=None)
        mail = gone.filter(pk=report.mail_id, to__iexact=report.recipient).first()
        if mail:
            bounce(mail, report.why, now=now)
            done += 1
    return done


def read_reports(raw: bytes) -> list[Report]:
    # The plain policy: the newer one fails on a header that is not as it should be.
    message = email.message_from_bytes(raw)
    found = OURS.search("\n".join(_original_headers(message)))
    if message.get_content_type() != "multipart/report" or not found:
        return []
    return [Report(int(found[1]), *failed) for failed in _failed(message)]


def _original_headers(message: Message) -> Iterator[str]:
    """The Message-ID of the mail that came back, which travels with the report whole or as headers alone."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            yield headers.decode(errors="replace") if isinstance(headers, bytes) else ""
        elif part is not message and part["Message-ID"]:
            yield str(part["Message-ID"])


def _failed(message: Message) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part["Action"] and part["Final-Recipient"] and str(part["Action"]).strip().lower() == "failed":
            recipient = str(part["Final-Recipient"]).partition(";")[2].strip(" \t\r\n<>")
            yield recipient, str(part["Diagnostic-Code"] or part["Status"] or "It came back.").strip()
