"""The media store: where files are, by names that only we make.

documents/<key>                     a version of a document
recordings/<key>/source-<key>.mp4   a film as it came
recordings/<key>/stream-<key>/      what is played
recordings/<key>/captions-<key>.vtt
withdrawn/<key>/                    the same, after closing
"""

import os
import re
from pathlib import Path

from django.conf import settings

RECORDINGS, WITHDRAWN, DOCUMENTS = "recordings", "withdrawn", "documents"
_KEY = re.compile(r"[0-9a-f]{40}")


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def document_path(key: str) -> Path:
    return root() / DOCUMENTS / check_key(key)


def recording_folder(key: str) -> Path:
    """The folder as it is now: withdrawn, or where a film belongs."""
    away = root() / WITHDRAWN / check_key(key)
    return away if away.is_dir() else root() / RECORDINGS / key


def check_key(key: str) -> str:
    """Raises ValueError for a name we did not make."""
    if not _KEY.fullmatch(key):
        raise ValueError("Not a key of the store.")
    return key


def write_file(path: Path, data: bytes) -> None:
    """The whole file or none, on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def move_recording(key: str, *, withdrawn: bool) -> None:
    """Moves a recording's folder away or back; done already is well done."""
    here, there = root() / RECORDINGS / check_key(key), root() / WITHDRAWN / key
    source, target = (here, there) if withdrawn else (there, here)
    if source.is_dir() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
