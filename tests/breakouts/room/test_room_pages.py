"""The pages of a room that is on, by plain form post, for those who may and for those who may not."""

import re

import pytest
from django.urls import reverse

from breakouts.hosting.services import end
from breakouts.models import Room
from breakouts.services import choose_room
from breakouts.taking_part.models import Hand, Manner, Part
from breakouts.taking_part.services import raise_hand, take_part
from portal.live.access import find_start
from portal.live.registry import find_channel
from tests.conftest import make_delegate
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_entering_asks_how_i_take_part_and_then_lets_me_in(room, ben, client_of, where):
    client = client_of(ben)
    assert "How would you like to take part?" in text(client.get(where()))
    assert client.post(where("part"), {"manner": "listen"}).status_code == 303
    assert "You listen." in text(client.get(where()))
    client.post(where("part"), {"manner": "speak"})
    assert Part.objects.get().manner == "speak"


def test_an_answer_that_is_none_is_asked_again(room, ben, client_of, where):
    response = client_of(ben).post(where("part"), {"manner": "sing"})
    assert response.status_code == 422
    assert not Part.objects.exists()


def test_those_who_lead_are_not_asked(room, sana, ada, client_of, where):
    for person in (sana, ada):
        assert "Leading this room" in text(client_of(person).get(where()))


def test_nobody_takes_part_before_or_after(room, ben, client_of, where, at):
    for moment in ("2022-05-27T09:44:59", "2022-05-27T10:30"):
        at(moment)
        client_of(ben).post(where("part"), {"manner": "type"})
        client_of(ben).post(where("hand"), {"up": "1"})
    assert not Part.objects.exists()
    assert not Hand.objects.exists()


def test_a_hand_goes_up_and_down_by_plain_form(ben_in, where):
    ben_in.post(where("hand"), {"up": "1"})
    assert "Lower my hand" in text(ben_in.get(where()))
    ben_in.post(where("hand"), {"down": "1"})
    assert "Raise my hand" in text(ben_in.get(where()))


def test_a_room_that_goes_on_is_said_to_in_one_form_of_time_and_in_the_bar(room, ben, sana, client_of, where):
    bar = re.compile(r"until <time[^>]*>10:30am</time>(, some rooms until <time[^>]*>10:35am</time>)?")
    assert bar.search(text(client_of(ben).get("/assembly-2022/lobby/")))[1] is None  # type: ignore[index]
    said = client_of(sana).post(where("extend"), {"known": 0}, follow=True)
    assert "The room goes on until 10:35am." in text(said)
    assert bar.search(text(client_of(ben).get("/assembly-2022/lobby/")))[1]  # type: ignore[index]
    gauge = client_of(ben).get(f"/assembly-2022/live/event.{room.event.pk}.programme/").json()["state"]["html"]
    assert bar.search(gauge)[1]  # type: ignore[index]


def test_the_room_stays_open_as_long_as_it_was_extended_and_then_leads_on(ben_in, sana, client_of, where, at):
    client_of(sana).post(where("extend"), {"known": "0"})
    at("2022-05-27T10:34:59")
    assert "Raise my hand" in text(ben_in.get(where()))
    at("2022-05-27T10:35")
    page = text(ben_in.get(where()))
    assert "This room closed at" in page
    assert where("notes") in page
    assert reverse("networking:lounge", args=["assembly-2022"]) in page


def test_a_room_that_was_ended_is_called_so_and_can_be_looked_back_at_alone(room, ben, una, ada, client_of, where, now):
    take_part(room, ben, Manner.TYPE, now=now)
    end(room, by=ada, now=now)
    page = text(client_of(ben).get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
    assert "Ended</span>" in page and "Look back" in page
    assert "Closed to newcomers" not in page and "Enter<" not in page and "Give up my place" not in page
    rounds = text(client_of(ben).get(reverse("breakouts:rounds", args=["assembly-2022"])))
    assert f'You were in <a href="{where()}">Room 1</a>, which has ended.' in rounds
    places = client_of(una).get(f"/assembly-2022/live/round.{room.round_id}.places/").json()["state"]["rooms"]
    assert [places[str(pk)]["ended"] for pk in (room.pk, una.seats.get().room_id)] == [True, False]


def test_the_channels_of_a_room_are_for_those_with_a_place_and_the_desk_for_those_who_lead(
    room, ben, sana, una, cleo, ada, now
):
    people = [ben.user, sana.user, una.user, cleo.user, ada]

    def hears(name: str) -> list[bool]:
        channel = find_channel(name)
        return [find_start(user, "assembly-2022", channel, now) is not None for user in people]

    for part in ("hands", "notes", "state"):
        assert hears(room.channel(part)) == [True, True, False, False, True], part
    assert hears(room.channel("desk")) == [False, True, False, False, True]
    assert hears(f"event.{room.event.pk}.help") == [False, False, False, False, True]


@pytest.mark.parametrize("name", ["room", "desk", "room_people", "notes"])
def test_a_room_costs_the_same_with_one_person_and_with_three(
    name, room, ben, ben_in, sana, event, client_of, where, now, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    leader = client_of(sana)
    raise_hand(room, ben, now=now)
    leader.get(where(name))
    with CaptureQueriesContext(connection) as before:
        leader.get(where(name))
    for number in range(2):
        person = make_delegate(event, f"more{number}@example.org", f"More {number}")
        choose_room(room, person, now=now)
        take_part(room, person, "speak", now=now)
        raise_hand(room, person, now=now)
    with django_assert_num_queries(len(before)):
        leader.get(where(name))


def test_a_card_names_who_leads_the_room_and_else_what_the_organisers_wrote(room, other_room, ben_in, ada, client_of):
    Room.objects.filter(pk__in=[room.pk, other_room.pk]).update(hosts="Two from the deanery")
    for client in (ben_in, client_of(ada)):
        page = text(client.get(reverse("breakouts:round", args=["assembly-2022", room.round_id])))
        assert "With Sana Placeholder" in page
        assert page.count("With Two from the deanery") == 1


def test_who_waits_for_the_room_to_open_reads_who_leads_it(room, ben, client_of, where, at):
    Room.objects.filter(pk=room.pk).update(hosts="A guest", access="Live captions")
    at("2022-05-27T09:00")
    page = text(client_of(ben).get(where()))
    assert "With Sana Placeholder" in page and "A guest" not in page and "Live captions" in page


def test_who_came_to_listen_is_not_one_who_is_still_to_be_heard(room, ben, sana, client_of, where, now):
    take_part(room, ben, "listen", now=now)
    page = text(client_of(sana).get(where("room_people")))
    assert "came to listen" in page and "Not heard yet" not in page
