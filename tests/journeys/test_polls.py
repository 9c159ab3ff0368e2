"""Polls beside the stage, in two browsers: opened, voted in, shown, closed; by keyboard, and without a script."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.cutting import reload_with_a_line

pytestmark = pytest.mark.browser
# Results are told at most every six seconds.
TOLD = 15_000


def words() -> str:
    return f"Which {uuid.uuid4().hex[:8]}?"


@pytest.fixture
def stage(visit):
    """``stage("Delegate")`` is on the session page of the second keynote."""

    def go(who: str, **options: object) -> Page:
        page = visit(who, f"{EVENT}programme/", **options)
        page.get_by_role("link", name="Second keynote").click()
        expect(page.get_by_role("tab", name="Polls")).to_be_visible()
        live(page)
        # They come a moment after the page, and say of what is opened from then on.
        expect(page.locator("[data-polls]")).to_be_attached()
        return page

    return go


@pytest.fixture
def desk(stage):
    """The page on which an organiser runs the same polls."""

    def go() -> Page:
        page = stage("Organiser")
        page.get_by_role("tab", name="Polls").click()
        page.get_by_role("link", name="Run the polls").click()
        expect(page.get_by_role("heading", name="Run the polls")).to_be_visible()
        return page

    return go


def draft(ada: Page, text: str, *, several: bool = False) -> None:
    ada.get_by_label("Question").fill(text)
    ada.get_by_label("Answers", exact=True).fill("Rotas\nTime\nA mentor")
    if several:
        ada.get_by_label("Several answers").check()
    ada.get_by_role("button", name="Keep as a draft").click()
    expect(panel(ada, text)).to_contain_text("Draft")


def panel(ada: Page, text: str):
    return ada.locator("article", has_text=text)


def poll(page: Page, text: str):
    return page.locator("[data-poll]", has_text=text)


def act(ada: Page, text: str, name: str) -> None:
    panel(ada, text).get_by_role("button", name=name).click()


def test_a_poll_opens_is_voted_in_shown_and_closed_before_everyones_eyes(stage, desk):
    ada, ben, sana = desk(), stage("Delegate"), stage("Speaker")
    text = words()
    draft(ada, text)
    act(ada, text, "Open")
    # Said politely, though both are at the talk; and their tabs say so too.
    expect(ben.locator("p[role=status]", has_text=f"A poll is open: {text}")).to_have_count(1)
    for page, choice in ((ben, "Time"), (sana, "Rotas")):
        page.get_by_role("tab", name="Polls").click()
        poll(page, text).get_by_label(choice).check()
        poll(page, text).get_by_role("button", name="Vote").click()
        expect(poll(page, text)).to_contain_text("Counted.")
        expect(poll(page, text).get_by_role("button")).to_contain_text("Change my vote")
    expect(poll(ben, text)).to_contain_text("2 people have voted", timeout=TOLD)
    expect(poll(ben, text).get_by_role("img")).to_have_count(0)
    poll(sana, text).get_by_label("Time").check()
    poll(sana, text).get_by_role("button", name="Vote").click()
    expect(poll(sana, text)).to_contain_text("Counted.")
    act(ada, text, "Show the results")
    expect(poll(ben, text).get_by_role("img")).to_have_attribute(
        "aria-label", "Bar chart. Rotas: 0%; Time: 100%; A mentor: 0%"
    )
    expect(poll(ben, text).get_by_role("radio", name="Time")).to_be_checked()
    expect(poll(ben, text).get_by_role("button")).to_contain_text("Change my vote")
    act(ada, text, "Close")
    expect(poll(ben, text).get_by_role("radio")).to_have_count(0)
    expect(ben.locator("p[role=status]", has_text=f"The poll is closed: {text}")).to_have_count(1)
    poll(ben, text).get_by_text("Results as a table").click()
    expect(poll(ben, text).get_by_role("row", name="Time 2 100%")).to_be_visible()
    act(ada, text, "Remove")
    expect(poll(ben, text)).to_have_count(0)


def test_several_answers_are_chosen_with_the_keyboard(stage, desk):
    ada, page = desk(), stage("Delegate")
    text = words()
    draft(ada, text, several=True)
    act(ada, text, "Open")
    page.get_by_role("tab", name="Talk").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Polls")).to_be_focused()
    poll(page, text).get_by_label("Rotas").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    poll(page, text).get_by_role("button", name="Vote").focus()
    page.keyboard.press("Enter")
    expect(poll(page, text)).to_contain_text("Counted.")
    act(ada, text, "Show the results")
    expect(poll(page, text).get_by_role("img")).to_have_attribute(
        "aria-label", "Bar chart. Rotas: 100%; Time: 100%; A mentor: 0%"
    )
    act(ada, text, "Remove")


def test_without_javascript_a_vote_is_a_plain_form(stage, desk, visit):
    ada, text = desk(), words()
    draft(ada, text)
    act(ada, text, "Open")
    page = visit("Delegate", ada.url.replace("run/", ""), java_script_enabled=False)
    poll(page, text).get_by_role("button", name="Vote").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer first.")
    poll(page, text).get_by_label("Rotas").check()
    poll(page, text).get_by_role("button", name="Vote").click()
    expect(page.get_by_text("Your vote is counted.")).to_be_visible()
    expect(poll(page, text).get_by_label("Rotas")).to_be_checked()
    expect(poll(page, text).get_by_role("button")).to_contain_text("Change my vote")
    act(ada, text, "Remove")


def test_a_poll_opened_while_the_line_was_cut_is_there_when_it_is_back(stage, desk):
    ada, page = desk(), stage("Delegate")
    page.get_by_role("tab", name="Polls").click()
    line = reload_with_a_line(page)
    line.cut()
    text = words()
    draft(ada, text)
    act(ada, text, "Open")
    expect(poll(page, text)).to_have_count(0)
    line.mend()
    expect(poll(page, text)).to_be_visible(timeout=40_000)
    line.is_back()
    act(ada, text, "Remove")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_fault_is_found_on_the_pages_of_polls(stage, desk, visit, axe, width):
    ada, text = desk(), words()
    draft(ada, text, several=True)
    draft(ada, f"{text} again")
    act(ada, f"{text} again", "Open")
    act(ada, f"{text} again", "Show the results")
    ada.set_viewport_size({"width": width, "height": 844})
    page = stage("Delegate", width=width)
    page.get_by_role("tab", name="Polls").click()
    expect(poll(page, text)).to_be_visible()
    for each in (ada, page):
        assert axe(each) == []
        assert each.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(ada.url.replace("run/", ""))
    assert axe(page) == []
    act(ada, f"{text} again", "Remove")
