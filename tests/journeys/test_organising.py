"""An organiser in the admin, and what that changes in the open pages of others."""

import datetime
import re
import struct
import subprocess
import uuid
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from library.films import demonstration_captions, ffmpeg
from tests.journeys.conftest import EVENT, live

pytestmark = pytest.mark.browser
PART = 8 * 1024 * 1024  # bytes that the page sends at once
PATIENT = 30_000  # ms


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success").first).to_be_visible(timeout=15_000)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds that play, and after them an empty box that fills two parts and a bit of an upload."""
    path = tmp_path_factory.mktemp("film") / "three seconds.mp4"
    made = ["-f", "lavfi", "-i", "testsrc=s=320x180:r=12:d=3", "-f", "lavfi", "-i", "sine=d=3"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([ffmpeg(), "-y", "-loglevel", "error", *made, *coded, str(path)], check=True, timeout=120)
    with path.open("ab") as file:
        length = 2 * PART + 1000
        file.write(struct.pack(">I4s", length, b"free") + bytes(length - 8))
    return path


@pytest.fixture
def captions(tmp_path: Path) -> Path:
    path = tmp_path / "captions.vtt"
    path.write_text(demonstration_captions())
    return path


def later(moment: str) -> tuple[str, str]:
    """Another minute near this moment, as the admin takes it and as pages tell it."""
    was = datetime.datetime.fromisoformat(moment)
    new = was.replace(minute=was.minute + (1 if was.minute < 59 else -1))
    return f"{new:%Y-%m-%dT%H:%M}", f"{new.hour % 12 or 12}:{new:%M}{'am' if new.hour < 12 else 'pm'}"


def move(row, name: str) -> str:
    """Moves the start in a row of a form; what open pages must now tell."""
    box = row.locator(f"input[name$={name}]")
    typed, told = later(box.input_value())
    box.fill(typed)
    return told


def test_a_session_moved_on_the_events_page_moves_in_an_open_programme(visit):
    delegate, organiser = visit("Delegate", f"{EVENT}programme/"), visit("Organiser", "/admin/portal/event/")
    live(delegate)
    title = "What we heard, and what happens next"
    organiser.locator("#result_list tbody th a").first.click()
    row = organiser.locator(".has_original", has=organiser.locator(f"input[value='{title}']"))
    told = move(row, "starts")
    save(organiser)
    shown = delegate.locator("[data-live-gauge] article", has_text=title)
    expect(shown).to_contain_text(told, timeout=PATIENT)


def test_the_next_session_moved_in_the_list_moves_in_an_open_bar(visit):
    delegate, organiser = visit("Delegate", f"{EVENT}library/"), visit("Organiser", "/admin/portal/session/")
    live(delegate)
    following = delegate.locator(".now-bar__item--next")
    title = following.get_by_role("link").inner_text()
    told = move(organiser.locator("#result_list tr", has=organiser.get_by_role("link", name=title)), "starts")
    save(organiser)
    expect(following.locator("time")).to_have_text(told, timeout=PATIENT)


def test_an_announcement_appears_in_an_open_lobby(visit):
    delegate, organiser = visit("Delegate", f"{EVENT}lobby/"), visit("Organiser")
    live(delegate)
    text = announce(organiser)
    expect(delegate.get_by_role("log").get_by_text(text)).to_have_count(1, timeout=PATIENT)


def announce(organiser: Page) -> str:
    organiser.goto("/admin/portal/announcement/add/")
    text = f"Tea is served {uuid.uuid4().hex[:8]}"
    organiser.get_by_label("Event").select_option(index=1)
    organiser.locator("[name=text]").fill(text)
    save(organiser)
    return text


def test_an_announcement_is_told_on_every_open_page_until_it_is_closed(visit):
    delegate, organiser = visit("Delegate", f"{EVENT}library/"), visit("Organiser")
    live(delegate)
    bar = delegate.locator(".announced")
    expect(bar).to_have_attribute("role", "status")
    announce(organiser)
    text = announce(organiser)
    expect(bar).to_contain_text(text, timeout=PATIENT)
    expect(bar.locator("[data-announced-text]")).to_have_count(1)
    delegate.goto(f"{EVENT}programme/")
    expect(bar).to_contain_text(text)
    bar.get_by_role("button", name="Close this announcement").press("Enter")
    expect(bar).to_be_empty()
    expect(delegate.locator("#maincontent")).to_be_focused()
    delegate.goto(f"{EVENT}people/")
    live(delegate)
    expect(bar).to_be_empty()
    text = announce(organiser)
    expect(bar).to_contain_text(text, timeout=PATIENT)
    bar.get_by_role("link", name="All announcements").click()
    expect(delegate.get_by_role("log").get_by_text(text)).to_be_in_viewport()


def test_an_announcement_that_is_closed_on_the_way_to_another_page_is_not_there(visit):
    text = announce(visit("Organiser"))
    delegate = visit("Delegate", f"{EVENT}library/")
    bar = delegate.locator(".announced")
    expect(bar).to_contain_text(text)
    # The portal has not heard of it when it makes the next page.
    delegate.route("**/announcements/close/", lambda route: None)
    bar.get_by_role("button", name="Close this announcement").press("Enter")
    delegate.goto(f"{EVENT}people/")
    live(delegate)
    expect(bar).to_be_empty()


def test_without_javascript_an_announcement_stands_on_the_next_page(visit):
    text = announce(visit("Organiser"))
    delegate = visit("Delegate", f"{EVENT}library/", java_script_enabled=False)
    expect(delegate.locator(".announced")).to_contain_text(text)
    delegate.get_by_role("button", name="Close this announcement").click()
    delegate.wait_for_url("**/library/")
    expect(delegate.locator(".announced")).to_be_empty()


def test_on_a_phone_the_newest_announcement_is_near_the_top_of_the_lobby(visit):
    text = announce(visit("Organiser"))
    delegate = visit("Delegate", f"{EVENT}lobby/", width=390)
    assert delegate.get_by_role("log").get_by_text(text).bounding_box()["y"] < 844


def test_an_unbroken_message_leaves_the_list_of_messages_as_wide_as_it_was(visit):
    delegate, organiser = visit("Delegate", f"{EVENT}lounge/"), visit("Organiser")
    text = uuid.uuid4().hex * 9
    delegate.get_by_label("Your message").fill(text)
    delegate.get_by_label("Your message").press("Enter")
    expect(delegate.get_by_role("log").get_by_text(text)).to_be_visible()
    organiser.goto("/admin/networking/message/")
    cell = organiser.locator("#result_list td", has_text=text)
    expect(cell).to_be_visible()
    assert cell.bounding_box()["width"] < 600


def speaker_in_admin(page: Page, name: str) -> None:
    page.goto(f"/admin/portal/speaker/?q={name}")
    page.locator("#result_list tbody th a").first.click()


def test_a_speakers_photo_of_any_shape_is_shown(visit, tmp_path):
    organiser, delegate = visit("Organiser"), visit("Delegate")
    picture = tmp_path / "wide.png"
    Image.new("RGBA", (600, 200), "purple").save(picture)
    speaker_in_admin(organiser, "Namita")
    organiser.locator("input[name=photo]").set_input_files(picture)
    save(organiser)
    delegate.goto(f"{EVENT}programme/")
    delegate.get_by_role("link", name="Opening keynote").first.click()
    photo = delegate.locator("main .person-card img.avatar").first
    photo.scroll_into_view_if_needed()
    expect(photo).to_be_visible()
    delegate.wait_for_function("() => document.querySelector('main .person-card img.avatar').naturalWidth > 0")
    delegate.locator("main .person-card a").first.click()
    expect(delegate.locator("main img.avatar")).to_be_visible()


def test_what_is_no_picture_is_refused_and_nothing_typed_is_lost(visit, tmp_path):
    organiser = visit("Organiser")
    text = tmp_path / "photo.png"
    text.write_text("not a picture")
    speaker_in_admin(organiser, "Navina")
    about = f"Words {uuid.uuid4().hex[:8]}"
    organiser.locator("[name=about]").fill(about)
    organiser.locator("input[name=photo]").set_input_files(text)
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.locator(".field-photo .errorlist")).to_be_visible()
    expect(organiser.locator("[name=about]")).to_have_value(about)


