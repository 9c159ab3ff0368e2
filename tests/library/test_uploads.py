"""A film comes in parts: where they belong, twice, from two tabs, and never by halves."""

import hashlib
import os
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from library.models import Recording, State
from library.uploads import BadUpload, WrongOffset, begin_upload, receive_part, source_path
from portal.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FILM = b"\x00\x00\x00\x18ftypisom" + os.urandom(3000)


@pytest.fixture
def recording(session) -> Recording:
    return Recording.objects.create(session=session)


@pytest.fixture
def begun(recording, ada, now) -> Recording:
    return begin_upload(recording, mark="film.mp4", size=len(FILM), by=ada, now=now)


@pytest.fixture
def send(begun, ada, now):
    def part(start: int, end: int, *, offset: int | None = None, source: str = "") -> Recording:
        return receive_part(
            begun, source=source or begun.source, offset=start if offset is None else offset,
            data=FILM[start:end], by=ada, now=now,
        )  # fmt: skip

    return part


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_film_cut_on_the_way_resumes_and_arrives_whole(begun, send, recording, ada, now):
    send(0, 1000)
    again = begin_upload(recording, mark="film.mp4", size=len(FILM), by=ada, now=now)
    assert again.received == 1000
    send(1000, 2000)
    assert send(2000, len(FILM)).state == State.UPLOADED
    assert digest(source_path(begun).read_bytes()) == digest(FILM)


def test_a_part_at_the_wrong_place_is_told_the_right_one(send):
    send(0, 1000)
    with pytest.raises(WrongOffset) as wrong:
        send(2000, 2500)
    assert wrong.value.offset == 1000


def test_a_repeated_part_does_no_harm(begun, send):
    send(0, 1000)
    assert send(0, 1000).received == 1000
    send(1000, len(FILM))
    assert digest(source_path(begun).read_bytes()) == digest(FILM)


def test_a_part_that_overlaps_is_told_the_right_place(send):
    send(0, 1000)
    with pytest.raises(WrongOffset):
        send(500, 1500)


def test_another_file_begins_anew_and_the_old_tab_is_stopped(begun, send, recording, ada, now):
    send(0, 1000)
    old = source_path(begun)
    other = begin_upload(recording, mark="other.mp4", size=50, by=ada, now=now)
    assert other.received == 0
    assert not old.exists()
    with pytest.raises(BadUpload, match="Another upload"):
        send(1000, 2000)


@pytest.mark.parametrize("size", [0, 4 * 1024**3 + 1])
def test_a_film_of_no_or_too_many_bytes_is_refused(recording, ada, now, size):
    with pytest.raises(BadUpload):
        begin_upload(recording, mark="film.mp4", size=size, by=ada, now=now)


def test_more_than_was_said_is_refused(recording, ada, now):
    begun = begin_upload(recording, mark="film.mp4", size=20, by=ada, now=now)
    with pytest.raises(BadUpload, match="More came"):
        receive_part(begun, source=begun.source, offset=0, data=FILM[:21], by=ada, now=now)


def test_what_is_no_mp4_is_refused_at_its_first_part(recording, ada, now):
    begun = begin_upload(recording, mark="film.mp4", size=100, by=ada, now=now)
    with pytest.raises(BadUpload, match="not an MP4"):
        receive_part(begun, source=begun.source, offset=0, data=b"MZ" + b"\0" * 98, by=ada, now=now)
    assert not source_path(begun).exists()


def test_a_published_film_cannot_be_replaced(published, ada, now):
    with pytest.raises(BadUpload, match="cannot be replaced"):
        begin_upload(published, mark="film.mp4", size=100, by=ada, now=now)


def test_an_upload_is_written_down(begun, send):
    send(0, len(FILM))
    verbs = list(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs == ["film uploaded", "begin film upload"]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_whole_film(begun, ada, now):
    gate = Barrier(2)

    def tab() -> None:
        gate.wait()
        offset = 0
        while offset < len(FILM):
            try:
                offset = receive_part(
                    begun, source=begun.source, offset=offset, data=FILM[offset : offset + 300], by=ada, now=now
                ).received
            except WrongOffset as wrong:
                offset = wrong.offset
            except BadUpload:
                break
        connection.close()

    tabs = [Thread(target=tab) for _ in range(2)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join(30)
    begun.refresh_from_db()
    assert (begun.state, begun.received) == (State.UPLOADED, len(FILM))
    assert digest(source_path(begun).read_bytes()) == digest(FILM)


# The same by HTTP, as the page does it.


def url(recording: Recording, name: str) -> str:
    return reverse(f"admin:library_recording_{name}", args=[recording.pk])


def post_part(client, recording, data: bytes, offset: object, source: str, **kwargs):
    headers = {"Upload-Offset": str(offset), "Upload-Source": source}
    kind = kwargs.pop("content_type", "application/octet-stream")
    return client.post(url(recording, "part"), data, content_type=kind, headers=headers, **kwargs)


def test_an_organiser_uploads_by_http_and_is_told_where_to_go_on(recording, ada, client_of):
    client = client_of(ada)
    told = client.post(url(recording, "begin"), {"mark": "film.mp4", "size": len(FILM)}).json()
    assert told["offset"] == 0
    assert post_part(client, recording, FILM[:1000], 0, told["source"]).json()["offset"] == 1000
    wrong = post_part(client, recording, FILM[2000:], 2000, told["source"])
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 1000)
    assert client.get(url(recording, "state")).json()["percent"] == 33
    done = post_part(client, recording, FILM[1000:], 1000, told["source"]).json()
    assert (done["state"], done["offset"]) == ("uploaded", len(FILM))


def test_a_broken_part_is_refused_in_plain_words(begun, ada, client_of):
    client = client_of(ada)
    answers = [
        post_part(client, begun, FILM, "abc", begun.source),
        post_part(client, begun, FILM, -1, begun.source),
        post_part(client, begun, FILM, 0, begun.source, content_type="text/plain"),
        post_part(client, begun, b"x" * (8 * 1024 * 1024 + 1), 0, begun.source),
        post_part(client, begun, FILM, 0, "source-other.mp4"),
        client.post(url(begun, "begin"), {"mark": "x", "size": "many"}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 415, 413, 422, 422]
    assert all(answer.json()["error"].endswith(".") for answer in answers)
    begun.refresh_from_db()
    assert begun.received == 0


def test_a_part_needs_the_forms_token(begun, ada, client_of):
    client = client_of(ada, enforce_csrf_checks=True)
    assert post_part(client, begun, FILM, 0, begun.source).status_code == 403


def test_nobody_else_uploads(begun, ben, eve, client_of):
    assert post_part(client_of(eve), begun, FILM, 0, begun.source).status_code == 404
    assert post_part(client_of(ben), begun, FILM, 0, begun.source).status_code == 302
    begun.refresh_from_db()
    assert begun.received == 0
