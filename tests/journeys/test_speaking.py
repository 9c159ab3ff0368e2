"""A speaker shares slides and nothing else; delegates find them at the session; what is no document is refused."""

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT

pytestmark = pytest.mark.browser
SPEAKING = f"{EVENT}speaking/"


def slides(folder: Path) -> tuple[Path, bytes]:
    """A small PDF unlike any other, for all journeys share one portal."""
    body = f"%PDF-1.4\n% {uuid.uuid4().hex}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()
    path = folder / "my slides.pdf"
    path.write_bytes(body)
    return path, body


def give(page: Page, file: Path) -> None:
    talk = page.locator("section.panel").first
    talk.get_by_label("Your slides").set_input_files(file)
    talk.locator("button[type=submit]").click()


def talk_path(page: Page) -> str:
    return page.locator("section.panel h2 a").first.get_attribute("href") or ""


def shared(page: Page) -> bytes:
    """What the newest slides of the first talk are, when opened."""
    link = page.locator("section.panel").first.locator(".document-list a").first
    return page.request.get(link.get_attribute("href")).body()


@pytest.mark.parametrize("script", [True, False])
def test_slides_are_at_the_session_as_soon_as_they_are_given(visit, tmp_path, script):
    speaker = visit("Speaker", SPEAKING, java_script_enabled=script)
    path, body = slides(tmp_path)
    give(speaker, path)
    expect(speaker.get_by_text("are in the library")).to_be_visible()
    assert shared(speaker) == body
    delegate = visit("Delegate", talk_path(speaker))
    link = delegate.locator("main .document-list a").first
    expect(link).to_be_visible(timeout=15_000)
    given = delegate.request.get(link.get_attribute("href"))
    assert (given.status, given.body()) == (200, body)


def test_a_speaker_finds_the_slides_at_the_session_and_in_the_library(visit, tmp_path):
    speaker = visit("Speaker", SPEAKING)
    give(speaker, slides(tmp_path)[0])
    expect(speaker.get_by_text("are in the library")).to_be_visible()
    talk = speaker.locator("section.panel h2 a").first
    title = talk.inner_text()
    talk.click()
    expect(speaker.locator("main .document-list a").first).to_be_visible(timeout=15_000)
    speaker.goto(f"{EVENT}library/")
    expect(speaker.get_by_role("main").get_by_text(title).first).to_be_visible()


def test_new_slides_take_the_place_of_the_old(visit, tmp_path):
    page = visit("Speaker", SPEAKING)
    for _ in range(2):
        path, body = slides(tmp_path)
        give(page, path)
        expect(page.get_by_text("are in the library")).to_be_visible()
        assert shared(page) == body
        page.goto(SPEAKING)
    expect(page.locator("section.panel").first.locator(".document-list li")).to_have_count(1)


def test_a_program_called_pdf_is_refused_and_the_slides_stay(visit, tmp_path):
    page = visit("Speaker", SPEAKING)
    path, body = slides(tmp_path)
    give(page, path)
    expect(page.get_by_text("are in the library")).to_be_visible()
    program = tmp_path / "slides.pdf"
    program.write_bytes(b"MZ\x90\x00" + bytes(2000))
    give(page, program)
    expect(page.get_by_role("alert")).to_contain_text("PDF")
    expect(page).to_have_title("Error: Your talks - National Annual Learner Assembly")
    assert shared(page) == body


def test_a_file_over_ten_megabytes_is_refused_in_a_sentence_and_the_slides_stay(visit, tmp_path):
    page = visit("Speaker", SPEAKING)
    path, body = slides(tmp_path)
    give(page, path)
    expect(page.get_by_text("are in the library")).to_be_visible()
    huge = tmp_path / "huge.pdf"
    huge.write_bytes(b"%PDF-1.4\n" + bytes(11 * 1024 * 1024))
    give(page, huge)
    expect(page.get_by_role("main")).to_contain_text("too large", timeout=20_000)
    page.goto(SPEAKING)
    assert shared(page) == body


def test_nobody_but_a_speaker_has_a_page_to_speak_from(visit):
    delegate = visit("Delegate", "/")
    assert delegate.request.get(SPEAKING).status == 404
    nobody = visit(None, SPEAKING)
    expect(nobody.get_by_label("E-mail address")).to_be_visible()
