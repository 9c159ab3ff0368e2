"""Protected files: who gets them, which bytes, and nothing by a trick of the path."""

import re
import warnings

import pytest

from library import store
from tests.library.conftest import FILES, read
from tests.library.files import PDF, VTT

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")]


def film_url(recording, name: str = "film.mp4") -> str:
    return f"{FILES}recordings/{recording.pk}/{name}"


def without_token(response) -> bytes:
    return re.sub(rb'(name="csrfmiddlewaretoken" value|content)="[^"]*"', b"", response.content)


def document_url(document) -> str:
    return f"{FILES}documents/{document.pk}/"


def test_a_delegate_downloads_a_document(document, ben, client_of):
    response = client_of(ben).get(document_url(document))
    assert read(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="programme.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("header", "body", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_is_answered_with_those_bytes(published, ben, client_of, header, body, content_range):
    response = client_of(ben).get(film_url(published), headers={"Range": header})
    assert (response.status_code, response["Content-Range"]) == (206, content_range)
    assert response["Content-Length"] == str(len(body))
    assert read(response) == body


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=5-2", "bytes=-0", "bytes=-", "bytes=a-b", "bytes=1 2-3"])
def test_a_range_the_film_does_not_have_is_416(published, ben, client_of, header):
    response = client_of(ben).get(film_url(published), headers={"Range": header})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("header", ["bytes=0-1,4-5", "lines=0-1"])
def test_several_ranges_and_other_units_get_the_whole(published, ben, client_of, header):
    response = client_of(ben).get(film_url(published), headers={"Range": header})
    assert (response.status_code, read(response)) == (200, b"0123456789")


def test_a_range_of_another_version_gets_the_whole(published, ben, client_of):
    client = client_of(ben)
    tag = client.get(film_url(published))["ETag"]
    old = client.get(film_url(published), headers={"Range": "bytes=0-1", "If-Range": '"old"'})
    same = client.get(film_url(published), headers={"Range": "bytes=0-1", "If-Range": tag})
    assert (old.status_code, same.status_code) == (200, 206)


def test_head_says_the_length_and_sends_nothing(published, ben, client_of):
    response = client_of(ben).head(film_url(published))
    assert (response["Content-Length"], read(response)) == ("10", b"")


def test_a_film_is_read_only(published, ben, client_of):
    assert client_of(ben).post(film_url(published)).status_code == 405


def test_captions_and_segments_have_their_kinds(published, ben, client_of):
    client = client_of(ben)
    captions = client.get(film_url(published, "captions.vtt"))
    assert (read(captions).decode(), captions["Content-Type"]) == (VTT, "text/vtt; charset=utf-8")
    assert client.get(film_url(published, "master.m3u8"))["Content-Type"] == "application/vnd.apple.mpegurl"
    assert read(client.get(film_url(published, "360p/segment_00000.m4s"))) == b"0123456789"


@pytest.mark.parametrize(
    "name",
    [
        "../../secret.txt", "..%2f..%2fsecret.txt", "%2e%2e/secret.txt", "..%252fsecret.txt", "film.mp4%00", "%00",
        "..\\secret.txt", "..%5csecret.txt", "/etc/passwd", "360p/../../../secret.txt", "360p//film.mp4",
        "./film.mp4", "film.mp4/", "FILM.MP4", "source-x.mp4", "captions-x.vtt", "film.mp4%0a", "٣٦٠p/index.m3u8",
    ],
)  # fmt: skip
def test_a_trick_of_the_path_opens_nothing(published, ben, client_of, name, settings, monkeypatch):
    store.write_file(store.root() / "secret.txt", b"secret")
    opened = []
    from pathlib import Path

    real = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: (opened.append(self), real(self, *a, **k))[1])
    response = client_of(ben).get(film_url(published, name))
    assert response.status_code in {400, 404}
    assert opened == []


def test_only_those_of_the_event_get_its_files(document, published, ben, cleo, client_of):
    stranger = client_of(cleo)
    absent = stranger.get(f"{FILES}documents/999999/")
    for url in (document_url(document), film_url(published)):
        assert client_of().get(url).status_code == 404
        refused = stranger.get(url)
        assert refused.status_code == 404
        assert without_token(refused) == without_token(absent)
        assert client_of(ben).get(url).status_code == 200


def test_a_file_is_reached_through_its_own_event_only(document, published, cleo, client_of):
    client = client_of(cleo)
    assert client.get(f"/files/another/documents/{document.pk}/").status_code == 404
    assert client.get(f"/files/another/recordings/{published.pk}/film.mp4").status_code == 404


def test_a_hidden_document_is_for_organisers(document, ada, ben, client_of):
    document.published = False
    document.save(update_fields=["published"])
    assert client_of(ben).get(document_url(document)).status_code == 404
    assert client_of(ada).get(document_url(document)).status_code == 200


@pytest.mark.parametrize(
    ("moment", "document_status", "film_status"),
    [
        ("2022-05-21T23:59:59", 404, 404),
        ("2022-05-22T00:00:00", 200, 404),
        ("2022-05-26T23:59:59", 200, 404),
        ("2022-05-27T00:00:00", 200, 200),
        ("2022-11-27T23:59:59", 200, 200),
        ("2022-11-28T00:00:00", 404, 404),
    ],
)
def test_the_clock_decides_with_no_sweep_run(
    document, published, ada, ben, client_of, at, moment, document_status, film_status
):
    at(moment)
    client = client_of(ben)
    assert client.get(document_url(document)).status_code == document_status
    assert client.get(film_url(published)).status_code == film_status
    assert client_of(ada).get(film_url(published)).status_code == 200


def test_a_lost_file_is_404(document, ben, client_of):
    store.document_path(document.newest.key).unlink()
    assert client_of(ben).get(document_url(document)).status_code == 404


def test_behind_nginx_only_the_check_is_ours(document, ben, cleo, client_of, settings):
    settings.ACCEL_PREFIX = "/protected/"
    response = client_of(ben).get(document_url(document))
    assert response["X-Accel-Redirect"] == f"/protected/documents/{document.newest.key}"
    assert response.content == b""
    assert "attachment" in response["Content-Disposition"]
    assert "X-Accel-Redirect" not in client_of(cleo).get(document_url(document))


@pytest.mark.django_db(transaction=True)
async def test_a_huge_film_is_streamed_in_small_blocks(make_published, ben, async_client):
    from asgiref.sync import sync_to_async

    recording = await sync_to_async(make_published)()
    path = store.recording_folder(recording.key) / "stream-x" / "film.mp4"
    size = 3 * 1024**3
    with path.open("r+b") as out:
        out.truncate(size)
    await async_client.aforce_login(ben.user)
    with warnings.catch_warnings():
        # Django warns so where it would gather a stream in memory.
        warnings.filterwarnings("error", message="StreamingHttpResponse must consume")
        response = await async_client.get(film_url(recording))
        assert response["Content-Length"] == str(size)
        blocks = [len(block) async for block in _first(response, 100)]
    assert max(blocks) <= 256 * 1024
    assert len(blocks) == 100
    response.close()


async def _first(response, count: int):
    parts = aiter(response)
    for _ in range(count):
        yield await anext(parts)
