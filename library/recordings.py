"""The life of a recording: made ready, published, withdrawn at closing, brought back."""

import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q

from library import films, store
from library.filetypes import check_captions
from library.models import Recording, State, new_key
from library.uploads import source_path
from portal import clock
from portal.events.models import Event
from portal.events.policy import Reach, may_reach
from portal.events.services import record
from portal.programme.models import Session
from portal.sweeps.services import kick

logger = logging.getLogger(__name__)

# A worker tells at least this often that it still works.
STALE = timedelta(minutes=5)
MAX_ATTEMPTS = 3
NO_CAPTIONS = "A film needs captions before it is published. Upload them (WebVTT), then publish."


class NotAllowed(ValueError):
    """Says in plain words why a recording cannot become that."""


class ClaimLost(Exception):
    """Another worker has taken over."""


@transaction.atomic
def add_captions(recording: Recording, *, data: bytes, by: AbstractBaseUser | None, now: datetime) -> Recording:
    """Puts WebVTT beside the film, or in place of what was there. Raises BadFile."""
    text = check_captions(data)
    held = _hold(recording)
    name = f"captions-{new_key()}.vtt"
    store.write_file(store.recording_folder(held.key) / name, text)
    held.captions, held.captions_reviewed = name, False
    held.save(update_fields=["captions", "captions_reviewed"])
    record(held.event, "upload captions", actor=by, subject=str(held), now=now)
    return held


@transaction.atomic
def publish_recording(recording: Recording, *, by: AbstractBaseUser | None, now: datetime) -> Recording:
    """Shows a finished film with captions to delegates. Raises NotAllowed."""
    held = _hold(recording)
    if held.state == State.PUBLISHED:
        return held
    if not held.captions:
        raise NotAllowed(NO_CAPTIONS)
    if held.state == State.WITHDRAWN:
        raise NotAllowed("The event is over. Give it more months on demand, and its films come back.")
    held.published_at = now
    return _become(held, State.PUBLISHED, "publish film", by=by, now=now)


@transaction.atomic
def unpublish_recording(recording: Recording, *, by: AbstractBaseUser | None, now: datetime) -> Recording:
    """Takes a film back from delegates; it stays ready. Raises NotAllowed."""
    held = _hold(recording)
    held.published_at = None
    return _become(held, State.READY, "unpublish film", by=by, now=now)


@transaction.atomic
def retry_recording(recording: Recording, *, by: AbstractBaseUser | None, now: datetime) -> Recording:
    """Makes a failed film ready again from what was uploaded. Raises NotAllowed."""
    held = _hold(recording)
    if held.received < held.size or not held.size:
        raise NotAllowed("This film was not uploaded whole. Upload it again.")
    held.attempts, held.error = 0, ""
    _become(held, State.UPLOADED, "retry film", by=by, now=now)
    kick("library.make_stream", held.pk)
    return held


def make_recording(recording_id: int, *, now: datetime) -> bool:
    """Makes the stream, unless another worker does or it is done. Returns whether this call made it."""
    claim = _claim(recording_id, now)
    if claim is None:
        return False
    held = Recording.objects.select_related("session__event").get(pk=recording_id)
    folder = store.recording_folder(held.key) / f"stream-{claim}"
    try:
        films.make_stream(source_path(held), folder, lambda done: _tell(held, claim, done))
        return _finish(held, claim, folder)
    except ClaimLost:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        _fail(held, claim, error)
        return False


def publish_film(session: Session, mp4_path: Path, vtt_text: str, *, now: datetime) -> Recording:
    """A whole film at once, for demonstrations; nothing to do when the session has one. Raises BadFilm."""
    recording, _ = Recording.objects.get_or_create(session=session)
    if recording.is_out:
        return recording
    if recording.state in {State.UPLOADING, State.FAILED}:
        _take_film(recording, Path(mp4_path))
    make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    if recording.state != State.READY:
        raise films.BadFilm(recording.error or "The film is being made ready elsewhere.")
    add_captions(recording, data=vtt_text.encode(), by=None, now=now)
    return publish_recording(recording, by=None, now=now)


def make_due(now: datetime) -> int:
    """The sweep that finds films no kick reached, and those whose worker died."""
    due = list(Recording.objects.filter(_is_due(now)).values_list("pk", flat=True)[:1])
    for pk in due:
        kick("library.make_stream", pk)
    return len(due)


