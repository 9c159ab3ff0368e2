"""Blocking, reporting, moderating and putting out, in real browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.test_conversations import WAIT, acts
from tests.journeys.test_talking import LOUNGE, heard, say, words
from tests.servers import until

pytestmark = pytest.mark.browser


def test_who_blocks_hears_no_more_on_an_open_page_until_unblocking(visit):
    ben, sana, onlooker = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE), visit("Organiser", LOUNGE)
    live(ben)
    live(onlooker)
    first, unheard, again = words(), words(), words()
    say(sana, first)
    heard(ben, first, timeout=WAIT)
    second = ben.context.new_page()
    second.goto(LOUNGE)
    live(second)
    acts(ben, first).get_by_role("link", name="Block Sana Placeholder").click()
    ben.get_by_role("button", name="Block Sana Placeholder").click()
    expect(ben.get_by_text("You have blocked Sana Placeholder.")).to_be_visible()
    say(sana, unheard)
    heard(onlooker, unheard, timeout=WAIT)
    # The other tab was open all the while; its socket goes on and leaves her words out.
    say(second, again)
    heard(second, again, timeout=WAIT)
    expect(second.get_by_text(unheard)).to_have_count(0)
    ben.get_by_role("button", name="Unblock").click()
    ben.goto(LOUNGE)
    heard(ben, unheard)


def find(page: Page, name: str) -> None:
    page.goto(f"{EVENT}people/?words={name}")
    page.get_by_role("link", name=re.compile(name)).click()


def open_talk(ben: Page, sana: Page) -> None:
    """The two in their talk, each on its page; asked for where there is none yet."""
    find(ben, "Sana")
    talk, ask = ben.get_by_role("link", name="Open your talk"), ben.get_by_role("button", name="Ask to talk")
    expect(talk.or_(ask)).to_be_visible()
    if ask.count():
        ask.click()
        sana.goto(f"{EVENT}messages/")
        sana.get_by_role("button", name="Accept").click()
        expect(sana.get_by_role("log")).to_be_visible()
    for page, name in ((ben, "Sana"), (sana, "Ben")):
        find(page, name)
        page.get_by_role("link", name="Open your talk").click()


def test_who_is_blocked_in_a_talk_is_told_nothing_of_it_and_offered_no_retry(visit):
    ben, sana = visit("Delegate"), visit("Speaker")
    open_talk(ben, sana)

    def sees_ben() -> bool:
        sana.reload()
        return sana.get_by_text("Here now").count() == 1

    until(sees_ben)
    live(sana)
    find(ben, "Sana")
    ben.get_by_role("link", name="Block Sana Placeholder").click()
    ben.get_by_role("button", name="Block Sana Placeholder").click()
    try:
        text = words()
        say(sana, text)
        expect(sana.locator("[data-chat-state]")).to_have_text(
            "This conversation can be read, but not added to, just now. Your words are still in the box."
        )
        expect(sana.get_by_label("Your message")).to_have_value(text)
        expect(sana.get_by_text("Here now")).to_have_count(0)
    finally:
        ben.goto(f"{EVENT}people/safety/")
        ben.get_by_role("button", name="Unblock").click()


def call_unkind(page: Page) -> None:
    page.get_by_label("It is unkind, or singles somebody out").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Waiting for the organisers").first).to_be_visible()


def test_a_report_is_looked_at_and_its_outcome_comes_back(visit):
    ben, sana, ada = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE), visit("Organiser", f"{EVENT}moderation/")
    text = words()
    say(ben, text)
    heard(sana, text, timeout=WAIT)
    acts(sana, text).get_by_role("link", name="Report this").click()
    call_unkind(sana)
    ada.reload()
    row = ada.locator("li.panel", has_text=text)
    row.get_by_text("Show what was said").click()
    row.get_by_label("What should be done").select_option("removed")
    row.get_by_label("Words to who reported it").fill("Thank you for telling us")
    row.get_by_role("button", name="Do this, and close the report").click()
    expect(ben.get_by_text(text)).to_have_count(0, timeout=WAIT)
    sana.reload()
    expect(sana.get_by_text("It was removed").first).to_be_visible()
    expect(sana.get_by_text("Thank you for telling us").first).to_be_visible()


def test_what_is_taken_back_is_reported_from_the_note_in_its_place(visit, axe):
    ben, sana, ada = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE), visit("Organiser", f"{EVENT}moderation/")
    live(sana)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=WAIT)
    mine = acts(ben, text)
    mine.get_by_text("Take it back").first.click()
    mine.get_by_role("button", name="Take it back").click()
    expect(ben.locator(".chat__message--gone").last).not_to_contain_text("Report this", use_inner_text=True)
    gone = sana.locator(".chat__message--gone").last
    expect(gone).to_contain_text("took this message back", timeout=WAIT)
    gone.get_by_role("link", name="Report this").click()
    assert axe(sana) == []
    call_unkind(sana)
    ada.reload()
    row = ada.locator("li.panel", has_text=text)
    row.get_by_text("Show what was said (its author took it back)").click()
    expect(row.get_by_text(text)).to_be_visible()


def test_an_open_page_tells_of_a_mute_within_seconds_and_keeps_the_words(visit, axe):
    ben, ada = visit("Delegate", LOUNGE), visit("Organiser", LOUNGE)
    live(ada)
    live(ben)
    text, more = words(), words()
    say(ben, text)
    heard(ada, text, timeout=WAIT)
    ben.get_by_label("Your message").fill(more)
    opened = acts(ada, text)
    opened.get_by_text("Moderate").click()
    opened.get_by_role("button", name="Mute Ben Placeholder").click()
    expect(opened).to_have_count(0, timeout=WAIT)
    told = ben.locator("[data-chat-muted]")
    expect(told).to_contain_text("You were muted here until", timeout=5_000)
    expect(told).to_contain_text("What you have written is kept.")
    expect(told).to_be_focused()
    expect(ben.locator("[data-chat-form]")).to_be_hidden()
    assert axe(ben) == []
    ben.reload()
    expect(told).to_contain_text("What you have written is kept.")
    ada.goto(LOUNGE)
    ada.get_by_role("link", name="Moderate this conversation").click()
    ada.get_by_role("button", name="Let them write").click()
    expect(ben.get_by_label("Your message")).to_have_value(more, timeout=5_000)
    expect(told).to_be_hidden()
    ben.get_by_role("button", name="Send", exact=True).click()
    heard(ben, more, timeout=WAIT)


def set_pace(page: Page, pace: str) -> None:
    page.goto(LOUNGE)
    page.get_by_role("link", name="Moderate this conversation").click()
    page.get_by_label("Each person may write").select_option(pace)
    page.get_by_role("button", name="Save").click()


def test_slow_mode_is_said_beside_the_box_before_anybody_waits_for_it(visit, axe):
    sana, ada = visit("Speaker", LOUNGE), visit("Organiser")
    live(sana)
    pace = sana.get_by_text("Slow mode: each person may write every 10 seconds.")
    try:
        set_pace(ada, "every 10 seconds")
        expect(pace).to_be_visible(timeout=WAIT)
        assert axe(sana) == []
        text = words()
        say(sana, text)
        heard(sana, text)
        expect(sana.locator("[data-chat-state]")).to_contain_text("You can write again at")
        expect(sana.locator("[data-chat-state]")).to_have_text("You can write again.", timeout=15_000)
    finally:
        set_pace(ada, "as they like")
    expect(pace).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize("width", [390, 1280])
def test_words_sent_in_the_moment_of_a_mute_are_kept_and_no_retry_is_offered(visit, width):
    ben = visit("Delegate", LOUNGE, width=width)
    refused = {"status": 403, "json": {"error": "You were muted here until 8:35pm."}}
    ben.route("**/say/", lambda route: route.fulfill(**refused))
    text = words()
    say(ben, text)
    expect(ben.locator("[data-chat-state]")).to_have_text(
        "You were muted here until 8:35pm. Your words are still in the box."
    )
    expect(ben.get_by_label("Your message")).to_have_value(text)


def test_who_is_put_out_is_told_within_five_seconds(visit):
    ben, ada = visit("Delegate", LOUNGE), visit("Organiser", LOUNGE)
    live(ben)
    live(ada)
    text = words()
    say(ben, text)
    heard(ada, text, timeout=WAIT)
    opened = acts(ada, text)
    opened.get_by_text("Moderate").click()
    try:
        opened.get_by_role("link", name="Put Ben Placeholder out of the event").click()
        ada.get_by_role("button", name="Put Ben Placeholder out of the event").click()
        live(ben, "off", timeout=5_000)
        ben.reload()
        expect(ben.get_by_role("heading", name="You cannot take part just now")).to_be_visible()
    finally:
        ada.goto(f"{EVENT}moderation/")
        ada.get_by_role("button", name="Let back in").click()
    ben.goto(LOUNGE)
    expect(ben.get_by_role("log")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_moderation_have_no_fault_axe_can_find(visit, axe, width):
    page = visit("Organiser", f"{EVENT}moderation/", width=width)
    assert axe(page) == []
    page.goto(LOUNGE)
    page.get_by_role("link", name="Moderate this conversation").click()
    assert axe(page) == []
