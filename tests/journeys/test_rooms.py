"""Choosing a room, changing it, finding it full, and talking in it: with two browsers where two people matter."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.begun import TITLE
from tests.journeys.conftest import EVENT, live
from tests.journeys.test_coming_in import register
from tests.journeys.test_talking import heard, say

pytestmark = pytest.mark.browser
ROOMS = f"{EVENT}rooms/"
ONE, TWO = "Breakout rooms, round one", "Breakout rooms, round two"
TOLD_WITHIN = 2_000
PATIENT = 15_000
RUSH = """
room = round.rooms.get()
print(len([choose_room(room, delegate, now=now) for delegate in round.event.delegates.all()]))
"""


def open_round(page: Page, title: str) -> None:
    page.goto(ROOMS)
    page.get_by_role("heading", name=title).get_by_role("link").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    # With all of its rooms, and their scripts.
    page.wait_for_load_state()


def card(page: Page, room: str):
    return page.locator(".room-card", has=page.get_by_role("heading", name=room))


def take(page: Page, room: str) -> None:
    """A place in the room, wherever this person sat before: the journeys share one portal."""
    if not card(page, room).get_by_text("Your room", exact=True).count():
        card(page, room).get_by_role("button").click()
    expect(card(page, room).get_by_text("Your room", exact=True)).to_be_visible()


def choose(page: Page, room: str) -> None:
    card(page, room).get_by_role("button", name=re.compile("Choose|Move here")).click()


def give_up(page: Page, room: str) -> None:
    """By a step that asks whether one means it."""
    card(page, room).get_by_text("Give up my place").click()
    card(page, room).get_by_role("button", name="Yes, give it up").click()


def enter(page: Page, room: str) -> None:
    """Into a room one has a place in, answering how one takes part when asked."""
    card(page, room).get_by_role("link", name="Enter").click()
    ask, time_left = page.get_by_role("button", name="Go in"), page.get_by_text("Time left")
    expect(ask.or_(time_left)).to_be_visible()
    if ask.count():
        ask.click()
    expect(time_left).to_be_visible()


def places(page: Page, room: str) -> int:
    return int(re.match(r"\d+", card(page, room).locator("[data-places]").inner_text())[0])  # type: ignore[index]


def set_places(organiser: Page, title: str, room: str, number: int) -> None:
    """As an organiser does it in admin."""
    organiser.goto("/admin/breakouts/round/")
    organiser.get_by_role("link", name=title).click()
    row = organiser.locator(".has_original", has=organiser.locator(f"input[value='{room}']"))
    row.locator("input[type=number][name$=capacity]").fill(str(number))
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.locator(".messagelist .success")).to_be_visible()


@pytest.fixture
def single(visit) -> Iterator[str]:
    """A room of the question rooms that has one place, for as long as a test needs it."""
    organiser, room = visit("Organiser"), "Questions on ideas to take home"
    set_places(organiser, "Question rooms", room, 1)
    yield room
    set_places(organiser, "Question rooms", room, 100)


def test_a_delegate_holds_one_room_of_a_round_and_changes_in_one_step(visit):
    page = visit("Delegate")
    open_round(page, TWO)
    take(page, "Closing gaps in attainment")
    take(page, "Neurodiversity and disability")
    expect(page.get_by_text("You have a place in Neurodiversity and disability.")).to_be_visible()
    expect(page.get_by_text("Your room", exact=True)).to_have_count(1)
    give_up(page, "Neurodiversity and disability")
    expect(page.get_by_text("Your room", exact=True)).to_have_count(0)


@pytest.mark.database
def test_places_left_change_in_an_open_page_within_two_seconds(visit):
    ben, sana = visit("Delegate"), visit("Speaker")
    for page in (ben, sana):
        open_round(page, TWO)
    live(sana)
    before = places(sana, "Behaviour that undermines")
    left = card(sana, "Behaviour that undermines").locator("[data-places]")
    for act, number in ((choose, before - 1), (give_up, before)):
        with ben.expect_response(lambda response: response.request.method == "POST"):
            act(ben, "Behaviour that undermines")
        expect(left).to_have_text(re.compile(rf"^{number} place"), timeout=TOLD_WITHIN)


@pytest.mark.database
def test_after_a_rush_the_places_left_are_right_in_an_open_page_within_two_seconds(visit, begun):
    round, sana = begun(Fairness=100), visit("Speaker")
    open_round(sana, TITLE)
    live(sana)
    seated = int(round.run(RUSH))
    assert seated > 10
    left = card(sana, "Fairness").locator("[data-places]")
    expect(left).to_have_text(re.compile(rf"^{100 - seated} place"), timeout=TOLD_WITHIN)


def test_a_room_that_is_opened_or_deleted_is_so_in_an_open_page(visit, begun):
    round, sana = begun(Fairness=1), visit("Speaker")
    open_round(sana, TITLE)
    live(sana)
    tell = "from django.db import transaction\nfrom breakouts.services import tell_places\n"
    round.run("add_room(round, title='Belonging', theme='', capacity=9)")
    expect(card(sana, "Belonging").get_by_role("button", name="Choose")).to_be_visible(timeout=PATIENT)
    round.run(f"{tell}round.rooms.filter(title='Fairness').delete()\nwith transaction.atomic(): tell_places(round)")
    expect(card(sana, "Fairness")).to_have_count(0, timeout=PATIENT)


@pytest.mark.database
def test_a_room_that_filled_meanwhile_refuses_plainly_and_the_place_held_stays(visit, single):
    ben, sana = visit("Delegate"), visit("Speaker")
    for page in (ben, sana):
        open_round(page, "Question rooms")
    take(sana, "Questions on fairness")
    # A button someone stands on is not taken away, so the room answers for itself.
    move = card(sana, single).get_by_role("button", name="Move here")
    move.focus()
    take(ben, single)
    move.click()
    expect(sana.get_by_role("alert")).to_contain_text("You keep your place in Questions on fairness.")
    expect(card(sana, "Questions on fairness").get_by_text("Your room", exact=True)).to_be_visible()
    expect(card(sana, single).get_by_role("button", name="Move here")).to_be_hidden()
    expect(card(sana, single).get_by_role("button", name="Join the line")).to_be_visible()
    give_up(ben, single)
    expect(ben.get_by_text("Your room", exact=True)).to_have_count(0)


@pytest.mark.database
def test_who_waits_in_line_is_told_on_any_page_when_the_place_is_theirs(visit, single, axe):
    ben, sana = visit("Delegate"), visit("Speaker")
    for page in (ben, sana):
        open_round(page, "Question rooms")
    take(ben, single)
    join = card(sana, single).get_by_role("button", name="Join the line")
    expect(join).to_be_visible(timeout=15_000)
    join.click()
    expect(sana.get_by_role("heading", name=f"You are in the line for {single}")).to_be_visible()
    expect(card(ben, single).get_by_text("1 person waits")).to_be_visible(timeout=15_000)
    assert axe(sana) == []
    sana.goto(f"{EVENT}library/")
    live(sana)
    give_up(ben, single)
    # A status region says it to a screen reader too, on a page that has nothing to do with rooms.
    news = sana.locator("[data-rooms-news][role=status][aria-live=polite]")
    expect(news).to_contain_text(f"You have a place in {single}.", timeout=20_000)
    assert axe(sana) == []
    news.get_by_role("link").click()
    expect(card(sana, single).get_by_text("Your room", exact=True)).to_be_visible()
    sana.set_viewport_size({"width": 320, "height": 844})
    assert axe(sana) == []
    sana.get_by_role("button", name="Close this note").click()
    expect(sana.get_by_role("heading", name="About your place")).to_have_count(0)
    give_up(sana, single)
    expect(sana.get_by_text("Your room", exact=True)).to_have_count(0)


def test_a_place_that_comes_while_the_page_is_open_takes_the_sentence_about_the_line_away(visit, single):
    ben, sana = visit("Delegate"), visit("Speaker")
    for page in (ben, sana):
        open_round(page, "Question rooms")
    take(ben, single)
    card(sana, single).get_by_role("button", name="Join the line").click(timeout=PATIENT)
    said = sana.get_by_text(f"You are in the line for {single}")
    expect(said).to_have_count(2)
    live(sana)
    give_up(ben, single)
    expect(card(sana, single).get_by_text("Your room", exact=True)).to_be_visible(timeout=PATIENT)
    expect(said).to_have_count(0)
    give_up(sana, single)
    expect(sana.get_by_text("Your room", exact=True)).to_have_count(0)


def test_how_many_are_before_one_changes_in_an_open_page(visit, single, mailed_code):
    ben, sana, una = visit("Delegate"), visit("Speaker"), visit()
    register(una, "Una Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    for page in (ben, sana, una):
        open_round(page, "Question rooms")
    take(ben, single)
    for page in (una, sana):
        join = card(page, single).get_by_role("button", name="Join the line")
        expect(join).to_be_visible(timeout=15_000)
        join.click()
    expect(sana.get_by_text("1 person is before you.")).to_be_visible()
    live(sana)
    card(una, single).get_by_role("button", name="Leave the line").click()
    expect(sana.get_by_text("You are next.")).to_be_visible(timeout=15_000)
    card(sana, single).get_by_role("button", name="Leave the line").click()
    give_up(ben, single)
    expect(ben.get_by_text("Your room", exact=True)).to_have_count(0)


def test_an_organiser_cannot_make_a_room_smaller_than_the_number_seated(visit):
    ben, sana, ada = visit("Delegate"), visit("Speaker"), visit("Organiser")
    for page in (ben, sana):
        open_round(page, TWO)
        take(page, "Closing gaps in attainment")
    ada.goto("/admin/breakouts/round/")
    ada.get_by_role("link", name=TWO).click()
    row = ada.locator(".has_original", has=ada.locator("input[value='Closing gaps in attainment']"))
    row.locator("input[type=number][name$=capacity]").fill("1")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.locator(".errorlist").first).to_contain_text("2 people have a place in this room already")


def test_two_with_places_talk_in_the_room_and_one_without_hears_nothing(visit, mailed_code):
    ben, sana = visit("Delegate"), visit("Speaker")
    for page in (ben, sana):
        open_round(page, ONE)
        take(page, "Flexible training")
        enter(page, "Flexible training")
        expect(page.get_by_role("log")).to_be_visible()
        live(page)
    text = f"hello {uuid.uuid4().hex[:8]}"
    say(ben, text)
    heard(sana, text)

    stranger = visit()
    register(stranger, "Una Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    stranger.goto(ben.url)
    expect(stranger.get_by_text("Flexible training is open to those who have a place in it.")).to_be_visible()
    expect(card(stranger, "Flexible training").get_by_role("button", name="Choose")).to_be_visible()
    talk = (ben.locator("[data-chat-form]").get_attribute("action") or "").removesuffix("say/")
    assert ben.request.get(talk).status == 200
    assert stranger.request.get(talk).status == 404


def test_the_bar_leads_from_anywhere_into_the_round_that_is_on(visit):
    page = visit("Delegate", f"{EVENT}library/")
    page.get_by_role("region", name="Now and next").get_by_role("link", name=ONE).click()
    expect(page).to_have_url(re.compile(f"{ROOMS}\\d+/"))
