"""A talk of three, one of them without a script."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import EVENT, live
from tests.journeys.test_coming_in import register
from tests.journeys.test_talking import heard, say, words

pytestmark = pytest.mark.browser


def test_three_talk_two_of_them_live_and_one_by_plain_forms(visit, mailed_code):
    name = f"Gail {uuid.uuid4().hex[:8]}"
    gail = visit(java_script_enabled=False)
    register(gail, name, f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)

    gail.goto(f"{EVENT}people/?words=Sana")
    gail.get_by_role("link", name="Sana Placeholder").click()
    gail.get_by_role("button", name="Ask to talk").click()
    sana = visit("Speaker", f"{EVENT}messages/")
    sana.locator("li", has_text=name).get_by_role("button", name="Accept").click()
    expect(sana.get_by_role("log")).to_be_visible()
    talk = sana.url
    sana.get_by_role("link", name="Who is here, ask somebody to join, leave").click()
    sana.get_by_label("Search").fill("Ben")
    sana.get_by_role("button", name="Find").click()
    sana.get_by_role("button", name="Ask Ben Placeholder").click()
    ben = visit("Delegate", f"{EVENT}messages/")
    ben.locator("li", has_text=re.compile(f"asks you to join .*{name}")).get_by_role("button", name="Accept").click()
    sana.goto(talk)
    gail.goto(talk)
    for page in (ben, sana):
        live(page)

    of_ben, of_sana, of_gail = words(), words(), words()
    say(ben, of_ben)
    heard(sana, of_ben)
    say(sana, of_sana)
    # Her page shows what was said when she sends.
    heard(ben, of_sana)
    gail.get_by_label("Your message").fill(of_gail)
    gail.get_by_role("button", name="Send", exact=True).click()
    for page in (ben, sana, gail):
        for text in (of_ben, of_sana, of_gail):
            heard(page, text)

    gail.get_by_role("link", name="Who is here, ask somebody to join, leave").click()
    gail.get_by_role("button", name="Leave this talk").click()
    expect(gail.get_by_text("You have left the talk.")).to_be_visible()
    assert gail.goto(talk).status == 404
