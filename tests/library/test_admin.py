"""The organiser's side: documents with versions, films from upload to publication."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from library.models import Document, Recording, State
from tests.library.files import PDF, VTT
from tests.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(ada, client_of):
    return client_of(ada)


def versions(document=None) -> dict[str, object]:
    number = document.versions.count() if document else 0
    return {"versions-TOTAL_FORMS": number, "versions-INITIAL_FORMS": number}


def test_an_organiser_shares_a_document_and_adds_a_version(organiser, event, ada):
    values = {"event": event.pk, "title": "Guide", "category": "Guides", "published": "on", "position": 1}
    add = reverse("admin:library_document_add")
    assert "Choose the file to share" in text(organiser.post(add, values | versions()))
    organiser.post(add, values | versions() | {"file": SimpleUploadedFile("guide.pdf", PDF)})
    document = Document.objects.get()
    assert (document.newest.filename, document.newest.uploaded_by) == ("guide.pdf", ada)
    change = reverse("admin:library_document_change", args=[document.pk])
    organiser.post(change, values | {"file": SimpleUploadedFile("guide 2.pdf", PDF)} | versions())
    assert [version.filename for version in document.versions.all()] == ["guide 2.pdf", "guide.pdf"]
    assert "guide 2.pdf" in text(organiser.get(change))


def test_a_wrong_file_is_refused_beside_the_field(organiser, event):
    values = {"event": event.pk, "title": "Guide", "category": "Guides", "position": 1} | versions()
    response = organiser.post(
        reverse("admin:library_document_add"), values | {"file": SimpleUploadedFile("guide.pdf", b"MZ")}
    )
    assert "not of a kind we can share" in text(response)
    assert Document.objects.count() == 0


def test_lists_open(organiser, document, published):
    assert "Programme" in text(organiser.get(reverse("admin:library_document_changelist")))
    assert "Published" in text(organiser.get(reverse("admin:library_recording_changelist")))
    assert organiser.get(reverse("admin:library_recording_change", args=[published.pk])).status_code == 200
    assert organiser.get(reverse("admin:library_recording_add")).status_code == 200


def test_a_recording_is_added_and_leads_to_its_upload(organiser, session):
    response = organiser.post(reverse("admin:library_recording_add"), {"session": session.pk})
    recording = Recording.objects.get()
    assert response["Location"] == reverse("admin:library_recording_film", args=[recording.pk])
    assert "Film (MP4, at most 4 GB)" in text(organiser.get(response["Location"]))


def act(client, recording, name: str, **extra) -> str:
    url = reverse("admin:library_recording_act", args=[recording.pk])
    return text(client.post(url, {"act": name, **extra}, follow=True))


def test_publishing_waits_for_captions(organiser, published):
    Recording.objects.update(state=State.READY, captions="")
    assert "needs captions before it is published" in act(organiser, published, "publish")
    assert "must be WEBVTT" in act(organiser, published, "captions", captions=SimpleUploadedFile("c.vtt", b"no"))
    act(organiser, published, "captions", captions=SimpleUploadedFile("c.vtt", VTT.encode()))
    act(organiser, published, "publish")
    published.refresh_from_db()
    assert published.state == State.PUBLISHED
    act(organiser, published, "unpublish")
    published.refresh_from_db()
    assert published.state == State.READY


def test_the_list_publishes_and_says_why_not(organiser, published):
    Recording.objects.update(state=State.READY, captions="")
    values = {"action": "publish", "_selected_action": [published.pk]}
    page = organiser.post(reverse("admin:library_recording_changelist"), values, follow=True)
    assert "needs captions" in text(page)


def test_saving_a_recording_leaves_the_workers_fields_alone(organiser, published):
    values = {"captions_reviewed": "on", "captions_file": SimpleUploadedFile("c.vtt", VTT.encode())}
    organiser.post(reverse("admin:library_recording_change", args=[published.pk]), values)
    published.refresh_from_db()
    assert (published.state, published.captions_reviewed) == (State.PUBLISHED, True)
    assert published.captions != "captions-x.vtt"


def test_an_organiser_of_another_event_sees_none_of_it(document, published, eve, client_of):
    client = client_of(eve)
    assert "Programme" not in text(client.get(reverse("admin:library_document_changelist")))
    for name in ("film", "state"):
        url = reverse(f"admin:library_recording_{name}", args=[published.pk])
        assert client.get(url).status_code == 404
    assert client.post(reverse("admin:library_recording_act", args=[published.pk])).status_code == 404
