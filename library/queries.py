"""What the pages of the library read."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.template.defaultfilters import filesizeformat

from library.models import Document, DocumentVersion, Recording, State
from library.policy import may_read, may_watch
from portal.people.access import Visitor
from portal.programme.models import Session, Speaker


@dataclass(frozen=True)
class Row:
    """A document as the component `document_row` shows it."""

    title: str
    url: str
    kind: str
    size: str
    summary: str
    meta: str


def documents_for(visitor: Visitor, *, category: str = "", words: str = "") -> QuerySet[Document]:
    """The documents of the event this person may read, newest version with each. Every word must be found."""
    rows = _readable(visitor).select_related("speaker", "session").prefetch_related(_versions())
    if category:
        rows = rows.filter(category=category)
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(speaker__name__icontains=word)
            | Q(session__title__icontains=word)
        )
    return rows


def categories_for(visitor: Visitor) -> list[tuple[str, int]]:
    """Every category with how many documents it holds."""
    rows = _readable(visitor).order_by("category").values_list("category")
    return list(rows.annotate(number=Count("pk", distinct=True)))


def documents_of_session(visitor: Visitor, session: Session) -> list[Row]:
    rows = documents_for(visitor).filter(session=session)
    return [to_row(row, in_session=True) for row in rows if may_read(visitor, row)]


def to_row(document: Document, *, in_session: bool = False) -> Row:
    version = document.newest
    people = [document.speaker.name] if document.speaker else []
    place = [document.session.title] if document.session and not in_session else []
    summary = "" if document.speaker and document.summary == f"By {document.speaker.name}" else document.summary
    return Row(
        title=document.title,
        url=document.get_absolute_url(),
        kind=version.kind if version else "",
        size=filesizeformat(version.size).replace("\xa0", " ") if version else "",
        summary=summary,
        meta=" · ".join([document.category, *people, *([p for p in place if p not in document.title])]),
    )


def film_of(visitor: Visitor, session: Session) -> Recording | None:
    """The session's film, if this person may watch it now."""
    found = Recording.objects.filter(session=session).first()
    if found is None:
        return None
    found.session = session
    return found if may_watch(visitor, found) else None


def films_for(visitor: Visitor) -> list[Recording]:
    """All films of the event this person may watch now, in the order of the day."""
    rows = Recording.objects.filter(session__event=visitor.event, state__in=[State.PUBLISHED, State.WITHDRAWN])
    found = list(rows.select_related("session").prefetch_related("session__speakers"))
    for film in found:
        film.session.event = visitor.event
    return [film for film in found if may_watch(visitor, film)]


@dataclass(frozen=True)
class Talk:
    """A speaker's own session, with the slides it has."""

    session: Session
    slides: Document | None


def talks_of(speakers: list[Speaker]) -> list[tuple[Speaker, Talk]]:
    """Every session of these speakers, in the order of the day."""
    slides = {
        (document.speaker_id, document.session_id): document
        for document in Document.objects.filter(speaker__in=speakers, session__isnull=False)
        .select_related("event")
        .prefetch_related(_versions())
    }
    rows = [
        (speaker, Talk(session, slides.get((speaker.pk, session.pk))))
        for speaker in speakers
        for session in speaker.sessions.all()
    ]
    return sorted(rows, key=lambda row: (row[1].session.starts, row[1].session.pk))


def _readable(visitor: Visitor) -> QuerySet[Document]:
    rows = Document.objects.filter(event=visitor.event, versions__isnull=False).distinct().select_related("event")
    return rows if visitor.is_organiser else rows.filter(published=True)


def _versions() -> "Prefetch[str, QuerySet[DocumentVersion], str]":
    return Prefetch("versions", DocumentVersion.objects.order_by("-number"))
