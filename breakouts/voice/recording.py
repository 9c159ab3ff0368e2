"""The voices of a room, recorded of those who agreed, as one file for its organisers.

Janus writes a file for each time that somebody speaks, into a folder of the room's. When the room is over they are
laid over each other, each at its moment, and deleted; pictures are deleted unseen. The folder is all there is: no row
names who spoke.
"""

import json
import logging
import shutil
import struct
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from breakouts.models import Room
from breakouts.voice.policy import is_over
from breakouts.voice.queries import find_room
from portal.ffmpeg import find_ffmpeg
from portal.privacy.periods import PERIODS

logger = logging.getLogger(__name__)

WHOLE = "voices.m4a"
# Janus closes its files a moment after the last line.
SETTLED = timedelta(minutes=2)
_CLAIM_SECONDS = 3600
_PROGRAM_SECONDS = 3600
_MAGIC = b"MJR00002"


class NotMixed(Exception):
    """Says in plain words why the voices of a room are still in parts."""


def folder_of(room_id: int) -> Path:
    return Path(settings.JANUS_RECORDINGS) / f"room-{room_id}"


def whole_of(room: Room) -> Path | None:
    """The finished recording, in MP4 with AAC."""
    path = folder_of(room.pk) / WHOLE
    return path if settings.JANUS_RECORDINGS and path.is_file() else None


def delete_recording(room: Room) -> None:
    """The whole of it: a single voice cannot be taken out of the others."""
    shutil.rmtree(folder_of(room.pk), ignore_errors=True)


def keep_recordings(now: datetime, *, dry_run: bool) -> int:
    """Deletes what has had its time. Returns how many rooms that are."""
    ended = [event.pk for event in PERIODS["voices"].ended(now)] if settings.JANUS_RECORDINGS else []
    rooms = Room.objects.filter(round__session__event__in=ended)
    spent = [room for room in rooms if folder_of(room.pk).exists()]
    for room in () if dry_run else spent:
        delete_recording(room)
    return len(spent)


def sweep_recordings(now: datetime) -> int:
    """Hands each room that is over to be mixed, and deletes what is left of rooms that are no more."""
    from breakouts.tasks import mix_voices

    handed = 0
    for folder in Path(settings.JANUS_RECORDINGS).glob("room-*") if settings.JANUS_RECORDINGS else ():
        number = folder.name.removeprefix("room-")
        room = find_room(int(number)) if number.isdigit() else None
        if room is None:
            shutil.rmtree(folder, ignore_errors=True)
        elif is_over(room, now - SETTLED) and any(folder.glob("*.mjr")) and _claim(room):
            mix_voices.delay(room.pk)
            handed += 1
    return handed


def _claim(room: Room) -> bool:
    return cache.add(f"breakouts.voices.{room.pk}", 1, _CLAIM_SECONDS)


def mix(room_id: int) -> None:
    """Makes the whole of the parts, and deletes them. Raises NotMixed and leaves them otherwise."""
    folder = folder_of(room_id)
    parts = sorted(folder.glob("*-audio-*.mjr"))
    starts = {part: started for part in parts if (started := started_at(part)) is not None}
    with tempfile.TemporaryDirectory(dir=folder, prefix="mixing-") as name:
        work = Path(name)
        voices = [(_convert(part, work / f"{number}.opus"), starts[part]) for number, part in enumerate(starts)]
        if voices:
            _lay_over(voices, work / WHOLE)
            (work / WHOLE).replace(folder / WHOLE)
    for part in folder.glob("*.mjr"):
        part.unlink()


def started_at(part: Path) -> float | None:
    """When the first sound of a part came, in seconds of Unix time; None for a file without any.

    A part begins with a magic word, the length of a JSON header, and the header: "u" is that moment in microseconds.
    Source: Janus, ``src/record.c``.
    """
    with part.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return None
        (length,) = struct.unpack("!H", file.read(2).ljust(2, b"\0"))
        try:
            header = json.loads(file.read(length))
        except ValueError:
            return None
        return header["u"] / 1_000_000 if file.read(1) and isinstance(header.get("u"), int) else None


def _convert(part: Path, voice: Path) -> Path:
    program = shutil.which("janus-pp-rec")
    if program is None:
        raise NotMixed("janus-pp-rec is not on this server. Debian has it in janus-tools.")
    _run([program, str(part), str(voice)])
    return voice


def _lay_over(voices: list[tuple[Path, float]], whole: Path) -> None:
    program = find_ffmpeg()
    if program is None:
        raise NotMixed("ffmpeg is not on this server.")
    first = min(started for _, started in voices)
    inputs = [each for voice, _ in voices for each in ("-i", str(voice))]
    delayed = [
        f"[{number}:a]adelay={round((started - first) * 1000)}:all=1[v{number}]"
        for number, (_, started) in enumerate(voices)
    ]
    labels = "".join(f"[v{number}]" for number in range(len(voices)))
    mixed = f"{labels}amix=inputs={len(voices)}:normalize=0,alimiter[all]"
    sound = [
        "-map",
        "[all]",
        "-ac",
        "1",
        "-c:a",
        "aac",
        "-b:a",
        "96k",
        "-map_metadata",
        "-1",
        "-movflags",
        "+faststart",
    ]
    quiet = ["-nostdin", "-y", "-loglevel", "error"]
    _run([program, *quiet, *inputs, "-filter_complex", ";".join([*delayed, mixed]), *sound, str(whole)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_PROGRAM_SECONDS)
    if done.returncode:
        raise NotMixed(f"{Path(command[0]).name} says: {(done.stderr or done.stdout)[-300:].strip()}")
