"""What a page reads by itself, as it is shown and later, where nobody answers at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.begun import TITLE
from tests.journeys.conftest import EVENT, live
from tests.journeys.test_rooms import card, open_round

pytestmark = pytest.mark.browser
POLLS = "**/polls/panel/"
CALLING = "from breakouts.hosting.services import call_for_help\nfrom portal.models import User\n"


def open_lounge(page: Page, answer: Callable[[Route], None]) -> None:
    """The page's polls are answered so, and its clock goes as the test says."""
    page.clock.install()
    page.route(POLLS, answer)
    with page.expect_request(POLLS):
        page.goto(f"{EVENT}lounge/")
    page.get_by_role("tab", name="Polls").click()


@pytest.mark.parametrize(
    "answer",
    [lambda route: route.abort(), lambda route: route.fulfill(status=503), lambda route: route.fulfill(status=429)],
    ids=["line cut", "portal away", "asked too much"],
)
def test_a_part_that_could_not_be_fetched_is_fetched_again(visit, answer):
    page = visit("Delegate")
    open_lounge(page, answer)
    for wait in (1_250, 2_500, 5_000):
        with page.expect_request(POLLS):
            page.clock.run_for(wait)
    expect(page.locator("[data-polls]")).to_have_count(0)
    page.unroute(POLLS)
    page.clock.run_for(10_000)
    expect(page.locator("[data-polls]")).to_be_visible()


def test_a_part_that_may_not_be_read_is_asked_for_once(visit):
    page, asked = visit("Delegate"), []
    open_lounge(page, lambda route: (asked.append(route.request.url), route.fulfill(status=404)))
    page.clock.run_for(120_000)
    page.wait_for_load_state("networkidle")
    assert len(asked) == 1


def fail_once(page: Page, address: str) -> None:
    page.route(address, lambda route: route.fulfill(status=503), times=1)


def test_a_page_of_rooms_is_read_again_until_it_is_answered(visit, begun):
    round, page = begun(Fairness=1), visit("Speaker")
    open_round(page, TITLE)
    live(page)
    fail_once(page, page.url)
    with page.expect_response(lambda response: response.status == 503):
        round.run("add_room(round, title='Belonging', theme='', capacity=9)")
    expect(card(page, "Belonging")).to_be_visible(timeout=15_000)


# The next answer breaks off while it is read.
BREAK_OFF = """() => {
    const { text } = Response.prototype;
    Response.prototype.text = async () => {
        Response.prototype.text = text;
        throw new TypeError("network error");
    };
}"""


def test_a_page_that_broke_off_as_it_came_is_read_again(visit, begun):
    round, page = begun(Fairness=1), visit("Speaker")
    open_round(page, TITLE)
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    page.evaluate(BREAK_OFF)
    round.run("add_room(round, title='Belonging', theme='', capacity=9)")
    expect(card(page, "Belonging")).to_be_visible(timeout=15_000)


def test_a_call_for_help_that_could_not_be_read_is_read_again(visit, begun):
    round, page = begun(Fairness=1), visit("Organiser", f"{EVENT}rooms/help/")
    live(page)
    fail_once(page, page.url)
    call = "call_for_help(round.rooms.get(), words='No sound 503', by=User.objects.first(), now=now)"
    with page.expect_response(lambda response: response.status == 503):
        round.run(f"{CALLING}{call}")
    expect(page.get_by_text("“No sound 503”")).to_be_visible(timeout=15_000)


def test_a_page_that_leads_to_signing_in_is_not_laid_into_another(visit, begun):
    round, page = begun(Fairness=1), visit("Organiser", f"{EVENT}rooms/help/")
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    page.context.clear_cookies(name="sessionid")
    with page.expect_request_finished(lambda request: request.redirected_from is not None):
        round.run(f"{CALLING}call_for_help(round.rooms.get(), words='', by=User.objects.first(), now=now)")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
