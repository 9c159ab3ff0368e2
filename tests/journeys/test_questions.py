"""Questions beside the stage, in two browsers: asked, voted for, answered; with the keyboard, and without a script."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.cutting import Late, reload_with_a_line

pytestmark = pytest.mark.browser
# The sweep lets anonymous questions out every fifteen seconds.
RELEASED = 60_000


def words() -> str:
    return f"question {uuid.uuid4().hex[:8]}"


@pytest.fixture
def stage(visit):
    """``stage("Delegate")`` is on the session page of the first keynote, at its questions."""

    def go(who: str, **options: object) -> Page:
        page = visit(who, f"{EVENT}programme/", **options)
        page.get_by_role("link", name="Opening keynote").click()
        page.get_by_role("tab", name="Questions").click()
        live(page)
        expect(page.get_by_role("list", name="Open questions, most votes first")).to_be_visible()
        return page

    return go


@pytest.fixture
def desk(stage):
    """The page on which an organiser runs the same questions."""

    def go() -> Page:
        page = stage("Organiser")
        page.get_by_role("link", name="Run the questions").click()
        expect(page.get_by_role("heading", name="Run the questions")).to_be_visible()
        return page

    return go


def whole_page(page: Page) -> str:
    """Where the same questions are a page of their own."""
    return f"{EVENT}conversations/{page.locator('[data-beside]').get_attribute('data-beside')}/questions/"


def ask(page: Page, text: str, *, anonymous: bool = False) -> None:
    page.get_by_label("Your question").fill(text)
    if anonymous:
        page.get_by_label("Ask without my name").check()
    page.get_by_role("button", name="Ask", exact=True).click()


def question(page: Page, text: str):
    return page.locator("[data-question]", has_text=text)


def row(page: Page, text: str):
    return page.locator(".desk__row", has_text=text)


def test_what_one_asks_the_other_sees_votes_for_and_both_see_the_count(stage):
    ben, sana = stage("Delegate"), stage("Speaker")
    text = words()
    ask(ben, text)
    expect(question(sana, text)).to_contain_text("Ben Placeholder")
    vote = question(sana, text).get_by_role("button", name=re.compile("Vote for"))
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    for page in (ben, sana):
        expect(question(page, text).locator("[data-votes]")).to_have_text("1")
    vote.click()
    expect(question(ben, text).locator("[data-votes]")).to_have_text("0")
    expect(question(ben, text).get_by_text("Yours", exact=True)).to_be_visible()
    expect(question(sana, text).get_by_text("Yours", exact=True)).to_be_hidden()


def test_who_was_signed_out_meanwhile_keeps_the_words_of_their_question(stage):
    ben, text = stage("Delegate"), words()
    ben.context.clear_cookies(name="sessionid")
    ask(ben, text)
    expect(ben.locator("[data-question-state]")).to_contain_text("You are signed out.")
    expect(ben.get_by_label("Your question")).to_have_value(text)
    expect(ben.locator("[data-waiting]")).to_have_count(0)


def test_an_anonymous_question_is_the_askers_own_in_this_tab_alone(stage):
    ben, sana = stage("Delegate"), stage("Speaker")
    text = words()
    ask(ben, text, anonymous=True)
    expect(ben.locator("[data-question-state]")).to_contain_text("without your name")
    expect(ben.locator("[data-waiting]", has_text=text)).to_be_visible()
    expect(question(sana, text)).to_contain_text("Anonymous", timeout=RELEASED)
    expect(question(ben, text).get_by_text("Yours", exact=True)).to_be_visible()
    expect(ben.locator("[data-waiting]", has_text=text)).to_have_count(0)
    assert "Ben Placeholder" not in question(sana, text).inner_text()
    question(ben, text).get_by_role("button", name="Take back").click()
    expect(question(sana, text)).to_have_count(0)


def test_the_desk_calls_a_question_and_every_reader_hears_it(stage, desk):
    ben, ada = stage("Delegate"), desk()
    ben.get_by_role("tab", name="Talk").click()
    text = words()
    other = stage("Speaker")
    ask(other, text)
    # The desk follows by itself, as nobody works in it.
    row(ada, text).get_by_role("button", name="Answer now").click()
    expect(row(ada, text).get_by_text("Answering now")).to_be_visible()
    # Said politely, though Ben is at the talk.
    expect(ben.locator("p[role=status]", has_text=f"Answering now: {text}")).to_have_count(1)
    expect(question(other, text).get_by_text("Answering now")).to_be_visible()
    expect(other.locator("[data-questions-open] > li").first).to_contain_text(text)
    row(ada, text).get_by_text("Answer in words").click()
    row(ada, text).get_by_role("textbox").fill("Ask your tutor first.")
    row(ada, text).get_by_role("button", name="Answered").click()
    answered = other.get_by_role("list", name="Answered questions").locator("li", has_text=text)
    expect(answered).to_contain_text("Ask your tutor first.")


@pytest.fixture
def late(stage, desk) -> tuple[Late, Page, Locator]:
    """What puts the desk anew is on its way, while a question there is being answered."""
    text = words()
    ask(stage("Delegate"), text)
    ada = desk()
    shown = row(ada, text)
    shown.get_by_role("button", name="Answer now").click()
    answer = Late(ada, ada.url)
    ada.reload()
    answer.is_asked()
    return answer, ada, shown


def test_a_press_at_the_desk_is_done_though_the_desk_changes_before_the_release(late):
    answer, ada, shown = late
    shown.get_by_role("button", name="Back to open").hover()
    ada.mouse.down()
    answer.come()
    ada.mouse.up()
    expect(shown.get_by_role("button", name="Answer now")).to_be_visible()


def test_words_begun_at_the_desk_while_it_was_read_anew_stay(late):
    answer, ada, shown = late
    shown.get_by_text("Answer in words").click()
    shown.get_by_role("textbox").fill("Ask your tutor first.")
    answer.come()
    expect(ada.get_by_text("This has changed.")).to_be_visible()
    expect(shown.get_by_role("textbox")).to_have_value("Ask your tutor first.")
    ada.get_by_role("button", name="Show it as it is now").click()
    answer.is_asked()
    answer.come()
    expect(ada.get_by_text("This has changed.")).to_be_hidden()
    expect(shown.get_by_role("textbox")).to_be_hidden()


def test_a_moderated_question_waits_for_the_desk(stage, desk):
    ada, ben, sana = desk(), stage("Delegate"), stage("Speaker")
    ada.get_by_label("Let me see each question before others do").check()
    ada.get_by_role("button", name="Save", exact=True).click()
    try:
        text = words()
        ask(ben, text)
        expect(ben.locator("[data-waiting]", has_text=text)).to_be_visible()
        row(ada, text).get_by_role("button", name="Show").click()
        expect(question(sana, text)).to_be_visible()
        expect(question(ben, text)).to_be_visible()
        expect(ben.locator("[data-waiting]", has_text=text)).to_have_count(0)
    finally:
        ada.get_by_label("Let me see each question before others do").uncheck()
        ada.get_by_role("button", name="Save", exact=True).click()


def test_what_was_asked_while_the_line_was_cut_is_there_when_it_is_back(stage):
    ben, sana = stage("Delegate"), stage("Speaker")
    line = reload_with_a_line(sana)
    line.cut()
    text = words()
    ask(ben, text)
    expect(question(ben, text)).to_be_visible()
    expect(question(sana, text)).to_have_count(0)
    line.mend()
    expect(question(sana, text)).to_be_visible(timeout=40_000)
    line.is_back()


def test_a_question_that_could_not_be_sent_stays_in_the_box(stage):
    page = stage("Delegate")
    text = words()
    page.route("**/ask/", lambda route: route.abort())
    ask(page, text)
    expect(page.locator("[data-question-state]")).to_contain_text("Your words are still in the box")
    expect(page.get_by_label("Your question")).to_have_value(text)
    page.unroute("**/ask/")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(question(page, text)).to_have_count(1)


def test_the_tabs_and_the_votes_work_with_the_keyboard(stage):
    sana, page = stage("Speaker"), stage("Delegate")
    text = words()
    ask(sana, text)
    expect(question(page, text)).to_be_visible()
    page.get_by_role("tab", name="Questions").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Talk")).to_be_focused()
    expect(page.get_by_role("log")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("log")).to_be_hidden()
    page.keyboard.press("Tab")
    vote = question(page, text).get_by_role("button", name=re.compile("Vote for"))
    vote.focus()
    page.keyboard.press("Enter")
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(vote).to_be_focused()


def test_without_javascript_questions_work_by_plain_forms(stage, visit):
    where = whole_page(stage("Speaker"))
    page = visit("Delegate", where, java_script_enabled=False)
    text, hidden = words(), words()
    ask(page, text)
    expect(page.get_by_text("Your question is shown.")).to_be_visible()
    question(page, text).get_by_role("button", name=re.compile("Vote for")).click()
    expect(question(page, text).locator("[data-votes]")).to_have_text("1")
    question(page, text).get_by_role("button", name="Take back").click()
    expect(question(page, text)).to_have_count(0)
    ask(page, hidden, anonymous=True)
    expect(page.get_by_role("heading", name="Your question is on its way")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Your question was taken back.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_fault_is_found_on_the_pages_of_questions(stage, desk, visit, axe, width):
    page = stage("Delegate", width=width)
    assert axe(page) == []
    page.goto(whole_page(page))
    expect(page.get_by_role("heading", name="Questions", level=1)).to_be_visible()
    assert axe(page) == []
    ada = desk()
    ada.set_viewport_size({"width": width, "height": 844})
    assert axe(ada) == []
    assert ada.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_question_is_reported_and_its_outcome_comes_back(stage, visit):
    ben, sana = stage("Delegate"), stage("Speaker")
    text = words()
    ask(ben, text)
    expect(question(ben, text).get_by_role("link", name="Report")).to_be_hidden()
    question(sana, text).get_by_role("link", name="Report").click()
    expect(sana.get_by_text("Ben Placeholder is not told.")).to_be_visible()
    sana.get_by_label("It discriminates against somebody").check()
    sana.get_by_role("button", name="Send", exact=True).click()
    ada = visit("Organiser", f"{EVENT}moderation/")
    row = ada.locator("li.panel", has_text=text)
    row.get_by_text("Show what was asked").click()
    row.get_by_label("What should be done").select_option("removed")
    row.get_by_role("button", name="Do this, and close the report").click()
    expect(question(ben, text)).to_have_count(0)
    sana.reload()
    expect(sana.get_by_text("It was removed").first).to_be_visible()
