"""Two browsers in one conversation, whatever happens to the line between them."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT

pytestmark = pytest.mark.browser
LOUNGE = f"{EVENT}lounge/"


def words() -> str:
    return f"hello {uuid.uuid4().hex[:8]}"


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_label("Your message").press("Enter")


def heard(page: Page, text: str, **options) -> None:
    expect(page.get_by_role("log").get_by_text(text)).to_have_count(1, **options)


def live(page: Page, state: str = "on", **options) -> None:
    expect(page.locator(f"html[data-live={state}]")).to_have_count(1, **options)


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
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    sana.context.set_offline(True)
    text, more = words(), words()
    say(ben, text)
    heard(ben, text)
    sana.context.set_offline(False)
    say(ben, more)
    heard(sana, text, timeout=40_000)
    heard(sana, more, timeout=40_000)


def test_where_sockets_are_blocked_the_page_polls(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker")
    sana.route_web_socket("**/live/**", lambda socket: socket.close(code=3000))
    sana.goto(LOUNGE)
    live(sana, "polling", timeout=30_000)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=15_000)


def test_words_that_could_not_be_sent_stay_in_the_box(visit):
    page = visit("Delegate", LOUNGE)
    text = words()
    page.route("**/say/", lambda route: route.abort())
    say(page, text)
    expect(page.get_by_label("Your message")).to_have_value(text)
    expect(page.locator("[data-chat-state]")).to_contain_text("not sent")
    page.unroute("**/say/")
    page.get_by_role("button", name="Send").click()
    heard(page, text)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_an_answer_that_was_lost_on_the_way_doubles_nothing(visit):
    page = visit("Delegate", LOUNGE)
    text = words()

    def lose(route) -> None:
        route.fetch()
        route.abort()

    page.route("**/say/", lose)
    say(page, text)
    expect(page.locator("[data-chat-state]")).to_contain_text("not sent")
    page.unroute("**/say/")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your message")).to_have_value("")
    heard(page, text)


def test_a_draft_survives_a_reload(visit):
    page = visit("Delegate", LOUNGE)
    page.get_by_label("Your message").fill("half a thought")
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("half a thought")


def test_who_reads_back_is_told_of_new_messages_and_not_moved(visit):
    ben, sana = visit("Delegate", LOUNGE, width=390), visit("Speaker", LOUNGE)
    for _ in range(8):
        say(sana, f"{words()} {'long words ' * 30}")
        expect(sana.get_by_label("Your message")).to_have_value("")
    live(ben)
    log = ben.get_by_role("log")
    log.evaluate("log => { log.style.scrollBehavior = 'auto'; log.scrollTop = 0; }")
    text = words()
    ben.wait_for_timeout(100)
    sana.wait_for_timeout(11_000)  # ten messages in ten seconds is the pace
    say(sana, text)
    expect(ben.locator("[data-chat-new]")).to_be_visible()
    assert log.evaluate("log => log.scrollTop") < 100
    ben.locator("[data-chat-new]").click()
    expect(ben.locator("[data-chat-new]")).to_be_hidden()


def test_without_javascript_the_conversation_works_by_plain_forms(visit):
    page = visit("Delegate", LOUNGE, java_script_enabled=False)
    text = words()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()
    heard(page, text)
    page.get_by_role("link", name="Refresh").click()
    heard(page, text)
