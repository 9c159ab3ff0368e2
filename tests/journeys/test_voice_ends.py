"""When a room is over its voice is: nothing is sent or heard any more, and everybody is told why."""

import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.begun import Begun
from tests.journeys.calling import SILENT, join, see_each_other, switch_on
from tests.journeys.conftest import live
from tests.journeys.test_rooms import ROOMS

pytestmark = pytest.mark.browser
# What the browser opened: microphone, camera and the lines to others.
NOTE = """
    window.opened = [];
    window.lines = [];
    const devices = navigator.mediaDevices, open = devices?.getUserMedia.bind(devices);
    if (devices) devices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        opened.push(...stream.getTracks());
        return stream;
    };
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...given) { super(...given); lines.push(this); }
    };
"""
STOPPED = """() => opened.length === 2 && lines.length > 0
    && lines.every((line) => line.connectionState === "closed")
    && [...opened, ...lines.flatMap((line) => line.getReceivers().map(({ track }) => track))]
        .every(({ readyState }) => readyState === "ended")"""
SEATED = """
from breakouts.hosting.services import appoint
from breakouts.taking_part.services import take_part
from breakouts.voice.services import choose_way
from portal.programme.services import move_session
room, people = round.rooms.get(), round.event.delegates.filter(user__email__in=["ben@example.org", "sana@example.org"])
"""


@pytest.fixture
def two_speaking(begun, visit) -> Callable[..., tuple[Begun, list[Page]]]:
    """``two_speaking("peer")``: Ben, and Sana who leads the room, hear and see each other in a round that is on."""

    def speak(way: str) -> tuple[Begun, list[Page]]:
        round = begun(Fairness=4)
        sit = "for each in people: choose_room(room, each, now=now), take_part(room, each, 'speak', now=now)"
        lead = "appoint(room, people.get(user__email='sana@example.org'), by=None, now=now)"
        number = round.run(f"{SEATED}choose_way(room, '{way}')\n{sit}\n{lead}\nprint(room.pk)")
        pages = [visit("Delegate"), visit("Speaker")]
        for page in pages:
            page.add_init_script(NOTE)
            page.goto(f"{ROOMS}{round.pk}/{number}/voice/")
            live(page)
            join(page)
            switch_on(page, "Camera")
            switch_on(page, "Microphone")
        see_each_other(*pages)
        return round, pages

    return speak


def all_stopped(*pages: Page) -> None:
    for page in pages:
        expect(page.get_by_role("alert").get_by_text("This room's time is up.")).to_be_visible()
        expect(page.get_by_role("heading", name="This room has ended")).to_be_visible()
        page.wait_for_function(STOPPED)
        page.wait_for_function(SILENT)


@pytest.mark.parametrize("way", ["peer", "janus"])
def test_at_the_rooms_end_nothing_is_sent_or_heard_any_more_and_both_are_told(two_speaking, way):
    if way == "janus" and shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    round, pages = two_speaking(way)
    round.run(
        f"{SEATED}move_session(round.session, starts=round.session.starts, ends=now + minutes(0.1), by=None, now=now)"
    )
    all_stopped(*pages)


def test_when_an_organiser_ends_the_room_nothing_is_sent_or_heard_any_more(two_speaking, visit):
    _, pages = two_speaking("peer")
    organiser = visit("Organiser", pages[0].url.replace("voice/", ""))
    end_room(organiser)
    all_stopped(*pages)


def test_when_a_facilitator_ends_the_room_nothing_is_sent_or_heard_any_more(two_speaking):
    _, pages = two_speaking("peer")
    end_room(pages[1])
    all_stopped(*pages)


def end_room(leader: Page) -> None:
    leader.get_by_text("End this room now").click()
    leader.get_by_role("button", name="End it for everybody").click()
