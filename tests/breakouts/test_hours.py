"""The talk of a room keeps the room's hours, whichever address it is reached by."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from breakouts.services import choose_room
from portal.live.access import find_start
from portal.live.registry import find_channel
from portal.programme.services import move_session

pytestmark = pytest.mark.django_db
BEFORE, START, LATE, END = (f"2022-05-27T{time}" for time in ("11:14:59", "11:15", "11:59:59", "12:00"))


@pytest.fixture
def room(make_round, ben, now):
    """Ben's room from 11:15 to 12:00."""
    room = make_round(starts="11:15", ends="12:00").rooms.first()
    choose_room(room, ben, now=now)
    return room


def address(name: str, room) -> str:
    return reverse(f"networking:{name}", args=["assembly-2022", room.conversation_id])


def look(client, room) -> int:
    return client.get(address("conversation", room)).status_code


def say(client, room) -> int:
    words = {"text": "Hello", "client_id": uuid.uuid4()}
    return client.post(address("say", room), words, headers={"Accept": "application/json"}).status_code


@pytest.mark.parametrize(
    ("moment", "looked", "said"), [(BEFORE, 404, 404), (START, 200, 201), (LATE, 200, 201), (END, 200, 403)]
)
def test_a_seat_opens_the_talk_with_the_room_and_closes_it_to_words_with_the_room(
    room, ben, client_of, at, moment, looked, said
):
    at(moment)
    client = client_of(ben)
    assert (look(client, room), say(client, room)) == (looked, said)


def test_the_panel_keeps_the_same_hours(room, ben, client_of, at):
    at(BEFORE)
    assert client_of(ben).get(address("panel", room)).status_code == 404


@pytest.mark.parametrize(("moment", "hears"), [(BEFORE, False), (START, True), (END, True)])
def test_the_socket_keeps_the_same_hours(room, ben, at, moment, hears):
    channel = find_channel(room.conversation.channel)
    assert (find_start(ben.user, "assembly-2022", channel, at(moment)) is not None) is hears


def test_an_organiser_is_in_early(room, ada, client_of, at):
    at(BEFORE)
    assert look(client_of(ada), room) == 200


def test_a_moved_round_takes_its_talk_along(room, ben, ada, client_of, at):
    session = room.round.session
    half_an_hour = timedelta(minutes=30)
    now = at(START)
    move_session(session, starts=session.starts + half_an_hour, ends=session.ends + half_an_hour, by=ada, now=now)
    assert look(client_of(ben), room) == 404
    at(END)
    assert say(client_of(ben), room) == 201
