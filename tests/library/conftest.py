import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from library.films import ffmpeg
from library.models import Document, Recording, State
from library.recordings import publish_film
from library.services import add_document
from tests.library.files import PDF, VTT

BASE = "/assembly-2022/"
FILES = "/files/assembly-2022/"


@pytest.fixture(scope="session")
def film_path(tmp_path_factory) -> Path:
    """Two seconds of moving picture with sound."""
    path = tmp_path_factory.mktemp("films") / "two-seconds.mp4"
    made = ["-f", "lavfi", "-i", "testsrc=s=320x180:r=12:d=2", "-f", "lavfi", "-i", "sine=d=2"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([ffmpeg(), "-y", "-loglevel", "error", *made, *coded, str(path)], check=True, timeout=120)
    return path


@pytest.fixture
def document(event, ada, now) -> Document:
    return add_document(
        event, title="Programme", summary="The day.", category="Guides", filename="programme.pdf",
        data=PDF, by=ada, now=now,
    )  # fmt: skip


@pytest.fixture
def session(make_session):
    return make_session()


@pytest.fixture
def make_published(session) -> Callable[..., Recording]:
    """A published recording whose stream is a few bytes: only its life is looked at."""

    def make(data: bytes = b"0123456789") -> Recording:
        recording = Recording.objects.create(session=session)
        from library import store

        folder = store.recording_folder(recording.key)
        store.write_file(folder / "stream-x" / "film.mp4", data)
        store.write_file(folder / "stream-x" / "360p" / "segment_00000.m4s", data)
        store.write_file(folder / "stream-x" / "master.m3u8", b"#EXTM3U\n")
        store.write_file(folder / "captions-x.vtt", VTT.encode())
        recording.stream, recording.captions, recording.state = "stream-x", "captions-x.vtt", State.PUBLISHED
        recording.save()
        return recording

    return make


@pytest.fixture
def published(make_published) -> Recording:
    return make_published()


@pytest.fixture
def film(session, film_path, now) -> Recording:
    """A real film, made ready by ffmpeg and published."""
    return publish_film(session, film_path, VTT, now=now)


def read(response) -> bytes:
    """All bytes of an answer, streamed or not."""
    if not response.streaming:
        return response.content
    return b"".join(response)


@pytest.fixture
def eve(other_event):
    """Organises the other event."""
    from allauth.mfa.models import Authenticator

    from portal.models import User

    user = User.objects.create_user("eve@example.org", "Eve Placeholder", is_staff=True)
    other_event.organisers.add(user)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user
