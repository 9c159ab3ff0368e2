"""The pages of rooms, as each person meets them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from breakouts.models import Seat
from breakouts.services import choose_room
from breakouts.taking_part.models import Manner
from breakouts.taking_part.services import take_part
from tests.reading import text

pytestmark = pytest.mark.django_db
BASE = "/assembly-2022/rooms/"


def address(name: str, *args: int) -> str:
    return reverse(f"breakouts:{name}", args=["assembly-2022", *args])


def post_choice(client, room, **more):
    return client.post(address("choose", room.round_id), {"room": room.pk}, **more)


@pytest.fixture
def page_of(client_of):
    """A person's look at an address."""
    return lambda person, url: client_of(person).get(url)


def test_choosing_works_by_a_plain_form(make_round, ben, client_of):
    room, client = make_round().rooms.first(), client_of(ben)
    answer = post_choice(client, room)
    assert answer.status_code == 303
    assert answer["Location"] == address("round", room.round_id)
    page = text(client.get(answer["Location"]))
    assert "You have a place in Room 1." in page
    assert "Your room" in page
    assert re.search(r"<summary[^>]*><span[^>]*>Give up my place.*you may not get it back.*>Yes, give it up<", page)


def test_a_form_carries_its_token(make_round, ben, client_of):
    room, client = make_round().rooms.first(), client_of(ben, enforce_csrf_checks=True)
    assert post_choice(client, room).status_code == 403
    assert not Seat.objects.exists()


def test_a_full_room_answers_with_a_sentence_and_the_choice_is_kept(make_round, ben, sana, client_of, now):
    roomy, tiny = make_round(2, 1).rooms.all()
    choose_room(roomy, ben, now=now)
    choose_room(tiny, sana, now=now)
    answer = post_choice(client_of(ben), tiny)
    assert answer.status_code == 409
    assert "Room 2 is full. You keep your place in Room 1." in text(answer)
    assert Seat.objects.get(delegate=ben).room == roomy


def test_a_full_room_asks_who_has_no_seat_to_choose_another(make_round, ben, sana, client_of, now):
    tiny, _ = make_round(1, 5).rooms.all()
    choose_room(tiny, sana, now=now)
    assert "Room 1 is full. Choose another room." in text(post_choice(client_of(ben), tiny))


def test_an_old_form_sent_after_the_round_gets_no_seat(make_round, ben, client_of, at):
    room, client = make_round().rooms.first(), client_of(ben)
    at("2022-05-27T10:30")
    answer = post_choice(client, room)
    assert answer.status_code == 403
    assert "Rooms cannot be chosen in this round now." in text(answer)
    assert not Seat.objects.exists()


def test_giving_up_a_place_works_by_a_plain_form(make_round, ben, client_of, now):
    room, client = make_round().rooms.first(), client_of(ben)
    choose_room(room, ben, now=now)
    page = client.post(address("leave", room.round_id), follow=True)
    assert "You have given up your place in Room 1." in text(page)
    assert not Seat.objects.exists()


@pytest.mark.parametrize("room", ["", "abc", "-1", "999999", "9" * 30, "\u0663"])
def test_a_room_that_is_not_in_the_round_is_not_found(make_round, ben, client_of, room):
    round = make_round()
    assert client_of(ben).post(address("choose", round.pk), {"room": room}).status_code == 404


def test_a_room_of_another_round_is_not_found(make_round, ben, client_of):
    one, two = make_round(), make_round(title="Round two")
    answer = client_of(ben).post(address("choose", one.pk), {"room": two.rooms.first().pk})
    assert answer.status_code == 404
    assert client_of(ben).get(address("room", one.pk, two.rooms.first().pk)).status_code == 404


@pytest.mark.parametrize("name", ["choose", "leave"])
def test_looking_changes_nothing(make_round, ben, client_of, name):
    assert client_of(ben).get(address(name, make_round().pk)).status_code == 405


