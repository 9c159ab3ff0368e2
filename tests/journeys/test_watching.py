"""Watching a film: by its stream with captions, as a plain file without a script, and never without the right."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import EVENT

pytestmark = pytest.mark.browser


def session_path(page: Page) -> str:
    """The session with the demonstration's film, as the programme leads to it."""
    page.goto(f"{EVENT}programme/")
    return page.get_by_role("link", name="Opening keynote").first.get_attribute("href") or ""


def film_path(page: Page) -> str:
    return re.sub(r"programme/(\d+)/$", r"sessions/\1/film/", session_path(page))


def film_file(page: Page) -> str:
    """The address of the plain file, as the page gives it."""
    page.goto(film_path(page))
    return page.locator("video source[type='video/mp4']").get_attribute("src") or ""


def play(video: Locator) -> None:
    video.scroll_into_view_if_needed()
    video.evaluate("video => { video.muted = true; return video.play(); }")


def plays_on(page: Page, seconds: float) -> None:
    page.wait_for_function(
        "seconds => document.querySelector('video').currentTime > seconds", arg=seconds, timeout=30_000
    )


def test_a_film_plays_beside_its_session_by_its_stream_with_captions_on(visit):
    page = visit("Delegate")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("?")[0]))
    page.goto(session_path(page))
    video = page.locator("video[data-hls]")
    expect(video).to_be_visible(timeout=15_000)
    play(video)
    plays_on(page, 1)
    assert any(address.endswith(".m3u8") for address in asked)
    assert any(address.endswith(".m4s") for address in asked)
    assert not any(address.endswith(".mp4") and "init" not in address for address in asked)
    assert video.evaluate("video => video.textTracks[0].mode") == "showing"
    page.wait_for_function("() => document.querySelector('video').textTracks[0].activeCues?.length > 0")


def test_a_film_can_be_watched_from_its_middle(visit):
    page = visit("Delegate")
    page.goto(film_path(page))
    play(page.locator("video[data-hls]"))
    plays_on(page, 0.2)
    page.locator("video").evaluate("video => { video.currentTime = 40; }")
    plays_on(page, 40.5)


def test_when_the_stream_cannot_be_had_the_plain_film_plays(visit):
    page = visit("Delegate")
    page.route("**/*.m3u8*", lambda route: route.abort())
    address = film_path(page)
    with page.expect_event("requestfailed"):
        page.goto(address)
    page.wait_for_function("() => document.querySelector('video').currentSrc.endsWith('.mp4')", timeout=30_000)
    play(page.locator("video"))
    plays_on(page, 0.5)


def test_without_a_script_there_is_a_plain_film_with_captions(visit):
    page = visit("Delegate", java_script_enabled=False)
    page.goto(session_path(page))
    page.get_by_role("link", name="Film and documents of this session").click()
    video = page.locator("video[controls]")
    expect(video.locator("source[type='video/mp4']")).to_have_count(1)
    captions = video.locator("track[kind=captions][default]").get_attribute("src")
    assert page.request.get(captions).text().startswith("WEBVTT")


@pytest.mark.parametrize(("asked", "length"), [("bytes=0-99", 100), ("bytes=500-549", 50), ("bytes=-20", 20)])
def test_a_part_of_the_film_is_sent_as_a_part(visit, asked, length):
    page = visit("Delegate")
    part = page.request.get(film_file(page), headers={"Range": asked})
    assert (part.status, len(part.body())) == (206, length)


def test_the_film_is_absent_for_those_without_the_right(visit):
    address = film_file(visit("Delegate"))
    nobody = visit()
    for name in ("film.mp4", "master.m3u8", "captions.vtt", "poster.jpg"):
        assert nobody.request.get(re.sub(r"film\.mp4.*$", name, address)).status == 404, name


def test_the_films_on_demand_lead_to_the_film(visit):
    page = visit("Organiser", f"{EVENT}on-demand/")
    page.get_by_role("link", name=re.compile("Opening keynote")).first.click()
    expect(page.locator("video[controls]")).to_be_visible()
