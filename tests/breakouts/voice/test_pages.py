"""Who gets the page, the link and each command, and what they are told when not."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from breakouts.hosting.services import appoint, dismiss, remove_person
from breakouts.models import Room
from breakouts.services import choose_room
from breakouts.voice.models import Caller
from portal.live.access import find_start
from portal.live.registry import find_channel

pytestmark = pytest.mark.django_db
MEETING = "https://teams.microsoft.com/l/meetup-join/secret-of-the-meeting"
COMMANDS = ("enter", "leave", "beat", "switch", "signal", "lead")


@pytest.fixture
def address(room) -> str:
    return f"/assembly-2022/rooms/{room.round_id}/{room.pk}/voice/"


@pytest.fixture
def meeting(plan):
    return plan("link", link=MEETING)


def test_the_page_is_for_who_has_a_place(room, address, ben, sana, cleo, ada, seat, client_of):
    seat(room, ben)
    assert "data-voice=" in client_of(ben).get(address).content.decode()
    assert client_of(ada).get(address).status_code == 200
    assert client_of(sana).get(address).url == f"/assembly-2022/rooms/{room.round_id}/{room.pk}/"
    assert client_of(cleo).get(address).status_code == 404
    assert "/accounts/login/" in client_of(None).get(address).url


def test_without_javascript_the_page_says_so_and_leads_to_the_talk(room, address, ben, seat, client_of):
    seat(room, ben)
    page = client_of(ben).get(address).content.decode()
    assert "need JavaScript" in page[page.index("<noscript>") : page.index("</noscript>")]


# The link


def test_the_link_is_in_no_page_and_each_click_is_checked(room, meeting, address, ben, seat, client_of):
    seat(room, ben)
    client = client_of(ben)
    page = client.get(address).content.decode()
    assert "Microsoft Teams" in page
    assert "secret-of-the-meeting" not in page
    answer = client.get(f"{address}link/")
    assert (answer.status_code, answer.url, answer.content) == (302, MEETING, b"")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("moment", "reached"),
    [
        ("2022-05-27T09:34:59", False),
        ("2022-05-27T09:35:00", True),
        ("2022-05-27T10:29:59", True),
        ("2022-05-27T10:30:00", False),
    ],
)
def test_the_link_works_from_ten_minutes_before_until_the_end(
    room, meeting, address, ben, seat, client_of, at, moment, reached
):
    seat(room, ben)
    at(moment)
    answer = client_of(ben).get(f"{address}link/")
    assert answer.url == (MEETING if reached else address)


def test_who_may_go_by_another_name_is_asked_first_whichever_way_they_come(room, meeting, address, ben, client_of, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    choose_room(room, ben, now=now)
    client = client_of(ben)
    assert client.get(f"{address}link/").url == MEETING
    assert not room.parts.exists()
    assert 'name="known_as"' in client.get(f"/assembly-2022/rooms/{room.round_id}/{room.pk}/").content.decode()


def test_the_link_is_only_for_who_has_a_place(room, meeting, address, sana, cleo, ada, client_of):
    assert client_of(sana).get(f"{address}link/").status_code == 404
    assert client_of(cleo).get(f"{address}link/").status_code == 404
    assert client_of(ada).get(f"{address}link/").url == MEETING


def test_the_link_ends_with_the_seat(room, meeting, address, ben, seat, client_of, now):
    from breakouts.services import leave_room

    seat(room, ben)
    client = client_of(ben)
    assert client.get(f"{address}link/").url == MEETING
    leave_room(room.round, ben, now=now)
    assert client.get(f"{address}link/").status_code == 404


def test_a_room_without_a_meeting_has_no_link(room, plan, address, ben, seat, client_of):
    seat(room, ben)
    plan("peer", link=MEETING)
    assert client_of(ben).get(f"{address}link/").status_code == 404


# The commands


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_without_a_place_reaches_a_command(room, address, sana, cleo, client_of, command):
    assert client_of(sana).post(f"{address}{command}/").status_code == 403
    assert client_of(cleo).post(f"{address}{command}/").status_code == 404
    assert client_of(None).post(f"{address}{command}/").status_code == 302
    assert not Caller.objects.exists()


@pytest.mark.parametrize("moment", ["2022-05-27T09:44:59", "2022-05-27T10:30:00", "2022-05-28T10:00"])
def test_outside_the_session_nobody_with_a_seat_comes_in(room, address, ben, seat, client_of, at, moment):
    seat(room, ben)
    at(moment)
    answer = client_of(ben).post(f"{address}enter/")
    assert (answer.status_code, answer.json()["problem"]) == (403, "The voice of this room is not open to you now.")


def test_a_closed_room_lets_nobody_in(room, address, ben, seat, client_of, now):
    seat(room, ben)
    room.conversation.closed_at = now
    room.conversation.save()
    assert client_of(ben).post(f"{address}enter/").status_code == 403


def test_a_suspended_person_does_not_come_in(room, address, ben, seat, client_of, now, ada):
    from networking.safety.services import suspend

    seat(room, ben)
    suspend(ben, by=ada, now=now)
    assert client_of(ben).post(f"{address}enter/").status_code == 403
    assert not Caller.objects.exists()


def test_who_was_removed_has_neither_voice_nor_link_nor_gauge(room, meeting, address, ben, ada, seat, client_of, now):
    seat(room, ben)
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    client = client_of(ben)
    assert client.get(f"{address}link/").status_code == 404
    assert client.post(f"{address}enter/").status_code == 403
    assert not hears(ben.user, f"room.{room.pk}.voice", now)
    assert not Caller.objects.exists()


def test_a_dismissed_facilitator_without_a_seat_has_neither_voice_nor_link(
    room, meeting, address, sana, ada, client_of, now
):
    facilitator = appoint(room, sana, by=ada, now=now)
    client = client_of(sana)
    assert client.get(f"{address}link/").url == MEETING
    dismiss(facilitator, by=ada, now=now)
    assert client.get(f"{address}link/").status_code == 404
    assert client.post(f"{address}enter/").status_code == 403


def test_a_beat_after_the_session_was_moved_earlier_is_told_so(room, address, ben, seat, join, client_of):
    seat(room, ben)
    client = client_of(ben)
    beat = {"entry": join(room, ben).entry}
    assert client.post(f"{address}beat/", beat).status_code == 204
    two_hours = timedelta(hours=2)
    room.event.sessions.update(starts=F("starts") - two_hours, ends=F("ends") - two_hours)
    assert client.post(f"{address}beat/", beat).status_code == 403


def test_coming_in_gives_what_a_browser_needs_and_no_secret(room, plan, address, ben, seat, client_of, settings):
    settings.JANUS_URL, settings.JANUS_SECRET = "ws://127.0.0.1:8188", "janus-secret"
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example.org"], "turn-secret"
    plan("janus")
    seat(room, ben)
    answer = client_of(ben).post(f"{address}enter/")
    entrance = answer.json()
    caller = Caller.objects.get()
    assert entrance["socket"] == f"/live/assembly-2022/voice/{caller.pk}/1/"
    # Until the round ends, and no longer.
    assert entrance["ice"][0]["username"] == f"1653643800:{caller.pk}"
    assert "secret" not in answer.content.decode()
    assert "8188" not in answer.content.decode()


def test_a_command_needs_the_token_against_forgery(room, address, ben, seat):
    seat(room, ben)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ben.user)
    assert client.post(f"{address}enter/").status_code == 403
    assert not Caller.objects.exists()


def test_a_microphone_is_switched_and_a_refusal_says_why(room, plan, address, ben, seat, client_of):
    seat(room, ben)
    client = client_of(ben)
    client.post(f"{address}enter/")
    assert client.post(f"{address}switch/", {"microphone": "on"}).json()["microphone"] is True
    plan("peer", by_floor=True)
    client.post(f"{address}switch/", {})
    refused = client.post(f"{address}switch/", {"microphone": "on"})
    assert (refused.status_code, "given the floor" in refused.json()["problem"]) == (403, True)


def test_only_who_leads_gives_the_floor_mutes_and_ends(room, plan, address, ben, sana, ada, seat, client_of):
    plan("peer", by_floor=True)
    seat(room, ben, sana)
    client_of(ben).post(f"{address}enter/")
    client_of(sana).post(f"{address}enter/")
    other = Caller.objects.get(user=sana.user)
    for act in ("give", "take", "mute", "end"):
        assert client_of(ben).post(f"{address}lead/", {"act": act, "to": other.pk}).status_code == 404
    leading = client_of(ada)
    leading.post(f"{address}lead/", {"act": "give", "to": other.pk})
    assert client_of(sana).post(f"{address}switch/", {"microphone": "on"}).status_code == 200
    leading.post(f"{address}lead/", {"act": "mute", "to": other.pk})
    other.refresh_from_db()
    assert (other.floor, other.microphone) == (True, False)
    leading.post(f"{address}lead/", {"act": "end"})
    assert not Caller.objects.present().exists()


def test_one_person_does_not_act_for_another(room, make_round, address, ben, sana, seat, client_of, join):
    seat(room, ben, sana)
    theirs = join(room, sana)
    client = client_of(ben)
    assert client.post(f"{address}leave/", {"entry": theirs.entry, "to": theirs.pk}).status_code == 404
    assert client.post(f"{address}signal/", {"to": theirs.pk, "body": "hello"}).status_code == 404
    assert Caller.objects.present().get() == theirs


# Who hears what


def hears(user, name, now, event="assembly-2022") -> bool:
    return find_start(user, event, find_channel(name), now) is not None


def test_the_gauge_is_for_who_has_a_place_while_it_is_on(room, ben, sana, cleo, ada, seat, now, at):
    seat(room, ben)
    heard = {person: hears(user, f"room.{room.pk}.voice", now) for person, user in
             {"ben": ben.user, "sana": sana.user, "cleo": cleo.user, "ada": ada}.items()}  # fmt: skip
    assert heard == {"ben": True, "sana": False, "cleo": False, "ada": True}
    assert not hears(ben.user, f"room.{room.pk}.voice", now, event="another")
    assert not hears(ben.user, f"room.{room.pk + 1}.voice", now)
    assert not hears(ben.user, f"room.{room.pk}.voice", at("2022-05-27T10:30"))


def test_signals_are_heard_by_one_person_alone(room, ben, sana, ada, seat, join, now, at):
    seat(room, ben, sana)
    caller = join(room, ben)
    join(room, sana)
    assert hears(ben.user, f"voice.{caller.pk}", now)
    assert not hears(sana.user, f"voice.{caller.pk}", now)
    assert not hears(ada, f"voice.{caller.pk}", now)
    assert not hears(ben.user, f"voice.{caller.pk}", now, event="another")
    assert not hears(ben.user, f"voice.{caller.pk}", at("2022-05-27T10:30"))


def test_the_address_of_signals_answers_one_person(room, ben, sana, cleo, ada, seat, join, client_of):
    from breakouts.voice.services import send_signal

    seat(room, ben, sana)
    caller = join(room, ben)
    send_signal(join(room, sana), caller, "hello")
    address = f"/assembly-2022/live/voice.{caller.pk}/"
    people = {"nobody": None, "sana": sana, "cleo": cleo, "ada": ada}
    refused = {who: client_of(person).get(address).status_code for who, person in people.items()}
    assert refused == {"nobody": 401, "sana": 404, "cleo": 404, "ada": 404}
    [frame] = client_of(ben).get(address).json()["frames"]
    assert (frame["kind"], frame["body"]["body"]) == ("signal", "hello")


def test_the_address_of_who_is_in_answers_those_with_a_place(room, ben, sana, cleo, ada, seat, join, client_of):
    seat(room, ben)
    join(room, ben)
    address = f"/assembly-2022/live/room.{room.pk}.voice/"
    people = {"nobody": None, "ben": ben, "sana": sana, "cleo": cleo, "ada": ada}
    answers = {who: client_of(person).get(address).status_code for who, person in people.items()}
    assert answers == {"nobody": 401, "ben": 200, "sana": 404, "cleo": 404, "ada": 200}
    state = client_of(ben).get(address).json()["state"]
    assert (state["html"], state["people"][0]["name"]) == ("1 person is in.", "Ben Placeholder")
    # Who they are elsewhere in the portal is not told: a room may let people go by another name.
    told = {"id", "entry", "name", "microphone", "camera", "switched", "floor", "recorded"}
    assert set(state["people"][0]) == told


def test_the_room_leads_to_its_voice_where_it_has_one(room, plan, ben, seat, client_of):
    seat(room, ben)
    client_of(ben).post(f"/assembly-2022/rooms/{room.round_id}/{room.pk}/part/", {"manner": "speak"})
    address = f"/assembly-2022/rooms/{room.round_id}/{room.pk}/"
    assert f'href="{address}voice/"' in client_of(ben).get(address).content.decode()
    plan("none")
    page = client_of(ben).get(address).content.decode()
    assert "Join by voice" not in page
    assert "This room talks in writing" in client_of(ben).get(f"{address}voice/").content.decode()


# Taking the seat up


@pytest.mark.parametrize("way", ["peer", "link"])
def test_who_comes_by_voice_has_taken_up_their_seat(room, plan, address, ben, seat, client_of, way):
    plan(way, link=MEETING if way == "link" else "")
    seat(room, ben)
    client = client_of(ben)
    client.get(f"{address}link/") if way == "link" else client.post(f"{address}enter/")
    assert room.seats.get().taken_up_at is not None


def test_before_the_start_nobody_is_led_to_a_talk_that_is_not_open_to_them(
    room, meeting, address, ben, ada, seat, client_of, at
):
    seat(room, ben)
    at("2022-05-27T09:40")
    page = client_of(ben).get(address).content.decode()
    assert "Join the talk" not in page
    assert re.search("The talk of this room opens at <time [^>]*>9:45am", page)
    assert "Join the talk" in client_of(ada).get(address).content.decode()


def test_who_comes_in_before_the_start_does_not_read_at_the_start_that_the_time_is_up(room, ada, client_of, at):
    at("2022-05-27T09:40")
    page = client_of(ada).get(f"/assembly-2022/rooms/{room.round_id}/{room.pk}/").content.decode()
    assert "Starts in" in page and "data-countdown-done" not in page


def test_following_the_link_before_the_start_takes_nothing_up(room, meeting, address, ben, seat, client_of, at):
    seat(room, ben)
    at("2022-05-27T09:40")
    assert client_of(ben).get(f"{address}link/").url == MEETING
    assert room.seats.get().taken_up_at is None


def test_who_waits_for_the_room_to_open_is_shown_the_way_to_its_meeting(room, plan, address, ben, seat, client_of, at):
    seat(room, ben)
    at("2022-05-27T09:36")
    waiting = f"/assembly-2022/rooms/{room.round_id}/{room.pk}/"
    assert f'href="{address}"' not in client_of(ben).get(waiting).content.decode()
    plan("link", link=MEETING)
    assert f'href="{address}"' in client_of(ben).get(waiting).content.decode()
