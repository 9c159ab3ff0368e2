"""Registering, coming back, signing out: in a browser, as a newcomer does."""

import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import EVENT, live

pytestmark = pytest.mark.browser


def register(page, name: str, email: str, mailed_code) -> None:
    """From the first page to the registration, as somebody does who takes the short way."""
    page.goto(f"{EVENT}register/")
    page.get_by_label("E-mail address").fill(email)
    go_on(page)
    page.locator("input[name=code]").fill(mailed_code(email))
    page.locator("main").get_by_role("button").first.click()
    answer(page, name)
    page.get_by_role("button", name="Register", exact=True).click()


def answer(page, name: str) -> None:
    """Every page with what must be said; ends on the summary."""
    page.get_by_label("Full name").fill(name)
    go_on(page)
    page.get_by_label("Organisation").fill("Example Trust")
    page.get_by_label("Region").select_option("London")
    go_on(page)
    page.get_by_label("Learner").check()
    page.get_by_label("Profession").select_option("Medicine")
    go_on(page)
    go_on(page, "What do you need")
    page.get_by_label("I will keep to this").check()
    go_on(page)
    page.get_by_label("No", exact=True).check()
    go_on(page, "Recordings")
    page.get_by_label("Yes", exact=True).check()
    go_on(page, "Being found")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()


def go_on(page, heading: str = "") -> None:
    if heading:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.database
def test_a_newcomer_registers_with_a_mailed_code_and_is_inside(visit, mailed_code):
    page = visit()
    register(page, "Nia Placeholder", "nia@example.org", mailed_code)
    expect(page.get_by_role("heading", name="You are registered")).to_be_visible()
    page.get_by_role("link", name="Go to the lobby").click()
    expect(page.get_by_role("heading", name="Welcome, Nia Placeholder")).to_be_visible()
    expect(page.get_by_role("region", name="Now and next")).to_contain_text("Breakout rooms, round one")


def test_a_mistake_is_named_beside_its_field_and_nothing_is_lost(visit):
    page = visit("Organiser", f"{EVENT}register/place/")
    page.get_by_label("Organisation").fill("Example Trust")
    go_on(page)
    expect(page).to_have_title("Error: Where do you work or learn? - National Annual Learner Assembly")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Region")).to_be_focused()
    expect(page.get_by_label("Organisation")).to_have_value("Example Trust")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_registering_is_without_faults_and_leads_back(visit, mailed_code, axe, width):
    page, email = visit(width=width), f"{uuid.uuid4().hex[:8]}@example.org"
    began = time.monotonic()
    register(page, "Ria Placeholder", email, mailed_code)
    expect(page.get_by_role("heading", name="You are registered")).to_be_visible()
    assert time.monotonic() - began < 120
    page.get_by_role("link", name=re.compile("Change.*What do you need")).click()
    page.get_by_label("Live captions").check()
    assert axe(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Live captions", exact=True)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="I cannot come").click()
    assert axe(page) == []
    page.get_by_label("Would you like to say why?").fill("On call")
    page.get_by_role("button", name="Cancel my registration").click()
    expect(page.get_by_role("heading", name="Your registration is cancelled")).to_be_visible()
    assert axe(page) == []
    # Coming back asks only for what was deleted.
    page.get_by_role("link", name="Register again").click()
    go_on(page, "What do you need")
    for heading in ("Being found", "Recordings", "How we treat", "What do you need", "What do you do", "Where do you"):
        page.get_by_role("link", name="Back", exact=True).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert axe(page) == []
    page.goto(f"{EVENT}register/check/")
    assert axe(page) == []
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("heading", name="You are registered")).to_be_visible()


def test_a_wrong_code_gets_a_plain_sentence(visit):
    page = visit(None, f"/accounts/login/code/?next={EVENT}lobby/")
    page.get_by_label("E-mail address").fill("ben@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill("AAAA-AAAA")
    page.locator("main").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_coming_back_takes_an_address_and_a_code(visit, mailed_code):
    page = visit(None, f"{EVENT}lobby/")
    page.get_by_label("E-mail address").fill("ben@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill(mailed_code("ben@example.org"))
    page.locator("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Welcome, Ben Placeholder")).to_be_visible()


def test_a_passkey_once_saved_needs_no_code(visit, mailed_code):
    page = visit()
    register(page, "Pia Placeholder", "pia@example.org", mailed_code)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("input[name=name]").fill("Ward computer")
    passwordless = page.locator("input[name=passwordless]")
    if passwordless.count():
        passwordless.check()
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(f"{EVENT}lobby/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"/accounts/login/code/?next={EVENT}lobby/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Welcome, Pia Placeholder")).to_be_visible()


def test_signing_out_in_one_tab_ends_the_other(visit):
    page = visit("Speaker", f"{EVENT}lobby/")
    live(page)
    other = page.context.new_page()
    other.goto(f"{EVENT}lobby/")
    other.get_by_role("button", name="Sign out").click()
    live(page, "off", timeout=6_000)
