"""A film comes in raw parts of at most 8 MiB, each where the last one ended, so a broken line only resumes."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from library import store
from library.models import Recording, State, new_key
from portal.events.services import record
from portal.sweeps.services import kick

MAX_PART = 8 * 1024 * 1024  # bytes
MAX_FILM = 4 * 1024**3
SPARE = 512 * 1024**2


class BadUpload(ValueError):
    """Says in plain words why a film is refused."""


class WrongOffset(ValueError):
    """The part does not follow what came before; ``offset`` is where the next one belongs."""

    def __init__(self, offset: int) -> None:
        super().__init__("This part does not follow the last one.")
        self.offset = offset


def begin_upload(recording: Recording, *, mark: str, size: int, by: AbstractBaseUser, now: datetime) -> Recording:
    """Begins a film, or finds where the same one stopped: ``mark`` is the file's name, size and date.

    Raises BadUpload.
    """
    if not 0 < size <= MAX_FILM:
        raise BadUpload("A film can be at most 4 GB. Save it smaller, then choose it once more.")
    with transaction.atomic():
        held = Recording.objects.select_for_update().select_related("session__event").get(pk=recording.pk)
        if held.state == State.UPLOADING and held.source and (held.mark, held.size) == (mark, size):
            return held
        if not held.may_become(State.UPLOADING):
            raise BadUpload(f"This film cannot be replaced while it is “{held.get_state_display()}”.")
        _check_room(size)
        _discard_part(held)
        held.state, held.mark, held.size, held.received = State.UPLOADING, mark[:300], size, 0
        held.source, held.error, held.progress, held.attempts = f"source-{new_key()}.mp4", "", 0, 0
        held.save()
        record(held.event, "begin film upload", actor=by, subject=str(held), now=now)
    return held


def receive_part(
    recording: Recording, *, source: str, offset: int, data: bytes, by: AbstractBaseUser, now: datetime
) -> Recording:
    """Writes one part. A part that has come already is harmless. Raises WrongOffset and BadUpload."""
    with transaction.atomic():
        # The row's lock is the file's lock: two tabs take turns.
        held = Recording.objects.select_for_update().select_related("session__event").get(pk=recording.pk)
        if held.state != State.UPLOADING or not source or held.source != source:
            raise BadUpload("Another upload of this film has begun. Load this page again.")
        if offset >= 0 and offset + len(data) <= held.received:
            return held
        if offset != held.received:
            raise WrongOffset(held.received)
        _check_part(held, data)
        _write(source_path(held), offset, data)
        return _advance(held, offset, offset + len(data), by=by, now=now)


def source_path(recording: Recording) -> Path:
    return store.recording_folder(recording.key) / recording.source


def looks_like_mp4(data: bytes) -> bool:
    return len(data) >= 12 and data[4:8] == b"ftyp"


def _check_part(held: Recording, data: bytes) -> None:
    if not 0 < len(data) <= MAX_PART:
        raise BadUpload("A part can be at most 8 MB.")
    if held.received + len(data) > held.size:
        raise BadUpload("More came than the film was said to have. Load this page again.")
    if held.received == 0 and not looks_like_mp4(data):
        raise BadUpload("This file is not an MP4 film. Save it as MP4, then choose it once more.")


def _write(path: Path, offset: int, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as out:
        out.seek(offset)
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _advance(held: Recording, before: int, after: int, *, by: AbstractBaseUser, now: datetime) -> Recording:
    state = State.UPLOADED if after == held.size else State.UPLOADING
    rows = Recording.objects.filter(pk=held.pk, received=before, state=State.UPLOADING, source=held.source)
    if not rows.update(received=after, state=state):
        raise WrongOffset(Recording.objects.get(pk=held.pk).received)
    held.received, held.state = after, state
    if state == State.UPLOADED:
        record(held.event, "film uploaded", actor=by, subject=str(held), now=now)
        kick("library.make_stream", held.pk)
    return held


def _check_room(size: int) -> None:
    """The film and its stream both need room."""
    root = store.root()
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < 2 * size + SPARE:
        raise BadUpload("There is not enough room on the server for this film. Tell whoever runs the server.")


def _discard_part(held: Recording) -> None:
    """What an upload that was given up left behind."""
    if held.source:
        source_path(held).unlink(missing_ok=True)
