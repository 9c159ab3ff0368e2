"""Two people in a room see and hear each other: from browser to browser, and through the media server."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from breakouts.voice import recording
from portal.ffmpeg import find_ffmpeg
from tests.journeys.conftest import live
from tests.journeys.test_rooms import ONE, card, enter, give_up, open_round, take
from tests.servers import until

pytestmark = pytest.mark.browser
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


@pytest.fixture
def organiser(visit) -> Iterator[Page]:
    page = visit("Organiser")
    yield page
    forget_way(page)


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


@pytest.fixture
def two(visit) -> Iterator[tuple[Page, Page]]:
    """Two with places in one room; both give them up at the end."""
    pages = visit("Delegate"), visit("Speaker")
    yield pages
    for page in pages:
        open_round(page, ONE)
        if card(page, ROOM).get_by_text("Your room", exact=True).count():
            give_up(page, ROOM)
            expect(page.get_by_text("Your room", exact=True)).to_have_count(0)


def speak_and_be_cut(ben: Page, sana: Page, axe) -> None:
    for page in (ben, sana):
        go_to_voice(page)
        join(page)
    for page in (ben, sana):
        switch_on(page, "Camera")
    see_each_other(ben, sana)
    switch_on(ben, "Microphone")
    expect(sana.locator(".voice__person", has_text="Ben Placeholder")).to_contain_text("can be heard")
    assert axe(sana) == []
    # The seat given up elsewhere ends the voice here, and the picture there.
    away = ben.context.new_page()
    open_round(away, ONE)
    give_up(away, ROOM)
    expect(ben.get_by_role("alert").get_by_text("You are not in this room's voice any more.")).to_be_visible()
    expect(sana.locator(".voice__person")).to_have_count(1)
    sana.wait_for_function(SILENT)
    leave(sana)


def test_two_people_see_each_other_directly_until_one_gives_up_the_place(two, organiser, axe):
    choose_way(organiser, "peer")
    speak_and_be_cut(*two, axe)


def test_two_people_see_each_other_through_the_media_server_until_one_gives_up_the_place(two, organiser, axe):
    if shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    choose_way(organiser, "janus")
    speak_and_be_cut(*two, axe)


def test_only_who_agrees_is_recorded_and_only_organisers_hear_it(two, organiser, axe, settings, media_server):
    if shutil.which("janus-pp-rec") is None:
        pytest.skip("janus-pp-rec is not on this machine (Debian: apt-get install janus janus-tools).")
    settings.JANUS_RECORDINGS = media_server["JANUS_RECORDINGS"]
    choose_way(organiser, "janus", recorded=True)
    ben, sana = two
    for page in two:
        go_to_voice(page)
        expect(page.get_by_text("The voices in this room are recorded")).to_be_visible()
        expect(page.locator("[data-voice-no-recording]:visible")).to_have_count(0)
    assert axe(ben) == []
    ben.get_by_label("Record what I say.").check()
    for page in two:
        join(page)
        switch_on(page, "Camera")
    see_each_other(*two)
    for page in two:
        switch_on(page, "Microphone")
    expect(ben.get_by_text("What you say is recorded.")).to_be_visible()
    expect(sana.get_by_text("You are not.")).to_be_visible()
    expect(sana.locator(".voice__person", has_text="Ben Placeholder")).to_contain_text("recorded")
    room_id = int(ben.url.rstrip("/").split("/")[-2])
    parts = recording.folder_of(room_id)
    until(lambda: sum(part.stat().st_size for part in parts.glob("*-audio-*.mjr")) > 20_000)
    assert axe(ben) == []
    assert len(list(parts.glob("*-audio-*.mjr"))) == 1
    for page in two:
        leave(page)
    address = f"{ben.url}recording/"
    assert organiser.request.get(address).status == 404
    recording.mix(room_id)
    assert [path.name for path in parts.iterdir()] == ["voices.m4a"]
    assert loudest(parts / "voices.m4a") > -30
    heard = organiser.request.get(address)
    assert (heard.status, heard.headers["content-type"]) == (200, "audio/mp4")
    assert [page.request.get(address).status for page in two] == [404, 404]


def loudest(sound: Path) -> float:
    """In decibels under full scale."""
    command = [find_ffmpeg() or "ffmpeg", "-hide_banner", "-i", str(sound), "-af", "volumedetect", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.search(r"max_volume: (\S+) dB", said)[1])


@pytest.fixture
def dropping(two, organiser) -> tuple[list[tuple[WebSocketRoute, WebSocketRoute]], Page, Page]:
    """Both in the voice of the media server with cameras on, and the first one's lines to it, to be ended."""
    if shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    choose_way(organiser, "janus")
    ben, sana = two
    lines = []

    def pass_on(line: WebSocketRoute) -> None:
        lines.append((line, line.connect_to_server()))

    ben.route_web_socket(re.compile(r"/voice/\d+/\d+/$"), pass_on)
    for page in two:
        go_to_voice(page)
        join(page)
        switch_on(page, "Camera")
    see_each_other(*two)
    return lines, ben, sana


