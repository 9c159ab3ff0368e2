"""Writes to the programme that open pages must show."""

import io
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from portal.events.copying import Copy, again
from portal.events.models import Event
from portal.events.services import record
from portal.live.services import touch
from portal.programme.followers import tell_followers
from portal.programme.models import Session, Speaker

PHOTO_PIXELS = 480
PHOTO_LIMIT = 50_000_000  # pixels read from the header, before anything is decoded


class BadPhoto(ValueError):
    """Says in plain words what is wrong with a picture."""


def tell_programme(event: Event) -> None:
    """The programme changed: bars and agendas on open pages follow within a second, and what hangs on its times."""
    touch(f"event.{event.pk}.programme")
    touch(f"event.{event.pk}.agenda")
    tell_followers(event)


@transaction.atomic
def add_session(
    event: Event,
    *,
    kind: str,
    title: str,
    starts: datetime,
    ends: datetime,
    speakers: Iterable[Speaker] = (),
    summary: str = "",
) -> Session:
    """Adds a slot, or moves the one of that title and kind: the same programme twice is one programme."""
    session, _ = Session.objects.update_or_create(
        event=event, kind=kind, title=title, defaults={"starts": starts, "ends": ends, "summary": summary}
    )
    session.speakers.set(speakers)
    tell_programme(event)
    return session


@transaction.atomic
def move_session(
    session: Session, *, starts: datetime, ends: datetime, by: AbstractBaseUser | None, now: datetime
) -> Session:
    """Moves a session. Raises ValidationError when it would end before it starts."""
    session.starts, session.ends = starts, ends
    session.full_clean()
    session.save(update_fields=["starts", "ends"])
    record(session.event, "move session", actor=by, subject=session.title, now=now)
    tell_programme(session.event)
    return session


def square_photo(data: bytes) -> "ContentFile[bytes]":
    """Any picture as a square JPEG of our own making: no metadata and nothing hidden survives.

    Raises BadPhoto for what is no picture, or has over fifty million pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > PHOTO_LIMIT:
                raise BadPhoto("This picture is too large: choose one of at most 50 megapixels.")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise BadPhoto("This file is not a picture we can read: choose a JPEG, PNG or WebP.") from None
    square = ImageOps.fit(upright, (PHOTO_PIXELS, PHOTO_PIXELS), centering=(0.5, 0.3))
    out = io.BytesIO()
    square.save(out, "JPEG", quality=85)
    return ContentFile(out.getvalue(), name="photo.jpg")


def copy_sessions(copy: Copy) -> int:
    """The programme's shape: no speakers, and no films of last time."""
    for session in copy.old.sessions.all():
        new = again(
            session,
            event=copy.new,
            starts=copy.moved(session.starts),
            ends=copy.moved(session.ends),
            provider="",
            embed="",
        )
        new.save()
        copy.keep(session, new)
    return copy.new.sessions.count()
