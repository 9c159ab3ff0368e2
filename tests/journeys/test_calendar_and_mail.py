"""A calendar that follows, and the words an organiser writes."""

import urllib.error
import urllib.request

import pytest
import vobject
from playwright.sync_api import expect

from tests.servers import until

pytestmark = pytest.mark.browser
EVENT = "/assembly-2022/"


def fetch(address: str) -> str:
    """As a calendar program does: without a browser and signed in as nobody."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode()


def test_a_delegate_follows_the_programme_and_the_chosen_room_from_elsewhere(visit):
    page = visit("Delegate", f"{EVENT}programme/", width=390)
    page.get_by_role("link", name="Put it into my calendar").click()
    address = page.get_by_label("Or give your calendar this address").input_value()
    entries = vobject.readOne(fetch(address)).contents["vevent"]
    links = {entry.summary.value: entry.url.value for entry in entries}
    assert len(links) > 10
    # A browser without a window asks nobody.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    name, link = next((name, link) for name, link in links.items() if "rooms" in link)
    page.goto(link)
    expect(page.locator("h1")).to_contain_text(name.split(":")[-1].strip())
    page.goto(f"{EVENT}calendar/")
    page.get_by_role("button", name="Make a new address").click()
    expect(page.get_by_text("Your calendar has a new address")).to_be_visible()
    assert page.get_by_label("Or give your calendar this address").input_value() != address
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(address)


def test_an_organiser_changes_a_mail_sees_it_and_has_it_sent(visit):
    page = visit("Organiser", "/admin/portal/wording/")
    page.get_by_role("link", name="National Annual Learner Assembly").last.click()
    page.get_by_role("link", name="At 9am on the day before").click()
    page.get_by_label("Subject").fill("See you tomorrow, {nam}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is nothing to put for {nam}")).to_be_visible()
    page.get_by_label("Subject").fill("See you tomorrow, {name}")
    page.get_by_role("button", name="Send this to me").click()
    expect(page.get_by_text("On the way to ada@example.org. Nothing is saved yet.")).to_be_visible()
    expect(page.get_by_role("heading", name="See you tomorrow, Sam Placeholder")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="At 9am on the day before")
    expect(row).to_contain_text("Your own")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Back to the portal's words").click()
    expect(page.get_by_role("row", name="At 9am on the day before")).to_contain_text("The portal's")

    def has_arrived() -> bool:
        page.goto("/mailbox/")
        return page.get_by_text("See you tomorrow, Sam Placeholder").count() > 0

    until(has_arrived)
