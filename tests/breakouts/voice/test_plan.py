"""By which way a room speaks: its own plan, its event's, or what is at hand."""

import pytest
from django.core.exceptions import ValidationError

from breakouts.models import Room
from breakouts.voice.models import EventVoice, RoomVoice, Way
from breakouts.voice.providers import PROVIDERS, name_of_meeting, plan_of, provider_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_without_a_plan_up_to_four_speak_directly(room, settings):
    settings.JANUS_URL = ""
    assert provider_of(plan_of(room)).way == Way.PEER


def test_a_media_server_is_used_where_there_is_one(room, settings):
    settings.JANUS_URL = "ws://127.0.0.1:8188"
    assert provider_of(plan_of(room)).way == Way.JANUS


def test_a_plan_for_a_media_server_that_is_not_there_is_a_plan_for_nothing(room, plan, settings):
    settings.JANUS_URL = ""
    plan("janus")
    assert provider_of(plan_of(Room.objects.get(pk=room.pk))).way == Way.NONE


def test_a_room_goes_by_its_own_plan_before_its_events(room, event, plan):
    EventVoice.objects.create(event=event, way="none")
    assert plan_of(Room.objects.get(pk=room.pk)).way == "none"
    plan("peer")
    assert plan_of(Room.objects.get(pk=room.pk)).way == "peer"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://example.org/meeting",
        "javascript:alert(1)",
        "https://",
        "https://ben:secret@example.org/",
        "zoom.us/j/1",
    ],
)
def test_a_link_must_be_whole_and_encrypted(room, link):
    with pytest.raises(ValidationError):
        RoomVoice(room=room, way="link", link=link).full_clean()


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://teams.microsoft.com/l/meetup-join/1", "Microsoft Teams"),
        ("https://us02web.zoom.us/j/1", "Zoom"),
        ("https://meet.jit.si/room", "Jitsi Meet"),
        ("https://bbb.example.org/b/room", "BigBlueButton"),
        ("https://notzoom.us/j/1", "notzoom.us"),
    ],
)
def test_a_meeting_is_called_by_its_name(room, link, name):
    RoomVoice(room=room, way="link", link=link).full_clean()
    assert name_of_meeting(link) == name


def test_every_way_has_a_provider():
    assert set(PROVIDERS) == set(Way)
    assert [way for way, provider in PROVIDERS.items() if provider.is_embedded] == [Way.PEER, Way.JANUS]
