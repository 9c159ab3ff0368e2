"""What a screen reader says of new messages: everything, nothing, and of many only how many."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.journeys.conftest import live
from tests.journeys.test_talking import LOUNGE, hold_messages, let_in, say, words
from tests.servers import until

pytestmark = pytest.mark.browser
Held = list[tuple[WebSocketRoute, str | bytes]]


@pytest.fixture
def hear(visit) -> Iterator[Callable[[str], tuple[Page, Held]]]:
    """``hear("all")`` is Sana's lounge with that choice, where what is said waits to be let in."""
    pages: list[Page] = []

    def come(choice: str) -> tuple[Page, Held]:
        held: Held = []
        page = visit("Speaker")
        page.route_web_socket("**/live/**", lambda socket: hold_messages(socket, held))
        page.goto(LOUNGE)
        live(page)
        choose(page, choice)
        pages.append(page)
        return page, held

    yield come
    for page in pages:
        choose(page, "mentions")


def choose(page: Page, choice: str) -> None:
    page.get_by_text("Read out, report, block").click()
    with page.expect_response("**/people/announcements/"):
        page.get_by_label("A screen reader says of new messages").select_option(choice)
    page.get_by_text("Read out, report, block").click()


def tell(page: Page, held: Held, texts: list[str]) -> None:
    """Lets them in, all at once."""
    until(lambda: page.evaluate("true") and all(any(text in told for _, told in held) for text in texts))
    let_in(held)
    expect(page.locator("[data-message]", has_text=texts[-1])).to_have_count(1)


def test_everything_is_read_out_with_who_said_it_and_many_as_a_number(visit, hear):
    ben, (sana, held) = visit("Delegate", LOUNGE), hear("all")
    said = sana.locator("[data-chat-speech]")
    two, four = [words(), words()], [words() for _ in range(4)]
    for text in two:
        say(ben, text)
    tell(sana, held, two)
    expect(said).to_have_text(f"Ben Placeholder: {two[0]}. Ben Placeholder: {two[1]}")
    for text in four:
        say(ben, text)
    tell(sana, held, four)
    expect(said).to_have_text("4 new messages")


def test_nothing_is_read_out_not_even_a_call_by_name(visit, hear):
    ben, (sana, held) = visit("Delegate", LOUNGE), hear("nothing")
    sana.clock.install()
    called = f"@Sana Placeholder {words()}"
    say(ben, called)
    tell(sana, held, [called[-14:]])
    sana.clock.fast_forward(2_000)
    expect(sana.locator("[data-chat-speech]")).to_have_text("")