def drop(lines: list[tuple[WebSocketRoute, WebSocketRoute]], page: Page) -> None:
    for end in lines[-1]:
        end.close(code=4502)
    is_told_of_the_drop(page)


def is_told_of_the_drop(page: Page) -> None:
    """Looked for with every picture that is drawn: it may stand there for less than a second."""
    page.wait_for_function("() => document.body.innerText.includes('Connecting again.')")


def drop_and_come_back(lines: list[tuple[WebSocketRoute, WebSocketRoute]], page: Page) -> None:
    drop(lines, page)
    expect(page.get_by_text("Connecting again.")).to_be_hidden(timeout=20_000)


def test_a_line_that_drops_is_taken_up_again_by_itself(dropping):
    lines, *two = dropping
    drop_and_come_back(lines, two[0])
    see_each_other(*two)
    assert len(lines) == 2
    for page in two:
        expect(page.locator(".voice__person--seen")).to_have_count(2)
    # Of who leaves first the other hears.
    for page in two:
        leave(page)


def test_after_an_offer_that_could_not_be_taken_a_new_line_is_made(dropping):
    lines, ben, sana = dropping
    lines[0][0].send(json.dumps({"offer": "nothing a browser can read", "feeds": {}}))
    is_told_of_the_drop(ben)
    expect(ben.get_by_text("Connecting again.")).to_be_hidden(timeout=20_000)
    see_each_other(ben, sana)
    assert len(lines) == 2


def come_in(route: Route, other: Page) -> APIResponse:
    """The portal's answer, once the other page has heard of the going and of the coming."""
    people = other.locator(".voice__person")
    expect(people).to_have_count(1)
    answer = route.fetch()
    expect(people).to_have_count(2)
    return answer


def test_a_camera_stays_on_where_others_hear_of_the_return_before_oneself(dropping):
    lines, ben, sana = dropping

    def answer_late(route: Route) -> None:
        answer = come_in(route, sana)
        route.fulfill(response=answer)

    ben.route("**/voice/enter/", answer_late)
    drop_and_come_back(lines, ben)
    see_each_other(ben, sana)


def test_a_portal_that_does_not_answer_is_asked_ever_less_often_to_be_let_in_again(dropping):
    lines, ben, _ = dropping
    # The line has held for a minute.
    ben.evaluate("const now = Date.now; Date.now = () => now() + 60_000;")
    asked: list[float] = []
    ben.route("**/voice/enter/", lambda route: (asked.append(time.monotonic()), route.fulfill(status=503)))
    with ben.expect_response("**/voice/enter/"):
        drop(lines, ben)
    while len(asked) < 3:
        ben.wait_for_event("response", lambda answer: answer.url.endswith("/enter/"))
    first, second, third = asked[:3]
    assert third - second > second - first > 1.4


def test_who_leaves_while_they_are_being_brought_back_is_out(dropping):
    lines, ben, sana = dropping

    def leave_first(route: Route) -> None:
        answer = come_in(route, sana)
        leave(ben)
        route.fulfill(response=answer)

    ben.route("**/voice/enter/", leave_first)
    with ben.expect_response("**/voice/enter/"):
        drop(lines, ben)
    expect(sana.locator(".voice__person")).to_have_count(1)
    assert len(lines) == 1


def test_a_camera_stays_on_however_late_it_is_told_that_it_is(two, organiser):
    choose_way(organiser, "peer")
    ben, sana = two
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    ben.route_web_socket("**/live/*/", lambda line: lines.append((line, line.connect_to_server())))
    ben.clock.install()
    for page in two:
        go_to_voice(page)
        join(page)
    _, server = lines[-1]
    held: list[str] = []
    server.on_message(lambda message: held.append(str(message)))
    switch_on(ben, "Camera")
    expect(sana.locator(".voice__person--seen")).to_have_count(1)
    ben.clock.run_for(8_000)
    assert held
    expect(ben.get_by_role("button", name="Camera is on")).to_be_visible()


@pytest.mark.parametrize("way", ["peer", "janus"])
def test_after_a_page_is_loaded_anew_they_are_in_the_same_room_again(two, organiser, way):
    if way == "janus" and shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    choose_way(organiser, way)
    ben, sana = two
    for page in two:
        go_to_voice(page)
        join(page)
        switch_on(page, "Camera")
    see_each_other(*two)
    ben.reload()
    ben.get_by_role("button", name="Join again").click()
    switch_on(ben, "Camera")
    see_each_other(*two)
    expect(sana.locator(".voice__person")).to_have_count(2)
    for page in two:
        leave(page)


