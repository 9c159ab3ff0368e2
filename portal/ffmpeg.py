"""Where the program ffmpeg is: the machine's own, or the one of the embedded set."""

import shutil


def find_ffmpeg() -> str | None:
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg  # Only in the embedded set.

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None
