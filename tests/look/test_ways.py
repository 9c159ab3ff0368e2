"""Links from one part of the house to another, that no single part would test."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_admin_leads_back_to_the_events_one_organises(event, other_event, ada, client_of):
    page = client_of(ada).get("/admin/").content.decode()
    assert f'href="/{event.slug}/lobby/">Back to {event.name}</a>' in page
    assert f"/{other_event.slug}/" not in page


def test_moderation_leads_to_the_calls_for_help_and_does_not_speak_for_them(event, ada, client_of):
    page = client_of(ada).get(f"/{event.slug}/moderation/").content.decode()
    assert f'href="/{event.slug}/rooms/help/"' in page
    assert "All quiet" not in page
