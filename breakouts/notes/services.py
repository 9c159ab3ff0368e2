"""Writing a room's notes as they are typed: nothing anybody typed is lost, whoever else wrote meanwhile."""

from datetime import datetime, timedelta

from django.db import transaction

from breakouts.models import Room
from breakouts.notes.models import LONGEST, Note, NoteTaker, Section, Wording
from breakouts.notes.queries import note_frame
from breakouts.taking_part.services import lock_room
from breakouts.telling import tell
from portal.events.services import record
from portal.live.services import bump, publish, touch
from portal.models import Delegate, User
from portal.written import keepable

# What one person types within a minute is one step of the history.
STEP = timedelta(minutes=1)


class NoteRefused(ValueError):
    """Why not, in words for who wrote. Nothing was written."""


class Changed(NoteRefused):
    """Somebody else has changed the section since ``base``. What was typed is kept in its history, set aside."""

    def __init__(self, note: Note) -> None:
        super().__init__(f"{note.by_name} has changed this section meanwhile. What you typed is kept.")
        self.note = note


def save_note(
    room: Room, section: Section, text: str, *, base: int, by: User, by_name: str, now: datetime
) -> Note | None:
    """The section says this from now on, if nobody has changed it since version ``base`` (0: since it was empty).

    None when it was empty and stays so. Raises Changed, and NoteRefused for more than it holds.
    """
    text = keepable(text).replace("\r\n", "\n").rstrip()
    if len(text) > LONGEST:
        raise NoteRefused(f"A section holds {LONGEST:,} characters, and this has {len(text):,}. Shorten it.")
    try:
        with transaction.atomic():
            return _save(room, section, text, base=base, by=by, by_name=by_name, now=now)
    except Changed:
        Wording.objects.create(room=room, section=section, text=text, by=by, by_name=by_name, at=now, set_aside=True)
        raise


def _save(room: Room, section: Section, text: str, *, base: int, by: User, by_name: str, now: datetime) -> Note | None:
    lock_room(room)
    note = room.notes.filter(section=section).first()
    if (note.text if note else "") == text:
        return note
    if note and note.version != base:
        raise Changed(note)
    note = note or Note(room=room, section=section)
    note.text, note.by_name, note.at, note.version = text, by_name, now, bump(room.channel("notes"))
    note.save()
    _keep(room, note, by)
    publish(room.channel("notes"), note_frame(note))
    return note


def _keep(room: Room, note: Note, by: User) -> None:
    last = room.wordings.filter(section=note.section, set_aside=False).first()
    if last and last.by_id == by.pk and note.at - last.at < STEP:
        last.text = note.text
        last.save(update_fields=["text"])
    else:
        Wording.objects.create(room=room, section=note.section, text=note.text, by=by, by_name=note.by_name, at=note.at)


@transaction.atomic
def name_note_taker(room: Room, delegate: Delegate | None, *, by: User | None, now: datetime) -> None:
    """One person writes the notes, beside the facilitators, and is told; None leaves it to those."""
    lock_room(room)
    before = NoteTaker.objects.filter(room=room).select_related("delegate__user").first()
    if (before.delegate if before else None) == delegate:
        return
    news = []
    if before:
        before.delete()
        news.append((before.delegate, f"You do not take the notes of {room.title} any more."))
    if delegate:
        NoteTaker.objects.create(room=room, delegate=delegate)
        news.append((delegate, f"You were asked to take the notes of {room.title}. Reload its page to write them."))
    tell(room.round, news, now=now)
    name = delegate.name if delegate else "nobody"
    record(room.event, "name note-taker", actor=by, subject=f"{name} in {room.title}", now=now)
    touch(room.channel("state"))
    touch(room.channel("desk"))
