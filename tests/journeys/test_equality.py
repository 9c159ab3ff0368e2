"""Being asked about oneself, with JavaScript off."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.test_axe import faults
from tests.journeys.test_coming_in import register

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [False, True])
def test_somebody_who_has_registered_answers_and_is_thanked(visit, mailed_code, axe, scripts):
    """One question a page, back and on again; then they are not asked any more. Axe needs scripts itself."""
    page = visit(java_script_enabled=scripts)
    register(page, "Ivo Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    page.get_by_role("link", name="Answer the questions").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("25 to 34").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Ethnic group")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("25 to 34")).to_be_checked()
    found = faults(page, axe) if scripts else []
    on = page.get_by_role("button", name=re.compile("^(Continue|Send my answers)$"))
    while on.inner_text() == "Continue":
        page.get_by_label("Prefer not to say").check()
        on.click()
    on.click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert found + (faults(page, axe) if scripts else []) == []
    page.get_by_role("link", name="Go to the lobby").click()
    expect(page.get_by_role("heading", name="Help us see who is here")).to_have_count(0)