def test_people_of_another_event_find_nothing(make_round, cleo, client_of):
    room, client = make_round().rooms.first(), client_of(cleo)
    pages = [address("rounds"), address("round", room.round_id), address("room", room.round_id, room.pk)]
    assert [client.get(page).status_code for page in pages] == [404] * 3
    assert post_choice(client, room).status_code == 404


def test_nobody_is_asked_to_sign_in(make_round, page_of):
    assert page_of(None, address("round", make_round().pk))["Location"].startswith("/accounts/")


def test_an_organiser_who_is_not_registered_enters_but_holds_no_seat(make_round, ada, client_of, page_of):
    room = make_round().rooms.first()
    assert "Only delegates hold seats" in text(post_choice(client_of(ada), room))
    page = page_of(ada, address("room", room.round_id, room.pk))
    assert "breakouts/room.html" in [template.name for template in page.templates]
    assert "Enter" in text(page_of(ada, address("round", room.round_id)))


def test_a_seat_opens_the_room_with_its_talk(make_round, ben, page_of, now):
    room = make_round().rooms.first()
    choose_room(room, ben, now=now)
    take_part(room, ben, Manner.TYPE, now=now)
    page = text(page_of(ben, address("room", room.round_id, room.pk)))
    assert reverse("networking:panel", args=["assembly-2022", room.conversation_id]) in page
    assert reverse("networking:conversation", args=["assembly-2022", room.conversation_id]) in page
    assert "Time left" in page


def test_without_a_seat_the_room_shows_the_round_and_says_why(make_round, ben, page_of):
    room = make_round().rooms.first()
    page = page_of(ben, address("room", room.round_id, room.pk))
    assert page.status_code == 403
    assert "Room 1 is open to those who have a place in it." in text(page)
    assert "networking" not in text(page)
    assert f'name="room" value="{room.pk}"' in text(page)


def test_who_moves_away_is_shut_out_of_the_old_room(make_round, ben, page_of, now):
    old, new, _ = make_round().rooms.all()
    choose_room(old, ben, now=now)
    choose_room(new, ben, now=now)
    assert page_of(ben, address("room", old.round_id, old.pk)).status_code == 403
    talk = reverse("networking:conversation", args=["assembly-2022", old.conversation_id])
    assert page_of(ben, talk).status_code == 404


def test_before_its_time_a_room_waits_and_counts_down(make_round, ben, page_of, at, now):
    room = make_round(starts="11:15", ends="12:00").rooms.first()
    choose_room(room, ben, now=now)
    page = text(page_of(ben, address("room", room.round_id, room.pk)))
    assert "data-countdown-reload" in page
    assert "The room opens at" in page
    assert "/panel/" not in page


def test_after_its_time_a_room_leads_on(make_round, make_session, ben, page_of, at, now):
    room = make_round(starts="09:45", ends="10:30").rooms.first()
    choose_room(room, ben, now=now)
    make_session("Showcase", "10:30", "11:00", kind="showcase")
    at("2022-05-27T10:30")
    page = text(page_of(ben, address("room", room.round_id, room.pk)))
    assert "Where to go now" in page
    assert "Showcase" in page


def test_the_list_shows_my_choice_in_each_round(make_round, ben, page_of, now):
    choose_room(make_round(title="Round one").rooms.first(), ben, now=now)
    make_round(title="Round two")
    rounds = page_of(ben, BASE).context["rounds"]
    assert [(round.title, round.mine and round.mine.title) for round in rounds] == [
        ("Round one", "Room 1"),
        ("Round two", None),
    ]


def test_without_rounds_the_list_says_so(ben, page_of):
    assert "There are no breakout rooms yet" in text(page_of(ben, BASE))


def test_a_round_without_rooms_says_so(make_session, ben, page_of):
    session = make_session("Round one", kind="round")
    assert "are being arranged" in text(page_of(ben, address("round", session.pk)))


