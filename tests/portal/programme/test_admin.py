"""An organiser in the admin: their own events and nothing else."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.models import AuditEntry, Speaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ada, client_of):
    return client_of(ada)


def test_an_organiser_sees_only_their_own_events(admin, event, other_event):
    page = admin.get(reverse("admin:portal_event_changelist")).content.decode()
    assert event.name in page
    assert other_event.name not in page


def test_another_events_row_is_not_to_be_had_by_its_id(admin, other_event):
    answer = admin.get(reverse("admin:portal_event_change", args=[other_event.pk]))
    assert answer.status_code == 302


def test_another_event_cannot_be_chosen_in_a_form(admin, other_event):
    data = {"event": other_event.pk, "name": "Nobody", "title": "", "about": "", "user": ""}
    page = admin.post(reverse("admin:portal_speaker_add"), data)
    assert "event" in page.context["adminform"].form.errors
    assert not Speaker.objects.exists()


def test_a_delegate_meets_the_sign_in_of_the_admin(ben, client_of):
    assert client_of(ben).get("/admin/").status_code == 302


def test_a_photo_of_any_shape_is_taken(admin, event):
    out = io.BytesIO()
    Image.new("RGBA", (30, 900)).save(out, "PNG")
    photo = SimpleUploadedFile("tall.png", out.getvalue())
    data = {"event": event.pk, "name": "Sana", "title": "", "about": "", "user": "", "photo": photo}
    admin.post(reverse("admin:portal_speaker_add"), data)
    speaker = Speaker.objects.get()
    answer = admin.get(speaker.photo_url)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.content[:3] == b"\xff\xd8\xff"


def test_a_photo_that_is_none_gets_a_plain_sentence(admin, event):
    photo = SimpleUploadedFile("x.png", b"<svg/>")
    data = {"event": event.pk, "name": "Sana", "photo": photo}
    page = admin.post(reverse("admin:portal_speaker_add"), data)
    assert "not a picture we can read" in page.content.decode()


def test_moving_a_session_on_the_events_page_is_written_down(admin, event, make_session):
    session = make_session("Opening")
    page = admin.get(reverse("admin:portal_event_change", args=[event.pk]))
    formset = page.context["inline_admin_formsets"][0].formset
    data = page.context["adminform"].form.initial | {"organisers": [], "logo": ""}
    data = {key: value for key, value in data.items() if value is not None}
    prefix = formset.prefix
    data |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 1, f"{prefix}-0-id": session.pk}
    data |= {f"{prefix}-0-event": event.pk, f"{prefix}-0-kind": "keynote", f"{prefix}-0-title": "Opening"}
    data |= {f"{prefix}-0-starts": "2022-05-27T11:00", f"{prefix}-0-ends": "2022-05-27T11:30"}
    answer = admin.post(reverse("admin:portal_event_change", args=[event.pk]), data)
    assert answer.status_code == 302, answer.context["errors"]
    session.refresh_from_db()
    assert event.local(session.starts).hour == 11
    assert AuditEntry.objects.filter(event=event, verb="change in admin").exists()


def test_outside_debug_the_admin_asks_for_a_second_factor(admin, ada):
    ada.authenticator_set.all().delete()
    answer = admin.get("/admin/")
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")
