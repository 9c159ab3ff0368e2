"""The front door as organisers have it: a list of people imported, and a need arranged."""

import csv
import io
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import EVENT

pytestmark = pytest.mark.browser
PATIENT = 60_000  # ms
IMPORT = "/admin/portal/invitation/import/"


def people(count: int, mark: str, *, region: str = "London") -> dict[str, object]:
    out = io.StringIO()
    lines = [[f"{mark}{n}@example.org", f"Person {n}", "Example Trust", region] for n in range(count)]
    csv.writer(out).writerows([["Email", "Name", "Organisation", "Region"], *lines])
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}


def upload(page: Page, file: dict[str, object]) -> None:
    page.goto(IMPORT)
    page.get_by_label("File to import").set_input_files(file)
    expect(page.get_by_label("Format")).to_have_value("0")
    page.get_by_role("button", name="Submit").click()


def test_an_organiser_mends_a_list_and_invites_389_people(visit, axe):
    page, mark = visit("Organiser", IMPORT), f"x{uuid.uuid4().hex[:8]}-"
    assert axe(page) == []
    upload(page, people(2, mark, region="Atlantis"))
    expect(page.get_by_role("heading", name="Nothing was imported: 2 lines need mending")).to_be_visible()
    expect(page.get_by_text("“Atlantis” is none of").first).to_be_visible()
    assert axe(page) == []
    upload(page, people(389, mark))
    expect(page.get_by_role("cell", name=f"{mark}388@example.org")).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Confirm import").click()
    expect(page.locator(".messagelist .success")).to_contain_text("389 new", timeout=PATIENT)
    page.goto(f"/admin/portal/invitation/?q={mark}")
    expect(page.locator(".paginator")).to_contain_text("389 invitations")
    remove(page)


def remove(page: Page) -> None:
    """Leaves the portal as it was."""
    page.get_by_label("Select all objects on this page for an action").check()
    page.get_by_role("button", name="Select all 389").click()
    page.get_by_label("Action:").select_option("delete_selected")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".messagelist .success")).to_be_visible(timeout=PATIENT)


def test_an_access_lead_arranges_a_need_and_the_delegate_reads_it(visit, axe):
    lead, delegate = visit("Organiser", f"{EVENT}access-needs/"), visit("Delegate", f"{EVENT}registration/")
    expect(delegate.get_by_text("Not yet arranged")).to_be_visible()
    card = lead.get_by_role("article", name="Live captions, for Ben Placeholder")
    expect(card).to_contain_text("Not arranged")
    words = f"A captioner is booked, {uuid.uuid4().hex[:6]}."
    card.get_by_label("What is arranged").fill(words)
    card.get_by_role("button", name="It is arranged").click()
    expect(lead.get_by_text(words)).to_be_visible()
    assert axe(lead) == []
    delegate.reload()
    expect(delegate.get_by_text(words)).to_be_visible()
    lead.get_by_role("button", name=re.compile("It is not arranged after all.*Live captions, for Ben")).click()
    expect(card).to_contain_text("Not arranged")
