"""Documents and slides: every file is checked by its content before a row or a name exists."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from library import store
from library.filetypes import DOCUMENTS, SLIDES, BadFile, FileType, identify, safe_filename
from library.films import demonstration_film
from library.models import Document, DocumentVersion, new_key
from library.recordings import publish_film
from portal.events.models import Event
from portal.events.services import record
from portal.programme.models import Session, Speaker

MAX_FILE = 10 * 1024 * 1024  # bytes
TOO_LARGE = "This file is too large. Choose one of at most 10 MB."
SLIDES_CATEGORY = "Slides"


def add_document(
    event: Event,
    *,
    title: str,
    summary: str,
    category: str,
    filename: str,
    data: bytes,
    by: AbstractBaseUser | None,
    now: datetime,
    session: Session | None = None,
    speaker: Speaker | None = None,
) -> Document:
    """Shares a document, or nothing new when the event has one of that title. Raises BadFile."""
    known = Document.objects.filter(event=event, title=title).first()
    if known:
        return known
    kind = check_file(data, DOCUMENTS)
    with transaction.atomic():
        document = Document.objects.create(
            event=event, title=title, summary=summary, category=category, session=session, speaker=speaker
        )
        _add_checked(document, kind, filename=filename, data=data, by=by, now=now)
    return document


def add_version(
    document: Document, *, filename: str, data: bytes, by: AbstractBaseUser | None, now: datetime
) -> DocumentVersion:
    """The document's newest file; the ones before are kept. Raises BadFile."""
    kind = check_file(data, DOCUMENTS)
    with transaction.atomic():
        return _add_checked(document, kind, filename=filename, data=data, by=by, now=now)


def upload_slides(
    session: Session, speaker: Speaker, *, filename: str, data: bytes, by: AbstractBaseUser, now: datetime
) -> DocumentVersion:
    """A speaker's slides for an own session, seen at once; a second file replaces the first. Raises BadFile."""
    kind = check_file(data, SLIDES)
    with transaction.atomic():
        document, _ = Document.objects.get_or_create(
            session=session,
            speaker=speaker,
            defaults={
                "event": session.event,
                "title": f"Slides: {session.title}"[:200],
                "summary": f"By {speaker.name}",
                "category": SLIDES_CATEGORY,
            },
        )
        return _add_checked(document, kind, filename=filename, data=data, by=by, now=now)


def check_file(data: bytes, allowed: tuple[FileType, ...]) -> FileType:
    """Raises BadFile."""
    if len(data) > MAX_FILE:
        raise BadFile(TOO_LARGE)
    if not data:
        raise BadFile("This file is empty. Choose another.")
    return identify(data, allowed)


def _add_checked(
    document: Document,
    kind: FileType,
    *,
    filename: str,
    data: bytes,
    by: AbstractBaseUser | None,
    now: datetime,
) -> DocumentVersion:
    # The document's row is the lock: two uploads at once become two versions.
    held = Document.objects.select_for_update().get(pk=document.pk)
    last = held.versions.first()
    key = new_key()
    # The file first: a row never points at nothing.
    store.write_file(store.document_path(key), data)
    try:
        version = DocumentVersion.objects.create(
            document=held, number=last.number + 1 if last else 1, key=key,
            filename=safe_filename(filename, kind), content_type=kind.content_type,
            size=len(data), uploaded_at=now, uploaded_by_id=by.pk if by else None,
        )  # fmt: skip
        record(document.event, "upload document", actor=by, subject=document.title, now=now)
    except Exception:
        store.document_path(key).unlink(missing_ok=True)
        raise
    return version


__all__ = [
    "BadFile",
    "add_document",
    "add_version",
    "check_file",
    "demonstration_film",
    "publish_film",
    "upload_slides",
]
