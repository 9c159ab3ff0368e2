"""Taking one's data away, and being erased."""

import json
import uuid
import zipfile

import pytest
from playwright.sync_api import expect

from tests.journeys.test_coming_in import register

pytestmark = pytest.mark.browser


def test_somebody_downloads_their_data_and_is_erased(visit, mailed_code):
    page, email = visit(java_script_enabled=False), f"{uuid.uuid4().hex[:8]}@example.org"
    register(page, "Una Placeholder", email, mailed_code)
    page.get_by_role("link", name="Download or erase my data").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download my data").click()
    with zipfile.ZipFile(started.value.path()) as archive:
        parts = json.loads(archive.read("my-data.json"))["parts"]
        assert "Una Placeholder" in archive.read("my-data.html").decode()
    assert parts["Account"][0]["email"] == email
    assert parts["Registrations"][0]["organisation"] == "Example Trust"
    page.get_by_role("link", name="Erase my data").click()
    page.get_by_role("button", name="Erase my data").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Erase my data").click()
    expect(page.get_by_text("What we held about you is erased")).to_be_visible()
    page.goto("/assembly-2022/registration/")
    expect(page.get_by_role("heading", name="You are registered")).to_have_count(0)
