"""From registering to talking in a room with nothing but a keyboard, and always seeing where one is."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.begun import TITLE
from tests.journeys.conftest import EVENT, live
from tests.journeys.test_rooms import card, give_up, open_round, take
from tests.journeys.test_talking import heard, say

pytestmark = pytest.mark.browser
FURTHEST = 60

# What has the focus: its words, and whether it can be seen, with a look of its own and nothing on top of it.
FOCUSED = r"""async () => {
    // A box that takes the focus is scrolled to with the next frame.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const element = document.activeElement;
    const label = element.labels?.[0];
    const text = element === document.body ? "" : element.innerText;
    const words = [label?.innerText ?? element.getAttribute("aria-label") ?? "", text, element.name ?? ""];
    const box = (element.type === "radio" ? label : element).getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const top = document.elementFromPoint(x, y);
    const clear = top && (element.contains(top) || label?.contains(top) || top === element.parentElement);
    const look = () => [element, label].filter(Boolean).flatMap((part) => [null, "::before", "::after"]
        .map((pseudo) => getComputedStyle(part, pseudo))
        .map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor].join()))
        .join(";");
    const focused = look();
    element.blur();
    const plain = look();
    element.focus({ preventScroll: true });
    return { words: words.join(" ").replace(/\s+/g, " ").replaceAll(" :", ":").trim(), role: element.tagName,
        seen: box.y >= 0 && y <= innerHeight && Boolean(clear), marked: focused !== plain };
}"""


def where(page: Page) -> dict:
    return page.evaluate(FOCUSED)


def tab_to(page: Page, words: str) -> None:
    """Tabs until the words are in focus; on the way everything in focus must be seen and marked."""
    passed = []
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        at = where(page)
        if at["role"] != "BODY":
            assert at["seen"], f"hidden while in focus on {page.url}: {at}"
            assert at["marked"], f"no mark of the focus on {page.url}: {at}"
        if re.search(words, at["words"]):
            return
        passed.append(at["words"])
    raise AssertionError(f"{words} is not within {FURTHEST} tabs on {page.url}: {passed}")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def type_into(page: Page, words: str, text: str) -> None:
    tab_to(page, words)
    page.keyboard.type(text)


def arrive(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    page.wait_for_load_state()


def answer_by_keyboard(page: Page) -> None:
    """Every page of registering, from its name to the summary."""
    arrive(page, "What is your name?")
    type_into(page, "Full name", "Kit Placeholder")
    press(page, "^Continue")
    arrive(page, "Where do you work or learn?")
    type_into(page, "^Organisation", "Example Trust")
    type_into(page, "^Region", "London")
    press(page, "^Continue")
    arrive(page, "What do you do?")
    choose(page, "^(Learner|Educator|Leader|Something)")
    type_into(page, "^Profession", "Medicine")
    press(page, "^Continue")
    arrive(page, "What do you need so that you can take part?")
    choose(page, "^Live captions")
    press(page, "^Continue")
    arrive(page, "How we treat each other")
    choose(page, "^I will keep to this")
    press(page, "^Continue")
    arrive(page, "Recordings")
    choose(page, "^(Yes|No)")
    press(page, "^Continue")
    arrive(page, "Being found by others")
    choose(page, "^(Yes|No)")
    press(page, "^Continue")
    arrive(page, "Check your answers")


def choose(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Space")


@pytest.mark.parametrize("width", [1280, 390])
def test_from_registering_to_talking_in_a_room(visit, mailed_code, width):
    page, email = visit(width=width), f"{uuid.uuid4().hex[:8]}@example.org"
    press(page, "^Register")
    arrive(page, "Register")
    type_into(page, "E-mail address", email)
    press(page, "^Continue")
    page.wait_for_url("**/confirm/**")
    type_into(page, "code", mailed_code(email))
    page.keyboard.press("Enter")
    answer_by_keyboard(page)
    press(page, "^Register$")
    arrive(page, "You are registered")
    press(page, "Go to the lobby")
    arrive(page, "Welcome, Kit Placeholder")

    press(page, "^Breakout rooms, round one")
    arrive(page, "Breakout rooms, round one")
    press(page, "Choose: Supervision and feedback")
    expect(page.get_by_text("You have a place in Supervision and feedback.")).to_be_visible()
    press(page, "Enter: Supervision and feedback")
    arrive(page, "Supervision and feedback")
    press(page, "^Go in")
    expect(page.get_by_role("log")).to_be_visible()
    text = f"hello {uuid.uuid4().hex[:8]}"
    type_into(page, "Your message", text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text(text)).to_have_count(1)
    expect(page.get_by_label("Your message")).to_be_focused()


def stand_on(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """What has the focus, which can be seen."""
    expect(page.get_by_role(role, name=name)).to_be_focused()
    at = where(page)
    assert at["seen"], at
    assert at["marked"], at


@pytest.fixture
def holder_and_waiter(begun, visit) -> tuple[Page, Page]:
    """Ben sits where Sana would like to sit, and she waits in the line of that room by keyboard."""
    begun(Fairness=1, Flexibility=1)
    ben, sana = visit("Delegate"), visit("Speaker")
    for page, room in ((ben, "Fairness"), (sana, "Flexibility")):
        open_round(page, TITLE)
        take(page, room)
    press(sana, "^Join the line for Fairness")
    expect(sana.get_by_role("heading", name="You are in the line for Fairness")).to_be_visible()
    live(sana)
    return ben, sana


def test_a_line_is_joined_and_the_place_that_is_offered_taken(holder_and_waiter):
    ben, sana = holder_and_waiter
    # This button goes when the place is offered, and the news of it is stood on.
    tab_to(sana, "^Leave the line for Fairness")
    give_up(ben, "Fairness")
    stand_on(sana, "heading", "About your place")
    press(sana, "^Move to Fairness")
    expect(card(sana, "Fairness").get_by_text("Your room", exact=True)).to_be_visible()
    press(sana, "^Give up my place in Fairness")
    press(sana, "^Yes, give it up")
    expect(sana.get_by_text("Your room", exact=True)).to_have_count(0)


def test_who_stands_on_a_control_of_a_round_still_stands_on_it_when_a_place_is_offered(holder_and_waiter):
    ben, sana = holder_and_waiter
    tab_to(sana, "^Enter: Flexibility")
    give_up(ben, "Fairness")
    expect(sana.get_by_role("button", name="Move to Fairness")).to_be_visible()
    stand_on(sana, "link", re.compile("^Enter"))


def test_in_a_room_a_hand_a_note_and_the_voice(begun, visit):
    begun(Fairness=2).run(
        """
