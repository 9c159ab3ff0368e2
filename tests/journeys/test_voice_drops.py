"""A line to a room's voice that drops is taken up again with all that was on, and with nothing that was not."""

import json
import re
import shutil
import time

import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from tests.journeys.calling import choose_way, go_to_voice, join, leave, see_each_other, switch_on

pytestmark = pytest.mark.browser


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
