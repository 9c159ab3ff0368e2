"""What is done with a message, and talk of one's own, in real browsers."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.cutting import Late
from tests.journeys.test_coming_in import register
from tests.journeys.test_talking import LOUNGE, heard, say, words
from tests.servers import until

pytestmark = pytest.mark.browser
WAIT = 15_000


def message(page: Page, text: str):
    return page.locator("[data-message]", has_text=text).last


def acts(page: Page, text: str):
    """Opens what may be done with a message, by keyboard."""
    message(page, text).get_by_text("Reply or react").focus()
    page.keyboard.press("Enter")
    opened = message(page, text).locator(".chat__acts")
    expect(opened).to_be_visible(timeout=WAIT)
    return opened


def change(page: Page, text: str, *, to: str) -> None:
    opened = acts(page, text)
    opened.get_by_text("Change my words").click()
    opened.get_by_label("Your words").fill(to)
    opened.get_by_role("button", name="Save").click()


def take_back(page: Page, text: str) -> None:
    opened = acts(page, text)
    opened.get_by_text("Take it back").first.click()
    opened.get_by_role("button", name="Take it back").click()


def test_a_reply_by_keyboard_leads_back_to_what_it_answers(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    asked, answer = words(), words()
    say(ben, asked)
    heard(sana, asked, timeout=WAIT)
    acts(sana, asked).get_by_role("link", name="Reply", exact=True).press("Enter")
    expect(sana.get_by_label("Your message")).to_be_focused()
    sana.keyboard.type(answer)
    sana.keyboard.press("Enter")
    heard(ben, answer, timeout=WAIT)
    message(ben, answer).get_by_text("In reply to").click()
    expect(message(ben, asked)).to_be_focused()


def test_an_edit_shows_in_its_place_for_everyone_and_says_so(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    first, later, changed = words(), words(), words()
    say(ben, first)
    say(ben, later)
    heard(sana, later, timeout=WAIT)
    change(ben, first, to=changed)
    for page in (ben, sana):
        expect(message(page, changed)).to_contain_text("edited", timeout=WAIT)
        expect(page.get_by_text(first)).to_have_count(0)
    order = [text for text in sana.locator(".chat__text").all_inner_texts() if text in (changed, later)]
    assert order == [changed, later]


def test_what_is_taken_back_goes_from_every_page(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=WAIT)
    take_back(ben, text)
    for page in (ben, sana):
        expect(page.get_by_text(text)).to_have_count(0, timeout=WAIT)
    expect(sana.get_by_text("took this message back").last).to_be_visible()


def test_what_is_taken_back_goes_from_a_page_of_the_past_that_shows_no_more(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    text, more = words(), words()
    say(ben, text)
    heard(sana, text, timeout=WAIT)
    said = int(message(sana, text).get_attribute("data-message"))
    sana.goto(f"{LOUNGE}?before={said + 1}")
    live(sana)
    heard(sana, text)
    say(ben, more)
    heard(ben, more)
    take_back(ben, text)
    expect(sana.get_by_text("took this message back").last).to_be_visible(timeout=WAIT)
    expect(sana.get_by_text(text)).to_have_count(0)
    expect(sana.get_by_text(more)).to_have_count(0)


def test_what_is_changed_and_taken_back_goes_from_its_own_page_and_from_a_search(visit):
    ben = visit("Delegate", LOUNGE)
    text, changed = words(), words()
    say(ben, text)
    heard(ben, text)
    address = message(ben, text).locator(".chat__time").get_attribute("href")
    own, found = visit("Speaker", address), visit("Speaker", f"{EVENT}messages/search/?words={text}")
    for page in (own, found):
        live(page)
        expect(page.get_by_role("main").get_by_text(text, exact=True)).to_be_visible()
    change(ben, text, to=changed)
    for page in (own, found):
        expect(page.get_by_role("main").get_by_text(changed)).to_be_visible()
        expect(page.get_by_role("main").get_by_text(text, exact=True)).to_have_count(0)
    take_back(ben, changed)
    for page in (own, found):
        expect(page.get_by_role("main").get_by_text("took this message back")).to_be_visible()
        expect(page.get_by_role("main").get_by_text(changed)).to_have_count(0)
    expect(own.locator(".chat__acts")).to_have_count(0)


def test_what_calls_by_name_and_is_changed_and_taken_back_goes_from_messages(visit):
    ben = visit("Delegate", LOUNGE)
    text, changed = words(), words()
    say(ben, f"@Sana Placeholder {text}")
    heard(ben, text)
    sana = visit("Speaker", f"{EVENT}messages/")
    live(sana)
    called = sana.get_by_role("region", name="Where you were called by name")
    expect(called.get_by_text(text)).to_be_visible()
    change(ben, text, to=f"@Sana Placeholder {changed}")
    expect(called.get_by_text(changed)).to_be_visible(timeout=WAIT)
    expect(called.get_by_text(text)).to_have_count(0)
    take_back(ben, changed)
    expect(called.get_by_text("took this message back").first).to_be_visible(timeout=WAIT)
    expect(called.get_by_text(changed)).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("part", ["Take it back", "Change my words"])
def test_what_opens_under_a_message_is_seen_whole(visit, width, part):
    page, text = visit("Speaker", LOUNGE, width=width), words()
    say(page, text)
    heard(page, text, timeout=WAIT)
    opened = acts(page, text)
    opened.locator("summary", has_text=part).click()
    button = opened.get_by_role("button", name={"Change my words": "Save"}.get(part, part), exact=True)
    until(lambda: _is_within(page, button))
    expect(opened.get_by_label("Your message")).to_have_count(0)


def _is_within(page: Page, element) -> bool:
    """Whether all of it can be seen inside the log, on the screen."""
    log, box = page.get_by_role("log").bounding_box(), element.bounding_box()
    ends = min(log["y"] + log["height"], page.viewport_size["height"])
    return log["y"] <= box["y"] and box["y"] + box["height"] <= ends


def test_a_reaction_is_counted_for_everyone(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(ben)
    text = words()
    say(ben, text)
    heard(sana, text, timeout=WAIT)
    acts(sana, text).get_by_role("button", name="Thank you").click()
    expect(message(ben, text).locator(".chat__reaction")).to_contain_text("Thank you: 1", timeout=WAIT)
    expect(acts(sana, text).get_by_role("button", name="Thank you")).to_have_attribute("aria-pressed", "true")


def test_who_is_called_by_name_sees_it_and_hears_it_said(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(sana)
    plain, called = words(), words()
    say(ben, plain)
    say(ben, f"@Sana Placeholder {called}")
    expect(message(sana, called)).to_have_class(re.compile("chat__message--called"), timeout=WAIT)
    # Quiet by default: only what calls this person is read out.
    expect(sana.locator("[data-chat-speech]")).to_contain_text(called, timeout=WAIT)
    expect(sana.locator("[data-chat-speech]")).not_to_contain_text(plain)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_name_begun_is_offered_and_taken_with_the_keyboard(visit, axe, width):
    ben, sana = visit("Delegate", LOUNGE, width=width), visit("Speaker", LOUNGE)
    live(sana)
    box, offered = ben.get_by_label("Your message"), ben.get_by_role("listbox", name="Names")
    box.press_sequentially("Ask @san")
    expect(offered.get_by_role("option", name="Sana Placeholder", selected=True)).to_be_visible()
    assert axe(ben) == []
    box.press("Escape")
    expect(offered).to_be_hidden()
    box.press_sequentially("a")
    expect(offered).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("Ask @Sana Placeholder ")
    text = words()
    box.press_sequentially(text)
    box.press("Enter")
    expect(message(sana, text).locator(".mention")).to_have_text("@Sana Placeholder", timeout=WAIT)
    expect(sana.locator(".chat__message--called", has_text=text)).to_be_visible()


def test_names_that_were_put_away_are_not_offered_by_a_late_answer(visit):
    ben, text = visit("Delegate", LOUNGE), words()
    box, offered = ben.get_by_label("Your message"), ben.get_by_role("listbox", name="Names")
    box.press_sequentially(f"{text} @sa")
    expect(offered).to_be_visible()
    names = Late(ben, "**/names/**")
    box.press_sequentially("n")
    names.is_asked()
    box.press("Escape")
    names.come()
    expect(offered).to_be_hidden()
    box.press("Enter")
    heard(ben, f"{text} @san")


def test_a_name_is_taken_with_a_press(visit):
    ben = visit("Delegate", LOUNGE, width=390)
    box = ben.get_by_label("Your message")
    box.press_sequentially("@pla")
    ben.get_by_role("option", name="Sana Placeholder").click()
    expect(box).to_have_value("@Sana Placeholder ")
    expect(box).to_be_focused()


@pytest.mark.parametrize("away", ["Home", "mouse"])
def test_names_are_offered_only_while_the_caret_is_at_one(visit, away):
    ben = visit("Delegate", LOUNGE)
    box, offered = ben.get_by_label("Your message"), ben.get_by_role("listbox", name="Names")
    box.press_sequentially("Ask before @san")
    expect(offered).to_be_visible()
    if away == "Home":
        box.press("Home")
    else:
        box.click(position={"x": 12, "y": 12})
    expect(offered).to_be_hidden()
    box.press("End")
    box.press_sequentially("a")
    expect(offered).to_be_visible()


def test_the_choice_of_what_is_read_out_is_kept(visit):
    page = visit("Speaker", LOUNGE)
    page.get_by_text("Read out, report, block").click()
    with page.expect_response("**/people/announcements/"):
        page.get_by_label("A screen reader says of new messages").select_option("nothing")
    page.reload()
    expect(page.locator("[data-chat-announce]")).to_have_value("nothing")
    page.get_by_text("Read out, report, block").click()
    with page.expect_response("**/people/announcements/"):
        page.get_by_label("A screen reader says of new messages").select_option("mentions")


def test_from_the_directory_to_a_talk_of_two_and_its_unread_mark(visit, mailed_code):
    """With somebody new, who has no talk with her yet."""
    ben, sana, una = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE), visit()
    register(una, "Una Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    live(sana)
    # Who reads to the end has nothing waiting in the lounge, calls by name included.
    with sana.expect_response("**/read/"):
        say(ben, words())
    una.goto(f"{EVENT}people/")
    sana.goto(f"{EVENT}messages/")
    una.get_by_label("Name, organisation or interest").fill("Sana")
    una.get_by_role("button", name="Search").click()
    una.get_by_role("link", name="Sana Placeholder").click()
    una.get_by_label("What would you like to talk about?").fill("Mentoring")
    una.get_by_role("button", name="Ask to talk").click()
    badge = sana.get_by_role("link", name=re.compile("^Messages")).locator(".badge")
    expect(badge).to_contain_text("1", timeout=WAIT)
    sana.reload()
    sana.get_by_role("button", name="Accept").click()
    expect(sana.get_by_role("log")).to_be_visible()
    una.goto(f"{EVENT}messages/")
    sana_at = sana.url
    sana.goto(f"{EVENT}lobby/")
    una.get_by_role("link", name=re.compile("Sana Placeholder")).last.click()
    text = words()
    say(una, text)
    heard(una, text, timeout=WAIT)
    expect(badge).to_contain_text("1", timeout=WAIT)
    # Read on one device, it is read on the other.
    other = visit("Speaker", f"{EVENT}lobby/")
    sana.goto(sana_at)
    heard(sana, text)
    for page in (sana, other):
        expect(page.get_by_role("link", name=re.compile("^Messages")).locator(".badge")).to_have_count(0, timeout=WAIT)


def test_talk_behind_another_tab_is_counted_and_not_marked_read(visit, axe):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker")
    read: list[str] = []
    sana.on("request", lambda request: read.append(request.url) if request.url.endswith("/read/") else None)
    sana.clock.install()
    sana.goto(LOUNGE)
    live(sana)
    sana.get_by_role("tab", name="Questions").click()
    # What was on the page when it was opened has been told by now, if it is at all.
    sana.clock.fast_forward(3_000)
    read.clear()
    for name in ("Talk 1 new message", "Talk 2 new messages"):
        text = words()
        say(ben, text)
        expect(sana.get_by_role("tab", name=name, exact=True)).to_be_visible()
        sana.clock.fast_forward(3_000)
    assert axe(sana) == []
    assert read == []
    with sana.expect_request("**/read/"):
        sana.get_by_role("tab", name="Talk").click()
        expect(sana.get_by_role("tab", name="Talk", exact=True)).to_be_visible()
        expect(message(sana, text)).to_be_in_viewport()
        sana.clock.fast_forward(3_000)


def test_an_address_that_names_a_message_shows_it_whatever_tab_was_open(visit):
    page = visit("Delegate", LOUNGE)
    live(page)
    text = words()
    say(page, text)
    heard(page, text)
    number = message(page, text).get_attribute("id").removeprefix("message-")
    page.get_by_role("tab", name="Questions").click()
    page.reload()
    expect(page.get_by_role("tab", name="Questions")).to_have_attribute("aria-selected", "true")
    page.goto(f"{page.url}?at={number}#message-{number}")
    expect(page.get_by_role("tab", name="Talk")).to_have_attribute("aria-selected", "true")
    expect(message(page, text)).to_be_in_viewport()


def test_who_was_signed_out_meanwhile_is_led_to_signing_in_by_what_they_open_beneath_a_message(visit):
    page, text = visit("Delegate", LOUNGE), words()
    live(page)
    say(page, text)
    heard(page, text)
    page.context.clear_cookies(name="sessionid")
    message(page, text).get_by_role("link", name="Reply or react").click()
    expect(page).to_have_url(re.compile("/accounts/"))


def test_without_javascript_a_message_is_answered_on_its_own_page(visit):
    page = visit("Delegate", LOUNGE, java_script_enabled=False)
    text, answer = words(), words()
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    message(page, text).get_by_role("link", name="Reply or react").click()
    page.get_by_role("button", name="Good idea").click()
    expect(message(page, text).locator(".chat__reaction")).to_contain_text("Good idea: 1")
    message(page, text).get_by_role("link", name="Reply or react").click()
    page.get_by_role("link", name="Reply", exact=True).click()
    expect(page.get_by_text("Replying to")).to_be_visible()
    page.get_by_label("Your message").fill(answer)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(message(page, answer)).to_contain_text("In reply to Ben Placeholder")


@pytest.mark.parametrize("path", ["lounge/", "messages/", "messages/search/?words=rota", "people/safety/"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_of_talk_have_no_fault_axe_can_find(visit, axe, path, width):
    page = visit("Delegate", f"{EVENT}{path}", width=width)
    if path == "lounge/":
        text = words()
        say(page, text)
        heard(page, text, timeout=WAIT)
        acts(page, text)
    assert axe(page) == []


def test_who_is_writing_is_told_and_forgotten_when_it_is_said(visit):
    ben, sana = visit("Delegate", LOUNGE), visit("Speaker", LOUNGE)
    live(ben)
    live(sana)
    first, text = words(), words()
    say(ben, first)
    heard(sana, first, timeout=WAIT)
    ben.get_by_label("Your message").press_sequentially(text)
    expect(sana.locator("[data-chat-typing]")).to_have_text("Ben Placeholder is writing", timeout=WAIT)
    ben.keyboard.press("Enter")
    heard(sana, text, timeout=WAIT)
    expect(sana.locator("[data-chat-typing]")).to_have_text("")


def test_the_directory_says_who_is_here(visit):
    visit("Speaker", f"{EVENT}lounge/")
    ben = visit("Delegate", f"{EVENT}people/?words=Sana")
    card = ben.locator(".person-card", has_text="Sana Placeholder")

    def is_here() -> bool:
        ben.reload()
        return card.get_by_text("Here now").count() == 1

    until(is_here)
