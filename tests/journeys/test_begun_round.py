"""In a round that is on nobody is moved unasked: offers and swaps, seats nobody came for, and what is told of them."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import test_rooms as rooms
from tests.journeys.begun import TITLE
from tests.journeys.conftest import EVENT, live
from tests.journeys.test_coming_in import register
from tests.journeys.test_rooms import card, open_round, take

pytestmark = [pytest.mark.browser, pytest.mark.database]
# What time alone does is done by a sweep, every fifteen seconds.
SWEPT = 45_000
LAPSE = "round.waiting.filter(offered_until__isnull=False).update(offered_until=now - minutes(1))"
# Who chose before the start has not come for so long that an organiser lets their seat go.
FIVE_MINUTES = """
round.seats.update(chosen_at=now - minutes(20))
Round.objects.filter(pk=round.pk).update(release_after=5)
"""


@pytest.fixture
def una(visit, mailed_code) -> Page:
    page = visit()
    register(page, "Una Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    return page


def sit(page: Page, room: str) -> None:
    open_round(page, TITLE)
    take(page, room)


def wait_for(page: Page, room: str) -> None:
    open_round(page, TITLE)
    card(page, room).get_by_role("button", name="Join the line").click()


def elsewhere(page: Page) -> None:
    """On a page that has nothing to do with rooms."""
    page.goto(f"{EVENT}library/")
    live(page)


def told(page: Page, words: str, *, within: float = 20_000) -> None:
    """A status region says it, to a screen reader too."""
    news = page.locator("[data-rooms-news][role=status][aria-live=polite]")
    expect(news).to_contain_text(words, timeout=within)


def follow_news(page: Page) -> None:
    page.locator("[data-rooms-news]").get_by_role("link", name=f"See {TITLE}").click()
    expect(page.get_by_role("heading", name="About your place")).to_be_visible()


def give_up(page: Page, room: str) -> None:
    rooms.give_up(page, room)
    expect(page.get_by_text("Your room", exact=True)).to_have_count(0)


def sits_in(page: Page, room: str) -> None:
    expect(card(page, room).get_by_text("Your room", exact=True)).to_be_visible()


def test_a_freed_place_is_offered_to_the_first_in_line_and_their_old_seat_goes_on(begun, visit, una, axe):
    begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    sit(ben, "Fairness")
    sit(sana, "Flexibility")
    for page in (sana, una):
        wait_for(page, "Fairness")
    elsewhere(sana)
    give_up(ben, "Fairness")
    told(sana, "A place in Fairness is held for you until")
    told(sana, "You keep your place in Flexibility unless you take it.")
    wait_for(ben, "Flexibility")
    elsewhere(ben)
    expect(una.get_by_text("You are next.")).to_be_visible()
    follow_news(sana)
    expect(sana.get_by_role("heading", name="A place is held for you")).to_be_visible()
    for width in (320, 1280):
        sana.set_viewport_size({"width": width, "height": 844})
        assert axe(sana) == []
    sana.get_by_role("button", name="Move to Fairness").click()
    sits_in(sana, "Fairness")
    told(ben, "You have a place in Flexibility.")
    expect(una.get_by_text("You are next.")).to_be_visible()


def test_two_in_rooms_of_each_others_wish_agree_to_swap(begun, visit, axe):
    begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    sit(ben, "Fairness")
    sit(sana, "Flexibility")
    wait_for(ben, "Flexibility")
    elsewhere(ben)
    wait_for(sana, "Fairness")
    told(ben, "You can have a place in Flexibility by a swap")
    told(sana, "You can have a place in Fairness by a swap")
    assert axe(sana) == []
    sana.get_by_role("button", name="Swap into Fairness").click()
    expect(sana.get_by_text("You move as soon as everybody who was asked has said yes.")).to_be_visible()
    elsewhere(sana)
    follow_news(ben)
    ben.get_by_role("button", name="Swap into Flexibility").click()
    sits_in(ben, "Flexibility")
    told(sana, "You have a place in Fairness.")
    follow_news(sana)
    sits_in(sana, "Fairness")


def test_a_seat_nobody_came_for_goes_on_and_who_comes_late_is_offered_what_is_left(begun, visit, axe):
    round = begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    sit(ben, "Fairness")
    room = card(ben, "Fairness").get_by_role("link", name="Enter").get_attribute("href")
    elsewhere(ben)
    wait_for(sana, "Fairness")
    elsewhere(sana)
    round.run(FIVE_MINUTES)
    told(sana, "You have a place in Fairness.", within=SWEPT)
    told(ben, "Your place in Fairness has gone to somebody who waited for it. You can choose what is left.")
    ben.goto(room)
    expect(ben.get_by_role("alert")).to_contain_text("Fairness is open to those who have a place in it.")
    assert axe(ben) == []
    card(ben, "Flexibility").get_by_role("button", name="Choose").click()
    sits_in(ben, "Flexibility")


def test_a_seat_that_was_taken_up_stays(begun, visit):
    round = begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    sit(ben, "Fairness")
    card(ben, "Fairness").get_by_role("link", name="Enter").click()
    expect(ben.get_by_role("button", name="Go in")).to_be_visible()
    round.run(FIVE_MINUTES)
    wait_for(sana, "Fairness")
    expect(sana.get_by_text("You are next.")).to_be_visible()


def test_an_offer_that_lapses_is_told_and_goes_to_the_next_in_line(begun, visit, una):
    round = begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    sit(ben, "Fairness")
    sit(sana, "Flexibility")
    for page in (sana, una):
        wait_for(page, "Fairness")
        elsewhere(page)
    give_up(ben, "Fairness")
    told(sana, "A place in Fairness is held for you until")
    round.run(LAPSE)
    told(sana, "The place in Fairness was held for you until it was too late.", within=SWEPT)
    told(una, "You have a place in Fairness.")
    follow_news(sana)
    sits_in(sana, "Flexibility")
    expect(sana.get_by_role("heading", name="A place is held for you")).to_have_count(0)
