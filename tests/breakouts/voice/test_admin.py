"""Organisers choose how their own rooms speak; who is in comes in anew in the new way."""

import pytest

from breakouts.voice.models import Caller, EventVoice, RoomVoice
from breakouts.voice.services import give_floor, switch
from portal.models import AuditEntry

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


@pytest.mark.parametrize("kind", ["roomvoice", "eventvoice"])
def test_plans_deleted_together_end_their_voices_too(room, plan, event, ben, ada, join, client_of, kind):
    own = plan("peer") if kind == "roomvoice" else EventVoice.objects.create(event=event, way="peer")
    join(room, ben)
    chosen = {"action": "delete_selected", "_selected_action": own.pk, "post": "yes"}
    client_of(ada).post(f"/admin/breakouts/{kind}/", chosen)
    assert not type(own).objects.exists()
    assert not Caller.objects.present().exists()
    assert AuditEntry.objects.get(verb="end voice").actor == ada


@pytest.mark.parametrize("kind", ["roomvoice", "eventvoice"])
def test_speaking_with_the_floor_from_now_on_mutes_who_has_it_not(
    room, plan, event, ben, sana, ada, seat, join, client_of, now, kind
):
    own = plan("peer") if kind == "roomvoice" else EventVoice.objects.create(event=event, way="peer")
    seat(room, ben, sana)
    give_floor(room, sana.user, sana.name, by=ada, now=now)
    for delegate in (ben, sana):
        switch(join(room, delegate), microphone=True, camera=False, is_leader=False, now=now)
    form = {"room": room.pk, "event": event.pk, "way": "peer", "by_floor": "on", **FIELDS}
    client_of(ada).post(f"/admin/breakouts/{kind}/{own.pk}/change/", form)
    assert type(own).objects.get().by_floor
    assert {caller.user: caller.microphone for caller in Caller.objects.present()} == {
        ben.user: False,
        sana.user: True,
    }


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
