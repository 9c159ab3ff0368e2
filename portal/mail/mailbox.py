"""Reads what the file backend wrote, so that a newcomer finds the mailed code without a mail server."""

import email
from dataclasses import dataclass
from email.policy import default
from pathlib import Path

MAILS = 20


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str


def read_mailbox(folder: str | None) -> list[Mail]:
    if not folder or not Path(folder).is_dir():
        return []
    files = sorted(Path(folder).iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    return [mail for path in files[:MAILS] for mail in reversed(_read(path))][:MAILS]


def _read(path: Path) -> list[Mail]:
    """One file holds every mail of one connection, each followed by a line of dashes."""
    parts = path.read_text(errors="replace").split("\n" + "-" * 79 + "\n")
    return [_parse(part) for part in parts if part.strip()]


def _parse(text: str) -> Mail:
    message = email.message_from_string(text, policy=default)
    body = message.get_body(("plain",))
    return Mail(str(message["To"]), str(message["Subject"]), body.get_content() if body else "")
