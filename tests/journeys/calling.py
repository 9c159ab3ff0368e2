"""How people come into a room's voice in a browser, and how an organiser chooses its way."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import live
from tests.journeys.test_rooms import ONE, enter, open_round, take

ROOM = "Recruitment and a fair start"


PLANS = "/admin/breakouts/roomvoice/"


# Every picture but one's own moves on: it has a width, and time passes in it.
PLAYING = """(count) => {
    const videos = [...document.querySelectorAll(".voice__person--seen:not(.voice__person--mine) video")];
    const moving = videos.filter((video) => video.videoWidth > 0 && video.currentTime > (video.was ?? Infinity));
    for (const video of videos) video.was ??= video.currentTime;
    return videos.length === count && moving.length === count;
}"""


SILENT = """() => [...document.querySelectorAll(".voice__person:not(.voice__person--mine) video")]
    .every((video) => !video.srcObject?.getTracks().some((track) => !track.muted && track.readyState === "live"))"""


def choose_way(organiser: Page, way: str, link: str = "", *, recorded: bool = False) -> None:
    """As an organiser does it in admin: the room's own plan, in place of what it had."""
    forget_way(organiser)
    organiser.goto(f"{PLANS}add/")
    room = organiser.get_by_label("Room").locator("option", has_text=ROOM)
    organiser.get_by_label("Room").select_option(room.get_attribute("value"))
    organiser.get_by_label("Voice and video").select_option(way)
    organiser.get_by_label("Meeting link").fill(link)
    organiser.get_by_label("Record the voices").set_checked(recorded)
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.locator(".messagelist .success")).to_be_visible()


def forget_way(organiser: Page) -> None:
    organiser.goto(PLANS)
    plan = organiser.locator("#result_list").get_by_role("link", name=ROOM)
    if plan.count():
        plan.click()
        organiser.get_by_role("link", name="Delete").click()
        organiser.get_by_role("button", name="Yes").click()
        expect(organiser.locator(".messagelist .success")).to_be_visible()


def go_to_voice(page: Page) -> None:
    open_round(page, ONE)
    take(page, ROOM)
    enter(page, ROOM)
    page.get_by_role("link", name="Join by voice").click()
    expect(page.get_by_role("button", name=re.compile("^Join"))).to_be_visible()
    live(page)


def join(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Join")).click()
    expect(page.get_by_role("heading", name="You are in")).to_be_focused()
    expect(page.get_by_role("button", name="Microphone is off")).to_be_visible()
    expect(page.get_by_role("button", name="Camera is off")).to_be_visible()


def switch_on(page: Page, what: str) -> None:
    page.get_by_role("button", name=f"{what} is off").click()
    expect(page.get_by_role("button", name=f"{what} is on")).to_be_visible(timeout=15_000)


def see_each_other(*pages: Page) -> None:
    for page in pages:
        # A picture that came anew counts its time from nothing.
        page.evaluate("document.querySelectorAll('video').forEach((video) => delete video.was)")
        page.wait_for_function(PLAYING, arg=len(pages) - 1, timeout=30_000)


def leave(page: Page) -> None:
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.get_by_role("button", name="Join again")).to_be_focused()
