"""Two browsers in one conversation, whatever happens to the line between them."""

import re
import time
import uuid
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.cutting import Line
from tests.servers import until

pytestmark = pytest.mark.browser
LOUNGE = f"{EVENT}lounge/"
MISSED = re.compile(r"/live/conversation\.\d+/")


def words() -> str:
    return f"hello {uuid.uuid4().hex[:8]}"


def say(page: Page, text: str) -> None:
    box = page.get_by_label("Your message")
    # A talk that is laid in later is seen a moment before its script has it.
    expect(box).to_have_attribute("aria-autocomplete", "list")
    box.fill(text)
    box.press("Enter")


def heard(page: Page, text: str, **options) -> None:
    """It is said: one's own words stand in the log already while they are on their way."""
    expect(page.get_by_role("log").locator("[data-message]").get_by_text(text)).to_have_count(1, **options)


@pytest.mark.database
def test_what_one_says_the_other_hears_once(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    text = words()
    say(ben, text)
    heard(ben, text)
    heard(sana, text)
    expect(ben.locator(".chat__message--own").last).to_contain_text(text)
    expect(sana.locator(".chat__message--own", has_text=text)).to_have_count(0)


def test_the_stage_has_its_own_conversation(visit):
    ben, sana = visit("Delegate", f"{EVENT}programme/"), visit("Speaker", f"{EVENT}programme/")
    for page in (ben, sana):
        page.get_by_role("link", name="Opening keynote").click()
        expect(page.get_by_role("log")).to_be_visible()
        live(page)
    text = words()
    say(ben, text)
    heard(sana, text)


def test_what_was_said_while_the_line_was_cut_is_there_when_it_is_back(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker")
    line = Line(sana)
    sana.goto(LOUNGE)
    live(sana)
    line.cut()
    text, more, own = words(), words(), words()
    say(ben, text)
    heard(ben, text)
    say(sana, own)
    expect(sana.get_by_role("log").get_by_text(text)).to_have_count(0)
    expect(sana.locator("[data-live-status]")).to_have_text("The live connection was lost. We are trying again.")
    line.mend()
    say(ben, more)
    # It stands there for eight seconds.
    expect(sana.locator("[data-live-status]")).to_have_text("Connected again.", timeout=40_000)
    for told in (text, more):
        heard(sana, told, timeout=40_000)
    line.is_back()
    sana.get_by_role("button", name="Send", exact=True).click()
    for page in (ben, sana):
        heard(page, own)


def test_where_sockets_are_blocked_the_page_polls(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker")
    sana.route_web_socket("**/live/**", lambda socket: socket.close(code=3000))
    sana.goto(LOUNGE)
    live(sana, "polling", timeout=30_000)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=15_000)


def test_a_socket_that_opens_and_stays_silent_is_noticed_and_the_page_polls(visit):
    """Some networks let a socket through and nothing over it."""
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    sana.route_web_socket("**/live/**", lambda socket: None)
    sana.reload()
    live(sana, "off", timeout=14_000)
    live(sana, "polling", timeout=20_000)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=15_000)


def test_words_written_faster_than_the_line_all_go_in_order(visit):
    page = visit("Delegate", LOUNGE)
    held = []
    page.route("**/say/", lambda route: held.append(route) if not held else route.continue_())
    first, second = words(), words()
    say(page, first)
    say(page, second)
    expect(page.locator("[data-pending]")).to_have_count(2)
    # Asking the page something lets its request arrive here.
    until(lambda: page.evaluate("true") and held)
    held[0].continue_()
    expect(page.locator("[data-pending]")).to_have_count(0)
    said = page.locator("[data-message] p").all_inner_texts()
    assert [text for text in said if text in {first, second}] == [first, second]


def test_what_was_said_first_stands_first_though_ones_own_words_were_shown_before_it(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    ben.get_by_label("What is it about?").fill(words())
    ben.get_by_role("button", name="Open a table").click()
    ben.wait_for_url("**/conversations/*/")
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    ben.route_web_socket("**/live/**", lambda socket: hold_messages(socket, held))
    ben.reload()
    live(ben)
    sana.goto(ben.url)
    first, second = words(), words()
    say(sana, first)
    heard(sana, first)
    say(ben, second)
    heard(ben, second)
    # Asking the page something lets the socket's words arrive here.
    until(lambda: ben.evaluate("true") and any(second in told for _, told in held))
    # A socket that is opened anew meanwhile is told all of it once more.
    until(lambda: let_in(held) or ben.get_by_role("log").get_by_text(first).count() == 1)
    assert ben.locator(".chat__text").all_inner_texts() == [first, second]


def test_what_was_missed_is_asked_for_again_where_the_portal_could_not_answer(visit):
    """The words of one frame were lost on the way, and nothing else is said that would show it."""
    ben, sana = visit("Delegate"), visit("Speaker", LOUNGE)
    lost: list[str | bytes] = []
    refused: list[str] = []
    ben.route_web_socket("**/live/**", lambda socket: lose_first_message(socket, lost))
    ben.route(MISSED, lambda route: refuse_first(route, refused))
    ben.goto(LOUNGE)
    live(ben)
    first, second = words(), words()
    for text in (first, second):
        say(sana, text)
        heard(sana, text)
    for text in (first, second):
        heard(ben, text, timeout=8_000)
    assert (len(lost), len(refused)) == (1, 1)


@pytest.mark.slow
def test_what_was_missed_is_asked_for_ever_less_often_while_the_portal_cannot_answer(visit):
    """Everybody may be behind: a thousand pages that ask each second would keep it from coming back."""
    ben, sana = visit("Delegate"), visit("Speaker", LOUNGE)
    lost: list[str | bytes] = []
    refused: list[float] = []
    ben.route_web_socket("**/live/**", lambda socket: lose_first_message(socket, lost))
    ben.route(MISSED, lambda route: (refused.append(time.monotonic()), route.fulfill(status=503)))
    # Without chance, which spreads the waits of many pages.
    ben.add_init_script("Math.random = () => 0.5")
    ben.goto(LOUNGE)
    live(ben)
    for text in (words(), words()):
        say(sana, text)
        heard(sana, text)
    while len(refused) < 4:
        ben.wait_for_event("response", lambda response: MISSED.search(response.url))
    first, _, third = [later - earlier for earlier, later in pairwise(refused[:4])]
    assert third > 2 * first


def lose_first_message(socket: WebSocketRoute, lost: list[str | bytes]) -> None:
    server = socket.connect_to_server()
    server.on_message(lambda told: lost.append(told) if "data-message" in told and not lost else socket.send(told))


def refuse_first(route: Route, refused: list[str]) -> None:
    if refused:
        route.continue_()
    else:
        refused.append(route.request.url)
        route.fulfill(status=503)


def hold_messages(socket: WebSocketRoute, held: list[tuple[WebSocketRoute, str | bytes]]) -> None:
    """Passes on what the server says, but for what is said in a conversation, and that something was said."""
    server = socket.connect_to_server()

    def pass_on(told: str | bytes) -> None:
        if "data-message" in told:
            held.append((socket, told))
        else:
            socket.send('{"beat": {}}' if told.startswith('{"beat"') else told)

    server.on_message(pass_on)


def let_in(held: list[tuple[WebSocketRoute, str | bytes]]) -> None:
    while held:
        socket, told = held.pop(0)
        socket.send(told)


def test_a_draft_and_what_it_answers_survive_a_reload(visit):
    page = visit("Delegate", LOUNGE)
    text = words()
    say(page, text)
    page.locator("[data-message]", has_text=text).get_by_text("Reply or react").click()
    page.get_by_role("link", name="Reply", exact=True).click()
    page.get_by_label("Your message").fill("half a thought")
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("half a thought")
    expect(page.get_by_text("Replying to Ben Placeholder")).to_be_visible()


def test_who_reads_back_is_told_of_new_messages_and_not_moved(visit):
    ben, sana = visit("Delegate", LOUNGE, width=390), visit("Speaker", LOUNGE)
    live(ben)
    texts = [words() for _ in range(6)]
    for text in texts:
        say(sana, f"{text} {'long words ' * 30}")
    heard(ben, texts[-1])
    log = ben.get_by_role("log")
    log.evaluate("log => { log.style.scrollBehavior = 'auto'; log.scrollTop = 0; }")
    say(sana, words())
    expect(ben.locator("[data-chat-new]")).to_be_visible()
    assert log.evaluate("log => log.scrollTop") < 100
    ben.locator("[data-chat-new]").click()
    expect(ben.locator("[data-chat-new]")).to_be_hidden()


def test_without_javascript_the_conversation_works_by_plain_forms(visit):
    page = visit("Delegate", LOUNGE, java_script_enabled=False)
    text = words()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    heard(page, text)
    page.get_by_role("link", name="Refresh").click()
    heard(page, text)