def test_an_organiser_mutes_gives_the_floor_and_ends(two, organiser):
    choose_way(organiser, "peer")
    ben, _ = two
    go_to_voice(ben)
    join(ben)
    switch_on(ben, "Microphone")
    organiser.goto(ben.url)
    join(organiser)
    organiser.locator(".voice__person", has_text="Ben Placeholder").get_by_role("button", name="Mute").click()
    expect(ben.get_by_text("Your microphone was switched off by somebody who leads this room.")).to_be_visible()
    expect(ben.get_by_role("button", name="Microphone is off")).to_be_visible()
    organiser.get_by_role("button", name="Let people speak only with the floor").click()
    expect(ben.get_by_text("People speak when they are given the floor.", exact=True)).to_be_visible()
    ben.get_by_role("button", name="Microphone is off").click()
    expect(ben.get_by_role("alert").get_by_text("Raise your hand to ask for it.")).to_be_visible()
    organiser.locator(".voice__person", has_text="Ben Placeholder").get_by_role("button", name="Give the floor").click()
    expect(ben.locator(".voice__person--mine")).to_contain_text("has the floor")
    switch_on(ben, "Microphone")
    organiser.get_by_role("button", name="End the voice for everybody").click()
    for page in (ben, organiser):
        expect(page.get_by_role("button", name="Join again")).to_be_visible()


def test_a_hand_is_raised_and_the_floor_is_spoken_with_without_leaving_the_call(two, organiser, axe):
    choose_way(organiser, "peer")
    ben, _ = two
    go_to_voice(ben)
    join(ben)
    organiser.goto(ben.url)
    join(organiser)
    organiser.get_by_role("button", name="Let people speak only with the floor").click()
    expect(ben.get_by_role("heading", name="Notes")).to_be_visible()
    expect(ben.get_by_text("Time left")).to_be_visible()
    ben.get_by_role("button", name="Raise my hand").click()
    said = ben.locator("[data-room-said]")
    expect(said).to_have_text("Your hand is up. You are next.")
    organiser.get_by_role("button", name="Call next").click()
    expect(said).to_have_text("You have the floor.")
    switch_on(ben, "Microphone")
    expect(organiser.locator(".voice__person", has_text="Ben Placeholder")).to_contain_text("can be heard")
    for page in (ben, organiser):
        assert axe(page) == []
    organiser.get_by_role("button", name="Has spoken").click()
    expect(said).to_have_text("You have spoken. Thank you.")
    expect(ben.get_by_role("button", name="Microphone is off")).to_be_visible()
    expect(ben.locator(".voice__person")).to_have_count(2)
    for page in (ben, organiser):
        leave(page)


def test_an_open_page_says_that_the_room_is_recorded_from_now_on_and_asks(two, organiser, settings, media_server):
    if shutil.which("janus-pp-rec") is None:
        pytest.skip("janus-pp-rec is not on this machine (Debian: apt-get install janus janus-tools).")
    settings.JANUS_RECORDINGS = media_server["JANUS_RECORDINGS"]
    choose_way(organiser, "janus")
    ben, _ = two
    go_to_voice(ben)
    join(ben)
    expect(ben.locator("[data-voice-no-recording]:visible")).to_have_count(1)
    choose_way(organiser, "janus", recorded=True)
    expect(ben.get_by_text("The voices in this room are recorded")).to_be_visible()
    expect(ben.locator("[data-voice-no-recording]:visible")).to_have_count(0)
    expect(ben.get_by_label("Record what I say.")).not_to_be_checked()
    join(ben)
    expect(ben.get_by_text("You are not.")).to_be_visible()
    leave(ben)


def test_a_camera_that_is_refused_is_said_in_words_and_the_rest_works(two, organiser):
    choose_way(organiser, "peer")
    ben, _ = two
    # The browser's question answered with no: this stands for the person, not for our code.
    ben.add_init_script(
        """navigator.mediaDevices.getUserMedia = ({ video }) =>
            Promise.reject(new DOMException("", video ? "NotAllowedError" : "NotFoundError"))"""
    )
    go_to_voice(ben)
    join(ben)
    ben.get_by_role("button", name="Camera is off").click()
    expect(ben.get_by_role("alert").get_by_text("Allow it beside the page's address")).to_be_visible()
    ben.get_by_role("button", name="Microphone is off").click()
    expect(
        ben.get_by_role("alert").get_by_text("Your microphone could not be switched on. None was found.")
    ).to_be_visible()
    expect(ben.get_by_role("heading", name="You are in")).to_be_visible()
    leave(ben)


def test_devices_are_tried_before_joining(two):
    ben, _ = two
    go_to_voice(ben)
    ben.get_by_role("button", name="Try microphone and camera").click()
    ben.wait_for_function("() => document.querySelector('[data-voice-preview]').videoWidth > 0")
    ben.wait_for_function("() => document.querySelector('#voice-level').value > 0")
    expect(ben.get_by_label("Microphone").locator("option", has_text="Fake").first).to_have_count(1)


def test_a_meeting_link_is_in_no_page_and_leads_there(two, organiser):
    choose_way(organiser, "link", "https://meet.jit.si/only-for-those-with-a-place")
    ben, _ = two
    open_round(ben, ONE)
    take(ben, ROOM)
    enter(ben, ROOM)
    ben.get_by_role("link", name="Join by voice").click()
    link = ben.get_by_role("link", name="Join the meeting")
    assert "only-for-those" not in ben.content()
    answer = ben.request.get(link.get_attribute("href") or "", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (302, "https://meet.jit.si/only-for-those-with-a-place")