def test_a_session_that_is_no_round_has_no_rooms(make_session, ben, page_of):
    assert page_of(ben, address("round", make_session("Keynote").pk)).status_code == 404


def test_the_programme_leads_to_the_rounds_page(make_round, ben, page_of):
    round = make_round()
    assert address("round", round.pk) in text(page_of(ben, "/assembly-2022/programme/"))


@pytest.mark.parametrize(
    ("moment", "status", "forms"),
    [
        ("2022-05-20T12:00", 403, 0),
        ("2022-05-25T12:00", 200, 3),
        ("2022-05-27T10:00", 200, 3),
        ("2022-06-27T12:00", 200, 0),
        ("2022-11-28T00:00", 403, 0),
    ],
)
def test_rooms_can_be_chosen_from_opening_to_the_end_and_read_on_demand(
    make_round, ben, page_of, at, moment, status, forms
):
    round = make_round()
    at(moment)
    page = page_of(ben, address("round", round.pk))
    assert page.status_code == status
    assert page.content.count(b"data-choose=") == forms


def count_queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["rounds", "round"])
def test_the_pages_cost_the_same_at_one_room_and_at_three(make_round, ben, client_of, name):
    client = client_of(ben)
    small, large = make_round(1, title="One"), make_round(1, 1, 1, title="Three")
    urls = [address(name, *([round.pk] if name == "round" else [])) for round in (small, large)]
    assert count_queries(client, urls[0]) == count_queries(client, urls[1]) == 12


def test_the_list_costs_the_same_at_one_round_and_at_three(make_round, ben, client_of):
    client = client_of(ben)
    make_round(title="One")
    one = count_queries(client, BASE)
    make_round(title="Two")
    make_round(title="Three")
    assert count_queries(client, BASE) == one == 12


def test_open_pages_can_ask_for_the_places(make_round, ben, cleo, client_of, now):
    room = make_round(1).rooms.first()
    url = f"/assembly-2022/live/round.{room.round_id}.places/"
    choose_room(room, ben, now=now)
    assert client_of(ben).get(url).json()["state"]["rooms"] == {
        str(room.pk): {"text": "Full", "full": True, "few": False, "line": "", "locked": False, "ended": False}
    }
    assert client_of(cleo).get(url).status_code == 404
    assert client_of(cleo).get(url.replace("assembly-2022", "another")).status_code == 404


def test_a_locked_room_shows_no_way_in(full, ben, page_of):
    one, _ = full
    type(one).objects.update(locked=True)
    page = page_of(ben, address("round", one.round_id))
    assert "Closed to newcomers" in text(page)
    assert all(f'{form}="{one.pk}" hidden' in text(page) for form in ("data-choose", "data-wait"))


def test_coming_in_takes_the_seat_up(make_round, ben, client_of, now):
    room = make_round(2).rooms.get()
    choose_room(room, ben, now=now)
    client_of(ben).get(address("room", room.round_id, room.pk))
    assert Seat.objects.get().taken_up_at == now


def test_a_card_says_what_the_room_has_for_access(full, ben, page_of):
    one, _ = full
    type(one).objects.filter(pk=one.pk).update(access="Live captions, BSL")
    assert "Live captions, BSL" in text(page_of(ben, address("round", one.round_id)))


def test_the_lobby_asks_the_undecided_once_and_stops_for_good(full, ben, client_of):
    client = client_of(ben)
    assert address("ask") in text(client.get("/assembly-2022/lobby/"))
    assert "You have not chosen a room in Round one" in text(client.get(address("ask")))
    assert "We will not ask again." in text(client.post(address("stop_asking"), follow=True))
    assert text(client.get(address("ask"))) == ""


def test_the_lobby_says_to_the_undecided_that_the_rooms_are_open_while_they_are(make_round, ben, client_of):
    round = make_round()
    page = text(client_of(ben).get(address("ask")))
    assert "The rooms are open now" in page and "10:30am" in page and "no hurry" not in page
    assert address("round", round.pk) in page
