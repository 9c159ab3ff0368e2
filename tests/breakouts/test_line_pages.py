"""The line of a full room on its page, by plain form, and the news of what came of it."""

import re
from datetime import timedelta

import pytest

from breakouts.arranging import assign_seat
from breakouts.hosting.services import appoint
from breakouts.models import Seat, Waiting
from breakouts.services import add_room, choose_room, leave_line, leave_room, take_or_wait
from tests.breakouts.test_pages import BASE, address
from tests.conftest import make_delegate
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_a_full_room_offers_its_line_by_a_plain_form(full, ben, client_of):
    one, _ = full
    client = client_of(ben)
    assert "Join the line" in text(client.get(address("round", one.round_id)))
    answer = client.post(address("choose", one.round_id), {"room": one.pk, "wait": "yes"}, follow=True)
    page = text(answer)
    assert "You are in the line for Room 1." in page
    assert f'<span data-ahead="{Waiting.objects.get().pk}">You are next.</span>' in page
    assert "1 person waits" in page


def test_who_was_in_line_reads_about_their_place_and_closes_the_note(full, ben, sana, client_of, now):
    one, _ = full
    take_or_wait(one, ben, now=now)
    leave_room(one.round, sana, now=now)
    client = client_of(ben)
    assert "About your place" in text(client.get(address("round", one.round_id)))
    assert "You have a place in Room 1." in text(client.get(BASE))
    page = client.post(address("seen", one.round_id), follow=True)
    assert "About your place" not in text(page)
    assert "Your room" in text(page)


def test_leaving_the_line_works_by_a_plain_form(full, ben, client_of, now):
    one, _ = full
    take_or_wait(one, ben, now=now)
    page = client_of(ben).post(address("leave_line", one.round_id), follow=True)
    assert "You are no longer in the line for Room 1." in text(page)
    assert not Waiting.objects.exists()


def forms_of(page, act: str) -> list[dict[str, str]]:
    """What each form of the page that goes to this address would send."""
    found = re.findall(rf'<form [^>]*action="[^"]*/{act}/".*?</form>', page.content.decode(), re.S)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)) for form in found]


@pytest.fixture
def offered(full, ben, sana, client_of, at, now):
    """Ben, who sits in the second room, is offered a place in the first; with what the button of his page sends."""
    one, two = full
    choose_room(two, ben, now=now)
    take_or_wait(one, ben, now=now)
    leave_room(one.round, sana, now=at("2022-05-27T14:01"))
    client = client_of(ben)
    (form,) = forms_of(client.get(address("round", one.round_id)), "accept")
    return one, two, client, form


def test_an_offer_is_accepted_by_a_plain_form(offered):
    one, _, client, _ = offered
    page = text(client.get(address("round", one.round_id)))
    assert "You can move to Room 1 until" in page and "Stay in Room 2" in page
    assert "You have a place in Room 1." in text(client.post(address("accept", one.round_id), follow=True))


def test_an_offer_accepted_too_late_is_explained_and_the_place_held_stays(offered, at):
    one, _, client, _ = offered
    at("2022-05-27T14:06")
    answer = client.post(address("accept", one.round_id))
    assert answer.status_code == 409
    assert "No place is held for you any more. You keep your place in Room 2." in text(answer)


def test_an_old_page_does_not_give_up_the_place_that_was_chosen_since(ben, client_of, make_round, now):
    one, two = make_round(2, 2, title="Round two", starts="15:00", ends="15:45").rooms.all()
    choose_room(one, ben, now=now)
    client = client_of(ben)
    (old,) = forms_of(client.get(address("round", one.round_id)), "leave")
    choose_room(two, ben, now=now)
    answer = client.post(address("leave", one.round_id), old)
    assert answer.status_code == 409
    assert "Nothing was changed" in text(answer) and "You keep your place in Room 2." in text(answer)
    assert Seat.objects.get(delegate=ben).room == two


