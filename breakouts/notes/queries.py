"""A room's notes as pages and its log show them."""

from dataclasses import dataclass

from breakouts.models import Room
from breakouts.notes.models import Note, Section, Wording
from portal.live.reads import version_of
from portal.live.registry import Frame


@dataclass(frozen=True)
class Page:
    """All three sections in order, true at a version of the log."""

    sections: list[Note]
    version: int


def notes_of(room: Room) -> Page:
    # First, so that what is written meanwhile is told again rather than missed.
    version = version_of(room.channel("notes"))
    written = {note.section: note for note in room.notes.all()}
    return Page([written.get(section) or Note(room=room, section=section, version=0) for section in Section], version)


def history_of(room: Room) -> list[Wording]:
    """Newest first, at most two hundred steps."""
    return list(room.wordings.select_related("by")[:200])


def note_frame(note: Note) -> Frame:
    body = {"section": note.section, "text": note.text, "by": note.by_name, "at": note.room.event.clock(note.at)}
    return Frame(note.version, "note", "", body)


def frames_after(room_id: int, version: int, limit: int) -> list[Frame]:
    rows = Note.objects.filter(room=room_id, version__gt=version).select_related("room__round__session__event")
    return [note_frame(row) for row in rows.order_by("version")[:limit]]