from breakouts.notes.services import name_note_taker
from breakouts.voice.services import choose_way
room, ben = round.rooms.get(), Delegate.objects.get(event=round.event, user__email="ben@example.org")
choose_room(room, ben, now=now)
name_note_taker(room, ben, by=None, now=now)
choose_way(room, "peer")
"""
    )
    page = visit("Delegate")
    open_round(page, TITLE)
    press(page, "^Enter: Fairness")
    arrive(page, "Fairness")
    press(page, "^Go in")
    expect(page.get_by_text("Time left")).to_be_visible()
    live(page)
    press(page, "^Raise my hand")
    stand_on(page, "button", "Lower my hand")
    expect(page.locator("[data-room-said]")).to_have_text("Your hand is up. You are next.")
    page.keyboard.press("Space")
    stand_on(page, "button", "Raise my hand")
    type_into(page, "^Ideas", "Ask earlier")
    expect(page.locator("#note-ideas").get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.locator("textarea#text-ideas")).to_be_focused()
    press(page, "^Join by voice")
    expect(page.get_by_role("heading", name="Before you join")).to_be_visible()
    press(page, "^Join by voice")
    stand_on(page, "heading", "You are in")
    press(page, "^Microphone is off")
    stand_on(page, "button", "Microphone is on")
    page.keyboard.press("Enter")
    stand_on(page, "button", "Microphone is off")
    press(page, "^Leave$")
    stand_on(page, "button", "Join again")


def test_one_key_skips_to_the_content(visit):
    page = visit("Delegate", f"{EVENT}library/")
    page.keyboard.press("Tab")
    assert where(page)["words"].startswith("Skip to main content")
    page.keyboard.press("Enter")
    expect(page.locator("#maincontent")).to_be_focused()


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(visit):
    page = visit("Delegate", f"{EVENT}library/", width=390)
    press(page, "Menu")
    expect(page.get_by_role("link", name="Rooms", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Rooms", exact=True)).to_be_hidden()
    press(page, "^Search$")


def test_one_stop_skips_the_messages_of_a_talk(visit):
    page = visit("Delegate", f"{EVENT}lounge/")
    box = page.get_by_label("Your message")
    live(page)
    for _ in range(2):
        say(page, text := uuid.uuid4().hex)
        heard(page, text)
    page.reload()
    last = page.locator("[data-message]").last
    assert last.locator("a[href]:not([tabindex='-1'])").count() == 1
    press(page, "^Skip to writing")
    expect(box).to_be_focused()


def test_who_chose_a_room_stands_on_what_was_said_of_it(begun, visit):
    begun(Fairness=2)
    page = visit("Delegate")
    open_round(page, TITLE)
    press(page, "^Choose: Fairness")
    expect(page.locator(".flash")).to_be_focused()
    press(page, "^Enter: Fairness")


def test_who_runs_a_poll_stands_on_it_when_it_has_changed(visit):
    page = visit("Organiser", f"{EVENT}lounge/")
    page.goto(page.url)
    page.get_by_role("tab", name="Polls").click()
    page.get_by_role("link", name="Run the polls").click()
    text = f"Shall we? {uuid.uuid4().hex[:8]}"
    page.get_by_label("Question", exact=True).fill(text)
    page.get_by_role("textbox", name="Answers").fill("Yes\nNo")
    page.get_by_role("button", name="Keep as a draft").press("Enter")
    poll = page.locator("article", has_text=text)
    poll.get_by_role("button", name="Open").press("Enter")
    expect(poll.get_by_role("heading")).to_be_focused()
    poll.get_by_role("button", name="Remove").press("Enter")
    expect(poll).to_have_count(0)
    expect(page.locator("body")).not_to_be_focused()


def test_the_code_is_typed_at_once(visit):
    page = visit(None, "/accounts/login/code/")
    type_into(page, "E-mail address", "delegate3@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    expect(page.locator("input[name=code]")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_ones_own_is_behind_ones_name_and_the_films_are_in_the_menu(visit, width):
    page = visit("Delegate", f"{EVENT}library/", width=width)
    press(page, "^Account Ben Placeholder")
    arrive(page, "Your account")
    for name in ("Your registration", "My calendar", "My data"):
        press(page, f"^{name}$")
        page.wait_for_load_state()
        expect(page.locator("main")).to_contain_text(name if name != "Your registration" else "You are registered")
        page.go_back()
        arrive(page, "Your account")
    if width == 390:
        press(page, "^Menu")
    press(page, "^Films$")
    arrive(page, "Films")


def back_to(page: Page, words: str) -> None:
    """As ``tab_to``, the other way."""
    for _ in range(FURTHEST):
        page.keyboard.press("Shift+Tab")
        if re.search(words, where(page)["words"]):
            return
    raise AssertionError(f"{words} is not within {FURTHEST} tabs back on {page.url}")


def test_a_message_is_reacted_to_answered_changed_and_taken_back(visit):
    # Without motion, so that what has the focus is seen at once.
    page = visit("Delegate", f"{EVENT}lounge/", reduced_motion="reduce")
    text = f"hello {uuid.uuid4().hex[:8]}"
    page.goto(page.get_by_role("link", name="Working less than full time").get_attribute("href"))
    arrive(page, "Working less than full time")
    type_into(page, "Your message", text)
    page.keyboard.press("Enter")
    said = page.locator("[data-message]", has_text=text)
    expect(said).to_have_count(1)

    back_to(page, "^Reply or react")
    open_acts(page, said)
    press(page, "Good idea")
    expect(said.locator(".chat__reaction")).to_contain_text("Good idea: 1")
    open_acts(page, said)
    press(page, "Change my words")
    type_into(page, "Your words", "Changed: ")
    press(page, "^Save")
    expect(said).to_contain_text("edited")
    expect(said).to_contain_text(f"Changed: {text}")
    open_acts(page, said)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("An answer")
    page.keyboard.press("Enter")
    answer = page.locator("[data-message]", has_text="An answer")
    expect(answer).to_contain_text("In reply to Ben Placeholder")
    back_to(page, "^Reply or react")
    open_acts(page, answer)
    press(page, "^Take it back")
    press(page, "^Take it back")
    expect(page.get_by_text("took this message back")).to_have_count(1)
    expect(answer).to_have_count(0)


def open_acts(page: Page, said: Locator) -> None:
    """On its link, where an act that is done leads back to."""
    expect(said.get_by_role("link", name="Reply or react")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said.get_by_role("link", name="Reply", exact=True)).to_be_focused()


def test_the_log_is_read_by_keyboard(visit):
    page = visit("Delegate", f"{EVENT}lounge/")
    tab_to(page, "^(?!Account).*(Everyone|Ben Placeholder|Conversation)")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "log"
