"""What changes by itself takes nothing from the hands of who is using it."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT

pytestmark = pytest.mark.browser
AGENDA = "[data-live-gauge$='.agenda']"
# What the socket tells, and the links that stood on the page before it did.
NOTE = """
    window.told = [];
    window.first = [];
    window.WebSocket = class extends WebSocket {
        constructor(address) { super(address); this.addEventListener("message", ({ data }) => told.push(data)); }
    };
    document.addEventListener("DOMContentLoaded", () => first.push(...document.querySelectorAll("main a, .now-bar a")));
"""
CHANGE = """async ([place, title, other]) => {
    const { swap } = await import("/static/js/swap.js");
    const element = document.querySelector(place);
    swap(element, element.innerHTML.replaceAll(title, other));
}"""


@pytest.fixture
def page(visit) -> Page:
    """The programme, told by its socket what it shows."""
    page = visit("Delegate")
    page.add_init_script(NOTE)
    page.goto(f"{EVENT}programme/")
    page.wait_for_function(
        "() => ['.agenda', '.programme'].every((name) => told.some((frame) => frame.includes(name)))"
    )
    return page


def change(page: Page, title: str, *, to: str) -> None:
    page.evaluate(CHANGE, [AGENDA, title, to])


def test_a_page_told_what_it_shows_already_keeps_every_link(page):
    assert page.evaluate("() => first.length") > 10
    assert page.evaluate("() => first.every((link) => link.isConnected)")


def test_a_press_on_a_link_opens_it_though_the_page_changes_before_the_release(page):
    page.get_by_role("link", name="Second keynote").hover()
    page.mouse.down()
    change(page, "Second keynote", to="Changed keynote")
    page.mouse.up()
    expect(page.get_by_role("heading", name="Second keynote", level=1)).to_be_visible()


def test_what_came_during_a_press_is_shown_after_it(page):
    page.locator(f"{AGENDA} h2").first.hover()
    page.mouse.down()
    change(page, "Second keynote", to="Changed keynote")
    expect(page.get_by_role("link", name="Second keynote")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("link", name="Changed keynote")).to_be_visible()


def test_a_press_that_opens_a_menu_holds_nothing_back(page):
    page.get_by_role("link", name="Second keynote").dispatch_event("pointerdown", {"button": 2})
    page.get_by_role("link", name="Second keynote").dispatch_event("contextmenu")
    change(page, "Second keynote", to="Changed keynote")
    expect(page.get_by_role("link", name="Changed keynote")).to_be_visible()


def test_who_stands_on_a_link_still_stands_on_it(page):
    page.get_by_role("link", name="Second keynote").focus()
    change(page, "Third keynote", to="Changed keynote")
    expect(page.get_by_role("link", name="Changed keynote")).to_be_visible()
    expect(page.get_by_role("link", name="Second keynote")).to_be_focused()


def test_who_stood_on_a_link_that_is_gone_stands_on_the_heading(page):
    gone = page.get_by_role("link", name="Second keynote")
    gone.focus()
    change(page, gone.get_attribute("href"), to="#elsewhere")
    expect(page.locator(f"{AGENDA} h2").first).to_be_focused()