def begin(page: Page, session: str, film: Path) -> None:
    """A recording for a session, and its film on the way; only one part gets through while the route stands."""
    page.goto("/admin/library/recording/add/")
    choice = page.locator("[name=session] option", has_text=session).get_attribute("value")
    page.locator("[name=session]").select_option(value=choice)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/film/")
    sent: list[str] = []

    def one_part(route) -> None:
        sent.append(route.request.headers["upload-offset"])
        route.continue_() if len(sent) == 1 else route.abort()

    page.route("**/part/", one_part)
    upload(page, film)
    expect(page.locator("[data-film-error]")).to_contain_text("connection was lost", timeout=PATIENT)
    expect(page.locator("[data-film-percent]")).to_have_text(re.compile(r"^4\d%$"))


def upload(page: Page, film: Path) -> None:
    page.locator("#film-file").set_input_files(film)
    page.get_by_role("button", name="Upload", exact=True).click()


def made_ready(page: Page) -> None:
    expect(page.locator("[data-film-words]")).to_have_text("Being made ready", timeout=PATIENT)
    expect(page.locator("[data-film-words]")).to_have_text("Done", timeout=90_000)
    expect(page.locator("[data-film-error]")).to_be_hidden()


def publish(page: Page, captions: Path) -> None:
    page.locator("#captions-file").set_input_files(captions)
    page.get_by_role("button", name="captions", exact=False).and_(page.locator("button")).click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


