"""The whole path with JavaScript off: every step is a link or a form."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT
from tests.journeys.test_coming_in import register
from tests.journeys.test_rooms import card, enter, open_round

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, mailed_code) -> Page:
    """A newcomer who has registered and come in, all without a script."""
    newcomer = visit(java_script_enabled=False)
    register(newcomer, "Pat Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    newcomer.get_by_role("link", name="Go to the lobby").click()
    expect(newcomer.get_by_role("heading", name="Welcome, Pat Placeholder")).to_be_visible()
    return newcomer


def say(page: Page) -> str:
    text = f"hello {uuid.uuid4().hex[:8]}"
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log").get_by_text(text)).to_have_count(1)
    return text


def test_a_room_is_chosen_changed_entered_and_talked_in(page):
    open_round(page, "Breakout rooms, round one")
    card(page, "Recruitment and a fair start").get_by_role("button", name="Choose").click()
    card(page, "Supervision and feedback").get_by_role("button", name="Move here").click()
    expect(page.get_by_text("You have a place in Supervision and feedback.")).to_be_visible()
    enter(page, "Supervision and feedback")
    page.get_by_role("link", name="Join the talk in this room").click()
    text = say(page)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("log").get_by_text(text)).to_have_count(1)


def test_a_film_is_a_plain_video_with_captions(page):
    page.get_by_role("link", name="Programme").first.click()
    page.get_by_role("link", name="Opening keynote").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("[Ff]ilm")).first.click()
    video = page.locator("video[controls]")
    expect(video.locator("track[kind=captions][default]")).to_have_count(1)
    source = video.locator("source[type='video/mp4']").get_attribute("src")
    film = page.request.get(source, headers={"Range": "bytes=0-99"})
    assert (film.status, len(film.body())) == (206, 100)


def test_the_stage_and_the_lounge_are_talked_in(page):
    page.goto(f"{EVENT}programme/")
    page.get_by_role("link", name="Opening keynote").click()
    page.get_by_role("link", name=re.compile("conversation|talk", re.IGNORECASE)).first.click()
    say(page)
    page.get_by_role("link", name="Lounge").first.click()
    say(page)


def test_people_and_documents_are_found_and_opened(page):
    page.get_by_role("link", name="People").first.click()
    page.get_by_label("Name, organisation or interest").fill("Sana")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Sana Placeholder")).to_be_visible()
    page.get_by_role("link", name="Library").first.click()
    page.get_by_label("Search the library").fill("conduct")
    page.get_by_role("button", name="Search").click()
    link = page.get_by_role("link", name="Talking so that everyone can")
    document = page.request.get(link.get_attribute("href"))
    assert document.body().startswith(b"%PDF")


def test_signing_out_is_a_form_too(page):
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{EVENT}lobby/")
    expect(page.get_by_label("E-mail address")).to_be_visible()
