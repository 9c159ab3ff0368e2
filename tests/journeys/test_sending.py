"""What is written is said once, whatever becomes of its answer."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import live
from tests.journeys.test_talking import LOUNGE, say, words
from tests.servers import until

pytestmark = pytest.mark.browser


def not_sent(page: Page, text: str) -> None:
    expect(page.locator(".chat__unsent", has_text=text)).to_have_count(1)


def test_words_that_could_not_be_sent_are_kept_and_sent_again(visit, axe):
    page = visit("Delegate", LOUNGE)
    text = words()
    page.route("**/say/", lambda route: route.abort())
    say(page, text)
    not_sent(page, text)
    expect(page.locator("[data-chat-state]")).to_contain_text("not sent")
    assert axe(page) == []
    page.unroute("**/say/")
    page.get_by_role("button", name="Send", exact=True).click()
    said_once(page, text)


def said_once(page: Page, text: str) -> None:
    expect(page.locator("[data-message]", has_text=text)).to_have_count(1)
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator("[data-chat-state]")).to_have_text("")
    expect(page.get_by_label("Your message")).to_have_value("")


def test_what_could_not_be_sent_is_let_go_for_good(visit):
    page = visit("Delegate", LOUNGE)
    first, second = words(), words()
    page.route("**/say/", lambda route: route.abort())
    for text in (first, second):
        say(page, text)
        not_sent(page, text)
    page.get_by_role("button", name=f"Do not send: {first}").press("Enter")
    expect(page.locator("[data-chat-state]")).to_have_text("That is not sent. Something else waits to be.")
    page.unroute("**/say/")
    page.reload()
    not_sent(page, second)
    page.get_by_role("button", name="Send", exact=True).click()
    said_once(page, second)
    expect(page.get_by_text(first)).to_have_count(0)


def test_sending_nothing_says_what_is_expected(visit):
    page = visit("Delegate", LOUNGE)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-chat-state]")).to_have_text("Write something first.")
    expect(page.get_by_label("Your message")).to_be_focused()
    plain = visit("Delegate", LOUNGE, java_script_enabled=False)
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("alert")).to_contain_text("Write something first.")


def test_what_was_refused_is_given_back_to_be_changed(visit):
    page = visit("Delegate", LOUNGE)
    refused, text = {"status": 422, "json": {"error": "Say it kindly."}}, words()
    page.route("**/say/", lambda route: route.fulfill(**refused))
    say(page, text)
    expect(page.get_by_label("Your message")).to_have_value(text)
    expect(page.locator("[data-chat-state]")).to_contain_text("Say it kindly. Your words are still in the box")


def test_of_several_that_were_refused_each_is_given_back_for_itself(visit):
    page = visit("Delegate", LOUNGE)
    held: list[Route] = []
    page.route("**/say/", lambda route: held.append(route))
    first, second = words(), words()
    say(page, first)
    say(page, second)
    until(lambda: page.evaluate("true") and held)
    held[0].fulfill(status=422, json={"error": "Say it kindly."})
    not_sent(page, second)
    page.get_by_role("button", name=f"Change: {first}").click()
    expect(page.get_by_label("Your message")).to_have_value(first)
    not_sent(page, second)


def lose_answers(page: Page) -> list[Route]:
    """What is sent arrives; its answer does not. Gives what was sent."""
    sent: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        sent.append(route)
        route.abort()

    page.route("**/say/", lose)
    return sent


def test_an_answer_that_was_lost_is_made_good_by_the_socket(visit):
    page = visit("Delegate", LOUNGE)
    live(page)
    lose_answers(page)
    text = words()
    say(page, text)
    said_once(page, text)


@pytest.fixture
def unheard(visit) -> Page:
    """The lounge where nothing comes by itself, so that only an answer says what was said."""
    # Not by who has just said much elsewhere: ten messages in ten seconds are enough.
    page = visit("Speaker")
    page.route_web_socket("**/live/**", lambda socket: socket.close(code=3000))
    page.route("**/live/**", lambda route: route.abort())
    page.goto(LOUNGE)
    return page


def test_an_answer_that_was_lost_doubles_nothing_when_sent_again(unheard):
    lose_answers(unheard)
    text = words()
    say(unheard, text)
    not_sent(unheard, text)
    unheard.unroute("**/say/")
    unheard.get_by_role("button", name="Send", exact=True).click()
    said_once(unheard, text)


def test_two_whose_answers_were_lost_stay_two_with_what_they_answer(unheard):
    asked, first, second = words(), words(), words()
    say(unheard, asked)
    said_once(unheard, asked)
    lose_answers(unheard)
    unheard.locator("[data-message]", has_text=asked).get_by_text("Reply or react").click()
    unheard.get_by_role("link", name="Reply", exact=True).click()
    say(unheard, first)
    say(unheard, second)
    not_sent(unheard, second)
    unheard.unroute("**/say/")
    unheard.get_by_role("button", name="Send", exact=True).click()
    for text in (first, second):
        said_once(unheard, text)
    said = unheard.locator("[data-message]")
    expect(said.filter(has_text=first)).to_contain_text("In reply to")
    expect(said.filter(has_text=second)).not_to_contain_text("In reply to")


def test_a_reload_while_the_answer_is_awaited_doubles_nothing(unheard):
    """It arrived: the page knows it again by its identifier, and has nothing to send."""
    sent = lose_answers(unheard)
    text = words()
    say(unheard, text)
    until(lambda: unheard.evaluate("true") and sent)
    unheard.reload()
    said_once(unheard, text)


def test_what_did_not_arrive_before_a_reload_is_kept_with_what_it_answers(unheard):
    asked, text = words(), words()
    say(unheard, asked)
    said_once(unheard, asked)
    unheard.route("**/say/", lambda route: None)
    unheard.locator("[data-message]", has_text=asked).get_by_text("Reply or react").click()
    unheard.get_by_role("link", name="Reply", exact=True).click()
    say(unheard, text)
    expect(unheard.locator("[data-pending]")).to_have_count(1)
    unheard.unroute("**/say/")
    unheard.reload()
    not_sent(unheard, text)
    unheard.get_by_role("button", name="Send", exact=True).click()
    said_once(unheard, text)
    expect(unheard.locator("[data-message]", has_text=text)).to_contain_text("In reply to")


def test_words_that_are_not_sent_take_nobody_away_from_what_they_do_meanwhile(visit):
    page = visit("Delegate", LOUNGE)
    held: list[Route] = []
    page.route("**/say/", lambda route: held.append(route))
    say(page, words())
    until(lambda: page.evaluate("true") and held)
    page.locator(".chat__log").focus()
    held[0].abort()
    expect(page.locator("[data-chat-state]")).to_contain_text("not sent")
    expect(page.locator(".chat__log")).to_be_focused()
