"""Two people in a room see and hear each other: from browser to browser, and through the media server."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from breakouts.voice import recording
from portal.ffmpeg import find_ffmpeg
from tests.journeys.calling import ROOM, SILENT, choose_way, go_to_voice, join, leave, see_each_other, switch_on
from tests.journeys.test_rooms import ONE, enter, give_up, open_round, take
from tests.servers import until

pytestmark = pytest.mark.browser


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
