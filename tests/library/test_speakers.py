"""Speakers upload slides for their own sessions, and nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from library import store
from library.models import Document
from networking.safety.services import suspend
from portal.models import Speaker
from tests.library.conftest import BASE, read
from tests.library.files import ODP, PDF, PPTX
from tests.reading import text

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]


@pytest.fixture
def talk(make_session, sana_speaker):
    session = make_session("A fair start", "13:00", "13:30", kind="showcase")
    session.speakers.add(sana_speaker)
    return session


def upload(client, session, data: bytes, name: str = "talk.pptx", **kwargs):
    file = SimpleUploadedFile(name, data)
    return client.post(f"{BASE}speaking/{session.pk}/slides/", {"slides": file}, **kwargs)


def stored() -> list[str]:
    folder = store.root() / "documents"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize(("data", "kind"), [(PDF, "PDF"), (PPTX, "PPTX"), (ODP, "ODP")])
def test_slides_appear_at_the_session_and_in_the_library(talk, sana, ben, client_of, data, kind):
    response = upload(client_of(sana), talk, data)
    assert response.status_code == 302
    document = Document.objects.get()
    assert document.newest.kind == kind
    reader = client_of(ben)
    for page in (f"{BASE}library/", f"{BASE}sessions/{talk.pk}/library-panel/"):
        assert document.get_absolute_url() in text(reader.get(page))
    assert read(reader.get(document.get_absolute_url())) == data


def test_new_slides_replace_the_old_and_keep_them(talk, sana, client_of):
    client = client_of(sana)
    upload(client, talk, PPTX)
    upload(client, talk, PDF)
    document = Document.objects.get()
    assert [version.number for version in document.versions.all()] == [2, 1]
    assert document.newest.content_type == "application/pdf"
    assert len(stored()) == 2
    assert "Replace slides" in text(client.get(f"{BASE}speaking/"))


def test_a_speaker_cannot_upload_to_anothers_session(talk, make_session, sana, client_of):
    other = make_session("Another talk")
    assert upload(client_of(sana), other, PDF).status_code == 404
    assert Document.objects.count() == 0
    assert stored() == []


def test_who_does_not_speak_has_no_speakers_page(talk, ben, cleo, ada, client_of):
    for person in (ben, cleo, ada):
        assert client_of(person).get(f"{BASE}speaking/").status_code == 404
        assert upload(client_of(person), talk, PDF).status_code == 404


def test_nobody_is_asked_to_sign_in(talk, client_of):
    assert client_of().get(f"{BASE}speaking/")["Location"].startswith("/accounts/")
    assert upload(client_of(), talk, PDF).status_code == 302
    assert stored() == []


@pytest.mark.parametrize("moment", ["2022-05-01T12:00", "2022-05-24T12:00", "2022-07-01T12:00", "2022-12-24T12:00"])
def test_a_speaker_reaches_the_page_in_every_phase(talk, sana, client_of, at, moment):
    at(moment)
    page = text(client_of(sana).get(f"{BASE}speaking/"))
    assert "A fair start" in page


def test_a_speaker_who_is_no_delegate_reaches_the_page(event, talk, client_of):
    from portal.models import User

    user = User.objects.create_user("guest@example.org", "Guest Placeholder")
    talk.speakers.add(Speaker.objects.create(event=event, user=user, name="Guest Placeholder"))
    assert "A fair start" in text(client_of(user).get(f"{BASE}speaking/"))


def test_a_speaker_who_was_put_out_of_the_event_shares_nothing_in_it(talk, sana, ada, client_of, now):
    client = client_of(sana)
    suspend(sana, by=ada, now=now)
    assert "put your place on hold" in text(client.get(f"{BASE}speaking/"))
    assert upload(client, talk, PDF).status_code == 403
    assert stored() == []


def test_a_file_that_is_no_slides_is_refused_beside_the_field(talk, sana, client_of):
    response = upload(client_of(sana), talk, b"<html></html>")
    assert response.status_code == 422
    assert "Choose a PDF, PPTX or ODP file." in text(response)
    assert "Error: Your talks" in text(response)
    assert stored() == []


def test_no_file_is_asked_for(talk, sana, client_of):
    response = client_of(sana).post(f"{BASE}speaking/{talk.pk}/slides/", {})
    assert (response.status_code, "Choose a file first" in text(response)) == (422, True)


def test_eleven_megabytes_are_refused_by_their_length_alone(talk, sana, client_of):
    response = upload(client_of(sana), talk, PDF + b"\0" * 11 * 1024 * 1024)
    assert response.status_code == 413
    assert "too large" in text(response)


def test_the_length_is_refused_before_the_body_is_read(talk, sana, rf):
    from library.views import speaker_upload

    class Unreadable:
        def read(self, *args: int) -> bytes:
            raise AssertionError("The body was read.")

    request = rf.post("/", CONTENT_TYPE="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(11 * 1024 * 1024)
    request._stream, request.user = Unreadable(), sana.user
    assert speaker_upload(request, "assembly-2022", talk.pk).status_code == 413


def test_an_upload_needs_the_forms_token(talk, sana, client_of):
    assert upload(client_of(sana, enforce_csrf_checks=True), talk, PDF).status_code == 403
    assert stored() == []


def test_a_get_changes_nothing(talk, sana, client_of):
    assert client_of(sana).get(f"{BASE}speaking/{talk.pk}/slides/").status_code == 405
