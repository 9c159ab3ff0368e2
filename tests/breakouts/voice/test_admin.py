"""Organisers choose how their own rooms speak; who is in comes in anew in the new way."""

import pytest

from breakouts.voice.models import Caller, EventVoice, RoomVoice

pytestmark = pytest.mark.django_db
ADD = "/admin/breakouts/roomvoice/add/"
FIELDS = {"link": "", "minutes_before": 10}


def test_a_change_of_way_ends_the_voice_of_the_room(room, ben, ada, join, client_of):
    join(room, ben)
    client_of(ada).post(ADD, {"room": room.pk, "way": "none", **FIELDS})
    assert RoomVoice.objects.get().way == "none"
    assert not Caller.objects.present().exists()


def test_a_change_for_the_event_ends_it_in_rooms_without_their_own_way(
    make_round, plan, event, ben, sana, ada, join, client_of
):
    one, other = make_round(2, 2).rooms.all()
    RoomVoice.objects.create(room=other, way="peer")
    join(one, ben)
    join(other, sana)
    client_of(ada).post("/admin/breakouts/eventvoice/add/", {"event": event.pk, "way": "none", **FIELDS})
    assert EventVoice.objects.get().way == "none"
    assert [caller.room for caller in Caller.objects.present()] == [other]


def test_without_its_own_way_a_room_goes_by_its_events_again(room, plan, ben, ada, join, client_of):
    plan("peer")
    join(room, ben)
    client_of(ada).post(f"/admin/breakouts/roomvoice/{room.pk}/delete/", {"post": "yes"})
    assert not RoomVoice.objects.exists()
    assert not Caller.objects.present().exists()


def test_a_link_without_an_address_is_refused_in_words(room, ada, client_of):
    page = client_of(ada).post(ADD, {"room": room.pk, "way": "link", **FIELDS}).content.decode()
    assert "Give the meeting&#x27;s link, or choose another way." in page
    assert not RoomVoice.objects.exists()


def test_an_organiser_sees_and_chooses_rooms_of_their_own_events_alone(room, plan, other_event, client_of, db):
    from portal.models import User

    plan("peer")
    stranger = User.objects.create_user("stranger@example.org", "A Stranger", is_staff=True)
    stranger.save()
    other_event.organisers.add(stranger)
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={})
    client = client_of(stranger)
    assert client.get(f"/admin/breakouts/roomvoice/{room.pk}/change/").status_code == 302
    assert room.title not in client.get(ADD).content.decode()