def test_an_old_page_does_not_leave_another_line_than_it_says(full, ben, sana, ada, client_of, now):
    one, two = full
    type(two).objects.filter(pk=two.pk).update(capacity=1)
    assign_seat(two, make_delegate(one.event, "una@example.org", "Una"), by=ada, now=now)
    take_or_wait(one, ben, now=now)
    client = client_of(ben)
    (old,) = forms_of(client.get(address("round", one.round_id)), "line/leave")
    take_or_wait(two, ben, now=now)
    assert client.post(address("leave_line", one.round_id), old).status_code == 409
    assert Waiting.objects.get().room == two


def test_an_offer_that_is_accepted_twice_is_accepted(offered):
    one, _, client, form = offered
    for _ in range(2):
        page = text(client.post(address("accept", one.round_id), form, follow=True))
        assert "You have a place in Room 1." in page and "There is a problem" not in page


def test_an_old_page_does_not_accept_another_offer_than_it_shows(offered, ben, ada, at):
    one, two, client, form = offered
    now = at("2022-05-27T14:02")
    leave_line(one.round, ben, now=now)
    three = add_room(one.round, title="Room 3", theme="", capacity=1)
    una = make_delegate(one.event, "una@example.org", "Una")
    choose_room(three, una, now=now)
    take_or_wait(three, ben, now=now)
    leave_room(one.round, una, now=now)
    answer = client.post(address("accept", one.round_id), form)
    assert answer.status_code == 409
    assert Seat.objects.get(delegate=ben).room == two


def test_the_list_shows_a_swap_one_is_asked_about(make_round, ben, sana, client_of, now):
    one, two = make_round(1, 1).rooms.all()
    for room, delegate in ((one, ben), (two, sana)):
        choose_room(room, delegate, now=now)
    for room, delegate in ((two, ben), (one, sana)):
        take_or_wait(room, delegate, now=now)
    client = client_of(ben)
    page = text(client.get(BASE))
    assert f'You can swap into Room 2 until 10:05am: <a href="{address("round", one.round_id)}">say yes' in page
    client.post(address("accept", one.round_id))
    assert "You are in the line for Room 2." in text(client.get(BASE))


def test_my_news_are_heard_by_me_alone(full, ben, sana, cleo, client_of, now):
    one, _ = full
    take_or_wait(one, ben, now=now)
    leave_room(one.round, sana, now=now)
    url = f"/assembly-2022/live/delegate.{ben.pk}.rooms/"
    assert "You have a place in Room 1." in client_of(ben).get(url).json()["state"]["html"]
    assert [client_of(person).get(url).status_code for person in (sana, cleo)] == [404, 404]


def test_news_of_many_rounds_are_one_notice_that_is_closed_on_any_page(make_round, ben, ada, client_of, now):
    client, url = client_of(ben), f"/assembly-2022/live/delegate.{ben.pk}.rooms/"
    rooms = [make_round(title=title).rooms.first() for title in ("One", "Two", "Three")]
    for later, room in enumerate(rooms):
        appoint(room, ben, by=ada, now=now + timedelta(seconds=later))
    told = client.get(url).json()["state"]["html"]
    assert told.count("<p>") == told.count("You were asked to lead") == 1
    assert all(address("round", room.round_id) in told for room in rooms)
    until = re.search(r'value="([^"]+)"', told)[1]  # type: ignore[index]
    appoint(make_round(title="Four").rooms.first(), ben, by=ada, now=now + timedelta(seconds=9))
    assert client.post(address("seen_all"), {"until": until}).status_code == 303
    assert "See Four" in client.get(url).json()["state"]["html"]
    assert list(ben.room_notices.values_list("round__session__title", flat=True)) == ["Four"]


@pytest.mark.parametrize("until", ["", "soon", "2022-13-45T00:00:00+00:00", "2022-05-27T10:00:00"])
def test_news_are_put_away_until_a_moment_alone(full, ben, sana, client_of, now, until):
    take_or_wait(full[0], ben, now=now)
    leave_room(full[0].round, sana, now=now)
    client_of(ben).post(address("seen_all"), {"until": until})
    assert ben.room_notices.count() == 1