def withdraw_due(now: datetime) -> int:
    """The sweep after closing: films move away. Access has ended already, by the clock."""
    rows = Recording.objects.filter(state=State.PUBLISHED).select_related("session__event")
    due = [row for row in rows if now >= row.event.window.closes]
    return sum(_move(row, State.WITHDRAWN, "withdraw film", now) for row in due)


def bring_back_due(now: datetime) -> int:
    """An extended window brings its films back."""
    rows = Recording.objects.filter(state=State.WITHDRAWN).select_related("session__event")
    due = [row for row in rows if now < row.event.window.closes]
    return sum(_move(row, State.PUBLISHED, "bring back film", now) for row in due)


def has_published(event: Event) -> bool:
    return Recording.objects.filter(session__event=event, state=State.PUBLISHED).exists()


def watchable(event: Event, now: datetime) -> bool:
    return may_reach(event, Reach.RECORDINGS, now)


def _hold(recording: Recording) -> Recording:
    return Recording.objects.select_for_update(of=("self",)).select_related("session__event").get(pk=recording.pk)


def _become(held: Recording, state: State, verb: str, *, by: AbstractBaseUser | None, now: datetime) -> Recording:
    if not held.may_become(state):
        raise NotAllowed(f"This film is “{held.get_state_display()}”, so it cannot become “{state.label}”.")
    held.state = state
    held.save(update_fields=["state", "published_at", "attempts", "error"])
    record(held.event, verb, actor=by, subject=str(held), now=now)
    return held


@transaction.atomic
def _move(row: Recording, state: State, verb: str, now: datetime) -> bool:
    """The row first, as the lock; the folder inside it, where doing it again does no harm."""
    if not Recording.objects.filter(pk=row.pk, state=row.state).update(state=state):
        return False
    store.move_recording(row.key, withdrawn=state == State.WITHDRAWN)
    record(row.event, verb, actor=None, subject=str(row), now=now)
    return True


def _is_due(now: datetime) -> Q:
    stale = Q(state=State.PROCESSING, claimed_at__lt=now - STALE)
    return Q(state=State.UPLOADED) | stale


def _claim(recording_id: int, now: datetime) -> str | None:
    """One film at a time over all workers: an encoder takes every core there is."""
    claim = new_key()
    with transaction.atomic():
        busy = Recording.objects.filter(state=State.PROCESSING, claimed_at__gte=now - STALE)
        if busy.exists():
            return None
        rows = Recording.objects.filter(_is_due(now), pk=recording_id)
        tired = rows.filter(attempts__gte=MAX_ATTEMPTS)
        tired.update(
            state=State.FAILED, error="This film stopped the worker three times. Save it smaller, then upload it again."
        )
        changed = rows.update(
            state=State.PROCESSING, claim=claim, claimed_at=now, progress=0, error="", attempts=F("attempts") + 1
        )
    return claim if changed else None


def _mine(held: Recording, claim: str):  # type: ignore[no-untyped-def]
    return Recording.objects.filter(pk=held.pk, state=State.PROCESSING, claim=claim)


def _tell(held: Recording, claim: str, done: int) -> None:
    """Says that the work goes on. Raises ClaimLost."""
    now = clock.now()
    if done == held.progress and held.claimed_at and now - held.claimed_at < STALE / 10:
        return
    held.progress, held.claimed_at = done, now
    if not _mine(held, claim).update(progress=done, claimed_at=now):
        raise ClaimLost


@transaction.atomic
def _finish(held: Recording, claim: str, folder: Path) -> bool:
    if not _mine(held, claim).update(state=State.READY, stream=folder.name, progress=100, claim=""):
        raise ClaimLost
    record(held.event, "film ready", actor=None, subject=str(held), now=clock.now())
    return True


def _fail(held: Recording, claim: str, error: Exception) -> None:
    words = str(error) if isinstance(error, films.BadFilm) else "Something went wrong on the server. Try again."
    if not isinstance(error, films.BadFilm):
        logger.exception("Recording %s could not be made ready.", held.pk)
    if _mine(held, claim).update(state=State.FAILED, error=words, claim=""):
        record(held.event, "film failed", actor=None, subject=str(held), now=clock.now())


def _take_film(recording: Recording, path: Path) -> None:
    """A film that is on this machine already, as if it had been uploaded."""
    recording.source = f"source-{new_key()}.mp4"
    target = source_path(recording)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    size = target.stat().st_size
    recording.mark, recording.size, recording.received = path.name, size, size
    recording.state, recording.attempts = State.UPLOADED, 0
    recording.save()
