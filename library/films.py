"""ffmpeg, called as a program: what a film has, its stream, and a film for demonstrations."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.ffmpeg import find_ffmpeg

RENDITIONS = ((360, "800k"), (720, "2500k"))  # lines, most bits a second
NO_FFMPEG = "This server has no ffmpeg, so films cannot be made ready. Install ffmpeg, then try again."
# A file may name others; only what is given is opened.
_SAFE_INPUT = ["-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe", "-f", "mov"]


class BadFilm(Exception):
    """Says in plain words why a film could not be made ready."""


@dataclass(frozen=True)
class Film:
    seconds: float
    lines: int
    has_sound: bool


def ffmpeg() -> str:
    """Where the program is. Raises BadFilm when there is none."""
    found = find_ffmpeg()
    if found is None:
        raise BadFilm(NO_FFMPEG)
    return found


def examine(source: Path) -> Film:
    """What ffmpeg says of a film. Raises BadFilm when it has no picture or no end."""
    command = [ffmpeg(), *_SAFE_INPUT, "-i", str(source)]
    said = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120).stderr
    length = re.search(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", said)
    picture = re.search(r"Stream #0:\d+.*?: Video: .*?, (\d{2,5})x(\d{2,5})", said)
    if not length or not picture:
        raise BadFilm("This film has no picture that can be read. Save it as MP4 (H.264), then upload it again.")
    hours, minutes, seconds = length.groups()
    total = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return Film(total, int(picture[2]), ": Audio: " in said)


def make_stream(source: Path, folder: Path, tell: Callable[[int], None]) -> None:
    """HLS with one or two renditions, a plain MP4 that plays while it loads, and a picture, in ``folder``.

    ``tell`` hears the percentage, and may raise to stop the work. Raises BadFilm.
    """
    film = examine(source)
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [size for size in RENDITIONS if size[0] <= max(film.lines, RENDITIONS[0][0])]
    _run(_stream_command(source, folder, film, sizes), film.seconds, lambda done: tell(done * 95 // 100))
    best = folder / f"{sizes[-1][0]}p" / "index.m3u8"
    # Our own playlist, so its segments may be opened.
    remux = ["-nostdin", "-hide_banner", "-i", str(best), "-c", "copy", "-movflags", "+faststart"]
    _run([*remux, str(folder / "film.mp4")], film.seconds, lambda done: None)
    moment = str(min(3.0, film.seconds / 2))
    picture = ["-nostdin", "-hide_banner", "-ss", moment, "-i", str(folder / "film.mp4"), "-frames:v", "1"]
    _run([*picture, "-q:v", "4", str(folder / "poster.jpg")], film.seconds, lambda done: None)
    tell(100)


def _stream_command(source: Path, folder: Path, film: Film, sizes: list[tuple[int, str]]) -> list[str]:
    count = len(sizes)
    parts = [f"[0:v:0]split={count}" + "".join(f"[i{n}]" for n in range(count))]
    parts += [f"[i{n}]scale=-2:{lines},format=yuv420p[v{n}]" for n, (lines, _) in enumerate(sizes)]
    command = [*_SAFE_INPUT, "-i", str(source), "-filter_complex", ";".join(parts)]
    for n, (_, rate) in enumerate(sizes):
        command += ["-map", f"[v{n}]", *(["-map", "0:a:0"] if film.has_sound else [])]
        command += [f"-maxrate:v:{n}", rate, f"-bufsize:v:{n}", f"{2 * int(rate[:-1])}k"]
    sound = ",a:{n}" if film.has_sound else ""
    names = " ".join(f"v:{n}{sound.format(n=n)},name:{lines}p" for n, (lines, _) in enumerate(sizes))
    return [
        *command, "-c:v", "libx264", "-preset", "veryfast", "-crf", "23",
        "-force_key_frames", "expr:gte(t,n_forced*4)", "-c:a", "aac", "-b:a", "128k", "-ac", "2",
        "-sn", "-dn", "-map_metadata", "-1", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod",
        "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4",
        "-hls_segment_filename", str(folder / "%v" / "segment_%05d.m4s"),
        "-master_pl_name", "master.m3u8", "-var_stream_map", names, str(folder / "%v" / "index.m3u8"),
    ]  # fmt: skip


def _run(arguments: list[str], seconds: float, tell: Callable[[int], None]) -> None:
    """Runs ffmpeg and tells how far it is, 0 to 100. Raises BadFilm with its last words."""
    command = [ffmpeg(), "-y", "-nostats", "-loglevel", "error", "-progress", "pipe:1", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    last = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            name, _, value = line.strip().partition("=")
            if name == "out_time_us" and value.isdigit():
                tell(min(100, int(int(value) / 10_000 / max(seconds, 0.1))))
            elif " " in name:
                last = line.strip()
        code = process.wait()
    finally:
        process.kill()
        process.wait()
    if code:
        raise BadFilm(f"This film could not be made ready: ffmpeg says “{last[:300] or code}”.")


CAPTIONS = (
    (0, 6, "Welcome to the demonstration film."),
    (6, 14, "It has no speech: only slow colours and a quiet tone."),
    (14, 24, "A recording of a session plays here, with its captions on."),
    (24, 36, "You can switch captions off in the player."),
    (36, 48, "Films stay on demand for six months after the event."),
    (48, 60, "Thank you for watching."),
)


def demonstration_film(folder: Path) -> tuple[Path, str]:
    """A minute of slow colours with a quiet tone, and its captions as WebVTT. Made once. Raises BadFilm."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demonstration.mp4"
    if not path.exists():
        part = folder / "demonstration.part.mp4"
        _run(_demonstration_command(part), 60, lambda done: None)
        part.replace(path)
    return path, demonstration_captions()


def demonstration_captions() -> str:
    cues = [f"{_stamp(start)} --> {_stamp(end)}\n{words}" for start, end, words in CAPTIONS]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _stamp(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02}.000"


def _demonstration_command(path: Path) -> list[str]:
    colours = "c0=0x3b1a45:c1=0x7a4b6b:c2=0xd98c5f:c3=0xf3d9b1:nb_colors=4:speed=0.008:seed=7"
    tone = "sine=frequency=196:sample_rate=44100"
    soft = "volume=0.06,tremolo=f=0.2:d=0.5,afade=t=in:d=3,afade=t=out:st=57:d=3"
    return [
        "-nostdin", "-f", "lavfi", "-i", f"gradients=s=640x360:r=15:d=60:{colours}",
        "-f", "lavfi", "-i", tone, "-t", "60", "-af", soft, "-c:v", "libx264", "-preset", "ultrafast",
        "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k", "-movflags", "+faststart", str(path),
    ]  # fmt: skip