def test_an_upload_goes_on_where_it_stopped_after_a_reload_and_a_delegate_plays_the_film(visit, film, captions):
    organiser, delegate = visit("Organiser"), visit("Delegate")
    begin(organiser, "Speaking up early", film)
    organiser.reload()
    expect(organiser.locator("[data-film-percent]")).to_have_text(re.compile(r"^4\d%$"))
    organiser.unroute("**/part/")
    with organiser.expect_request("**/part/") as part:
        upload(organiser, film)
    assert part.value.headers["upload-offset"] == str(PART)
    made_ready(organiser)
    publish(organiser, captions)
    delegate.goto(f"{EVENT}programme/")
    delegate.get_by_role("link", name="Speaking up early").first.click()
    video = delegate.locator("video[data-hls]")
    expect(video).to_be_visible(timeout=15_000)
    video.evaluate("video => { video.muted = true; return video.play(); }")
    delegate.wait_for_function("() => document.querySelector('video').currentTime > 0.5", timeout=PATIENT)


def test_an_upload_goes_on_by_itself_when_the_line_is_back(visit, film):
    organiser = visit("Organiser")
    begin(organiser, "Mentors who were learners last year", film)
    organiser.unroute("**/part/")
    made_ready(organiser)
    expect(organiser.get_by_text("A film cannot be published without.")).to_be_visible()


def test_a_file_that_is_no_film_is_told_so(visit, tmp_path):
    organiser = visit("Organiser", "/admin/library/recording/add/")
    choice = organiser.locator("[name=session] option", has_text="Simulation close to home").get_attribute("value")
    organiser.locator("[name=session]").select_option(value=choice)
    organiser.get_by_role("button", name="Save", exact=True).click()
    organiser.wait_for_url("**/film/")
    text = tmp_path / "film.mp4"
    text.write_text("not a film " * 100)
    upload(organiser, text)
    expect(organiser.locator("[data-film-error]")).to_contain_text(re.compile("film|MP4"), timeout=90_000)
