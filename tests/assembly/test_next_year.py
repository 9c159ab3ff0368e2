"""Next year's event from this one: everything of its shape, and nobody's name."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from breakouts.models import Room
from breakouts.services import add_room, choose_room, open_round
from breakouts.voice.models import EventVoice, RoomVoice
from networking.services import open_lounge, post_message
from portal.events.copying import copy_event, register_copier
from portal.events.policy import Phase, phase_of
from portal.mail.models import Wording
from portal.models import AuditEntry, Delegate, Event, Invitation, Session, Speaker
from portal.people.invitations.services import invite_again

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NEXT = date(2023, 11, 17)


@pytest.fixture
def full(event, ada, ben, sana, make_session, now):
    """An event with something of everything that is copied, and of everything that is not."""
    Event.objects.filter(pk=event.pk).update(
        strapline="All in", capacity=389, confirm_hours=12, brand="#112233", months_after=8, opened_at=now,
        registration_opens=datetime(2022, 5, 1, 9, tzinfo=event.tz),
    )  # fmt: skip
    event.refresh_from_db()
    opening = make_session("Opening", "09:30", "10:30")
    opening.speakers.add(Speaker.objects.create(event=event, name="Sana Placeholder", user=sana.user))
    Session.objects.filter(pk=opening.pk).update(provider="youtube", embed="abc")
    round = open_round(make_session("Round one", "11:00", "11:45", kind="round"))
    round.release_after = 7
    round.save()
    room = add_room(round, title="Night shifts", theme="Sleep", capacity=30, hosts="Ben Placeholder", access="BSL")
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True, locked=True)
    add_room(round, title="Night shifts, second room", theme="Sleep", capacity=30, sister_of=room)
    EventVoice.objects.create(event=event, way="peer", by_floor=True)
    RoomVoice.objects.create(room=room, way="link", link="https://meet.example.org/secret")
    choose_room(round.rooms.get(sister_of=room), ben, now=now)
    Wording.objects.create(event=event, occasion="thanks", subject="Thanks, {name}", text="{lobby}")
    Invitation.objects.create(event=event, email="somebody@example.org")
    post_message(open_lounge(event), ben, "Hello", client_id="6b1f5c32-30ae-4e58-8d2c-0f5b6a1f4f11", now=now)
    return event


def copied(event, ada, now, **changes):
    values = {"name": "Assembly 2023", "slug": "assembly-2023", "first_day": NEXT} | changes
    return copy_event(event, **values, by=ada, now=now)


def test_settings_and_the_programmes_shape_are_copied_to_the_same_hours(full, ada, now):
    new, done = copied(full, ada, now)
    assert (new.strapline, new.capacity, new.confirm_hours, new.brand, new.months_after) == (
        "All in", 389, 12, "#112233", 8,
    )  # fmt: skip
    assert (new.first_day, new.last_day, new.opened_at) == (NEXT, NEXT, None)
    # May is in summer time and November is not: the clock on the wall is what stays.
    times = [(each.title, new.local(each.starts).strftime("%d %H:%M")) for each in new.sessions.all()]
    assert times == [("Opening", "17 09:30"), ("Round one", "17 11:00")]
    assert new.local(new.registration_opens).strftime("%d %B %H:%M") == "22 October 09:00"
    assert done == {"sessions": 2, "wordings of mails": 1, "rooms": 1}


def test_rooms_come_with_their_rules_and_without_names_links_and_sisters(full, ada, now):
    new, _ = copied(full, ada, now)
    [room] = Room.objects.filter(round__session__event=new)
    assert (room.title, room.theme, room.capacity, room.access) == ("Night shifts", "Sleep", 30, "BSL")
    assert (room.hosts, room.locked, room.pseudonyms_allowed, room.round.release_after) == ("", False, True, 7)
    assert (new.voice.way, new.voice.by_floor) == ("peer", True)
    assert not RoomVoice.objects.filter(room=room).exists()
    assert room.conversation.event == new


def test_nobody_comes_along(full, ada, now):
    new, _ = copied(full, ada, now)
    assert not Delegate.registrations.filter(event=new).exists()
    assert not new.speakers.exists()
    assert not new.invitations.exists()
    assert not new.sessions.exclude(embed="").exists()
    assert not new.conversations.filter(messages__isnull=False).exists()
    assert list(new.organisers.all()) == [ada]
    assert list(AuditEntry.objects.filter(event=new).values_list("verb", "actor")) == [("copy event", ada.pk)]


def test_the_old_event_is_as_it_was(full, ada, now):
    before = [list(full.sessions.values()), list(Wording.objects.values()), list(Room.objects.values())]
    copied(full, ada, now)
    after = [list(full.sessions.values()), list(full.wordings.values())]
    assert after == before[:2]
    assert list(Room.objects.filter(round__session__event=full).values()) == before[2]


def test_when_a_part_fails_nothing_is_left(full, ada, now, monkeypatch):
    from portal.events import copying

    def fail(copy):
        raise RuntimeError("no room")

    monkeypatch.setattr(copying, "_copiers", {**copying._copiers})
    register_copier("last", fail)
    with pytest.raises(RuntimeError):
        copied(full, ada, now)
    assert Event.objects.count() == 1


def test_an_organiser_copies_in_one_form(client_of, ada, full):
    address = reverse("admin:portal_event_copy", args=[full.pk])
    answer = client_of(ada).post(address, {"name": "A", "slug": "a", "first_day": "2023-11-17"}, follow=True)
    assert "A is made: sessions 2, wordings of mails 1, rooms 1. You organise it." in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"slug": "assembly-2022"}, "Event with this Address already exists"),
        ({"slug": "admin"}, "belongs to the portal itself"),
        ({"first_day": "soon"}, "Enter a valid date"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(client_of, ada, full, values, said):
    given = {"name": "A", "slug": "a", "first_day": "2023-11-17"} | values
    page = client_of(ada).post(reverse("admin:portal_event_copy", args=[full.pk]), given)
    assert said in page.content.decode()
    assert Event.objects.count() == 1


def test_another_events_shape_is_nobodys_to_copy(client_of, ada, other_event):
    assert client_of(ada).get(reverse("admin:portal_event_copy", args=[other_event.pk])).status_code == 404


def test_only_those_who_agreed_are_invited_and_once(full, ada, ben, sana, now):
    Delegate.objects.filter(pk=ben.pk).update(ask_again=True, profession="nursing")
    new, _ = copied(full, ada, now)
    assert invite_again(new, by=ada, now=now) == 1
    assert invite_again(new, by=ada, now=now) == 0
    invitation = new.invitations.get()
    assert (invitation.email, invitation.profession, invitation.mailed_at) == ("ben@example.org", "nursing", None)


def test_who_is_registered_already_or_left_is_not_invited(full, ada, ben, sana, now):
    Delegate.objects.update(ask_again=True)
    new, _ = copied(full, ada, now)
    Delegate.objects.create(event=new, user=ben.user, name="Ben", organisation="T", role="learner", registered_at=now)
    Delegate.objects.filter(pk=sana.pk).update(state="cancelled")
    assert invite_again(new, by=ada, now=now) == 0


def test_inviting_again_is_a_press_at_the_new_event_alone(client_of, ada, full, ben, now):
    Delegate.objects.filter(pk=ben.pk).update(ask_again=True)
    new, _ = copied(full, ada, now)
    client = client_of(ada)
    assert "Made from" not in client.get(reverse("admin:portal_event_change", args=[full.pk])).content.decode()
    assert "Made from" in client.get(reverse("admin:portal_event_change", args=[new.pk])).content.decode()
    assert client.post(reverse("admin:portal_invitation_again", args=[full.pk])).status_code == 404
    answer = client.post(reverse("admin:portal_invitation_again", args=[new.pk]), follow=True)
    assert "1 invited." in answer.content.decode()
    assert client.get(reverse("admin:portal_invitation_again", args=[new.pk])).status_code == 405


def test_nobody_registers_for_it_before_it_is_ready(full, ada, now):
    Event.objects.filter(pk=full.pk).update(registration_opens=None)
    full.refresh_from_db()
    new, _ = copied(full, ada, now)
    assert new.registration_opens == new.window.opens
    assert phase_of(new, now) == Phase.ANNOUNCED
