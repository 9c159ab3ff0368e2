"""
Axe on every page as everyone, wide and narrow; and no page of ours scrolls sideways at 320 px.

The wide page is narrowed in place, as a person who zooms to 400% does it.
"""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Response, expect

from tests.journeys.conftest import AXE, EVENT, Portal, live
from tests.journeys.test_coming_in import register
from tests.journeys.test_rooms import TWO, open_round, take

pytestmark = pytest.mark.browser
WHO = ["nobody", "Delegate", "Speaker", "Organiser"]
WIDTHS = (1280, 320)

# name: (address, answers of those who do not get 200). A name in braces is looked up on the way (``places``).
PAGES: dict[str, tuple[str, dict[str, int]]] = {
    "home": ("/", {}),
    "front": (EVENT, {}),
    "register": (f"{EVENT}register/", {}),
    "registering: a choice": (f"{EVENT}register/work/", {}),
    "registering: needs": (f"{EVENT}register/needs/", {}),
    "registering: code of conduct": (f"{EVENT}register/conduct/", {}),
    "account": (f"{EVENT}account/", {}),
    "registration": (f"{EVENT}registration/", {}),
    "changing needs": (f"{EVENT}registration/change/needs/", {"Organiser": 404}),
    "cancelling": (f"{EVENT}registration/cancel/", {"Organiser": 404}),
    "access needs": (f"{EVENT}access-needs/", {"Delegate": 404, "Speaker": 404}),
    "my calendar": (f"{EVENT}calendar/", {"Organiser": 404}),
    "my data": (f"{EVENT}my-data/", {}),
    "erasing": (f"{EVENT}my-data/erase/", {}),
    "rehearsal": (f"{EVENT}rehearsal/", {"nobody": 404, "Delegate": 404, "Speaker": 404}),
    "privacy": (f"{EVENT}privacy/", {}),
    "accessibility": (f"{EVENT}accessibility/", {}),
    "lobby": (f"{EVENT}lobby/", {}),
    "programme": (f"{EVENT}programme/", {}),
    "session": ("{session}", {}),
    "speaker": ("{speaker}", {}),
    "lounge": (f"{EVENT}lounge/", {}),
    "directory": (f"{EVENT}people/", {}),
    "directory with nobody found": (f"{EVENT}people/?q=zzzz", {}),
    "my listing": (f"{EVENT}people/me/", {}),
    "rounds": (f"{EVENT}rooms/", {}),
    "round": ("{round}", {}),
    "room": ("{room}", {"Speaker": 403}),
    "voice of a room": ("{room}voice/", {"Speaker": 403}),
    "session's talk": ("{film}../talk/", {}),
    "library": (f"{EVENT}library/", {}),
    "library with nothing found": (f"{EVENT}library/?q=zzzz", {}),
    "recordings": (f"{EVENT}on-demand/", {}),
    "session's film": ("{film}", {}),
    "sign in": (f"/accounts/login/code/?next={EVENT}lobby/", {}),
    "sign in by passkey": ("/accounts/login/", {}),
    "sign out": ("/accounts/logout/", {}),
    "second factor": ("/accounts/2fa/", {}),
    "passkeys": ("/accounts/2fa/webauthn/", {}),
    "recovery codes": ("/accounts/2fa/recovery-codes/generate/", {}),
    "mailbox": ("/mailbox/", {}),
}


# What stands wholly or partly outside the screen, to the right.
BESIDE_THE_PAGE = """() => [...document.querySelectorAll("main *, header *, .top-bar *")]
    .filter((each) => each.getClientRects().length && getComputedStyle(each).clipPath === "none")
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => `${each.tagName}.${each.className}`)"""


@pytest.fixture(scope="module")
def people(portal: Portal, browser: Browser) -> Iterator[dict[str, Page]]:
    """One browser for each, signed in once: the pages are many."""
    pages = {}
    for who in WHO:
        pages[who] = browser.new_context(base_url=portal.url).new_page()
        if who != "nobody":
            pages[who].goto(portal.links[who])
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture(scope="module")
def places(people: dict[str, Page]) -> dict[str, str]:
    """Addresses with a number in them, found as a delegate finds them; the delegate takes a seat."""
    page = people["Delegate"]

    def first(selector: str) -> str:
        return page.locator(f"main {selector}").first.get_attribute("href")  # type: ignore[return-value]

    page.goto(f"{EVENT}programme/")
    found = {"session": page.get_by_role("link", name="Opening keynote").first.get_attribute("href") or ""}
    page.goto(found["session"])
    found["speaker"] = first("a[href*='/speakers/']")
    found["film"] = re.sub(r"programme/(\d+)/$", r"sessions/\1/film/", found["session"])
    page.goto(f"{EVENT}rooms/")
    found["round"] = first("h2 a[href*='/rooms/']")
    page.goto(found["round"])
    if not page.get_by_text("Your room", exact=True).count():
        page.get_by_role("button", name="Choose").first.click()
    found["room"] = first(".room-card--mine a")
    page.goto(found["room"])
    if page.get_by_role("button", name="Go in").count():
        page.get_by_role("button", name="Go in").click()
    return found


def faults(page: Page, axe: Callable[[Page], list[str]], *, wide_only: bool = False) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{page.url} at {width}: {fault}" for fault in axe(page)]
    across = page.evaluate("document.documentElement.scrollWidth")
    if across > min(WIDTHS) and not wide_only:
        found.append(f"{page.url} scrolls sideways: {across} px")
    return found


def opened(page: Page, path: str) -> Response:
    page.set_viewport_size({"width": max(WIDTHS), "height": 844})
    response = page.goto(path, wait_until="load")
    assert response is not None
    return response


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_faults(name, who, people, places, axe):
    path, answers = PAGES[name]
    page = people[who]
    response = opened(page, path.format(**places))
    assert response.status == answers.get(who, 200), page.url
    assert who == "nobody" or "/login/" in path or "/login/" not in page.url, page.url
    # The served portal is in DEBUG, where what is not found is the developer's own page.
    assert response.status == 404 or faults(page, axe) == []


# Of these, who may not see them gets the developer's page of an address that is none: the portal is served in DEBUG.
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("Delegate", f"{EVENT}equality/"),
        ("Organiser", f"{EVENT}equality/report/"),
        ("Delegate", "{room}part/"),
        ("Delegate", "{room}notes/"),
        ("Organiser", "{room}people/"),
        ("Organiser", "{room}notes/"),
        ("Organiser", "{room}notes/history/"),
        ("Organiser", f"{EVENT}rooms/help/"),
    ],
)
def test_a_page_for_some_has_no_faults(who, path, people, places, axe):
    assert opened(people[who], path.format(**places)).ok
    assert faults(people[who], axe) == []


def test_text_twice_as_large_is_whole_on_a_phone(visit):
    page = visit("Delegate", f"{EVENT}lobby/", width=390)
    for name in ("lobby/", "lounge/", "people/", "programme/", "library/", "account/"):
        page.goto(f"{EVENT}{name}")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        live(page)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert page.evaluate(BESIDE_THE_PAGE) == [], name
        for link in page.locator(".now-bar__link").all():
            assert link.evaluate("(each) => each.scrollWidth <= each.clientWidth || !each.clientWidth"), name


def test_the_page_of_who_speaks_has_no_faults(people, axe):
    assert opened(people["Speaker"], f"{EVENT}speaking/").ok
    assert faults(people["Speaker"], axe) == []


def test_the_page_that_asks_for_a_code_has_no_faults_with_and_without_a_mistake(visit, axe):
    page = visit(None, f"/accounts/login/code/?next={EVENT}lobby/")
    page.get_by_label("E-mail address").fill("delegate2@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill("AAAA-AAAA")
    assert faults(page, axe) == []
    page.locator("main").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page, axe) == []


def test_a_form_with_mistakes_has_no_faults(visit, axe):
    page = visit(None, f"{EVENT}register/")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page, axe) == []


def test_pages_keep_to_good_practice(people):
    """What axe advises beyond the criteria: headings in order, and everything inside a landmark."""
    page = people["Delegate"]
    for path in (f"{EVENT}people/", f"{EVENT}lounge/", f"{EVENT}my-data/erase/", f"{EVENT}lobby/", "/accounts/2fa/"):
        assert opened(page, path).ok
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text())
        rules = ["heading-order", "region", "presentation-role-conflict", "aria-allowed-role"]
        found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], path


def test_the_pages_to_add_a_second_factor_have_no_faults(visit, mailed_code, axe):
    """As somebody whose address is confirmed: the others are led away from them."""
    page = visit()
    register(page, "Axe Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    for path in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/"):
        opened(page, path)
        assert page.url.endswith(path)
        assert faults(page, axe) == []


def test_the_question_for_who_has_not_chosen_has_no_faults(visit, mailed_code, axe):
    page = visit()
    register(page, "Undecided Placeholder", f"{uuid.uuid4().hex[:8]}@example.org", mailed_code)
    page.goto(f"{EVENT}lobby/")
    # By the time of day the first round of the demonstration is before us, or on.
    question = re.compile("Which room would you like\\?|The rooms are open now")
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    assert faults(page, axe) == []


def test_a_room_before_it_opens_has_no_faults(visit, axe):
    page = visit("Delegate")
    open_round(page, TWO)
    take(page, page.locator(".room-card h2").first.inner_text())
    page.goto(page.locator(".room-card--mine a").first.get_attribute("href") or "")
    expect(page.get_by_text("The room opens in")).to_be_visible()
    assert faults(page, axe) == []


@pytest.fixture
def other_names(people: dict[str, Page], places: dict[str, str]) -> Iterator[str]:
    """The address of the delegate's room while people may go by another name in it."""
    organiser, room = people["Organiser"], places["room"]
    round_number, room_number = re.findall(r"/(\d+)", room)

    def allow(allowed: bool) -> None:
        opened(organiser, f"/admin/breakouts/round/{round_number}/change/")
        row = organiser.locator(".has_original", has=organiser.locator(f"input[name$='-id'][value='{room_number}']"))
        row.locator("input[type=checkbox][name$=pseudonyms_allowed]").set_checked(allowed)
        organiser.get_by_role("button", name="Save", exact=True).click()
        expect(organiser.locator(".messagelist .success")).to_be_visible()

    allow(True)
    yield room
    allow(False)


def test_a_room_with_other_names_has_no_faults(other_names, people, axe):
    page = people["Delegate"]
    assert opened(page, f"{other_names}part/").ok
    page.get_by_label("Another name, for this room").fill("Somebody Else")
    assert faults(page, axe) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("as Somebody Else")).to_be_visible()
    assert faults(page, axe) == []
    page.goto(f"{other_names}part/")
    page.get_by_label("Another name, for this room").fill("")
    page.get_by_role("button", name="Save").click()


@pytest.mark.parametrize("line", ["nobody@example.org,No such room", "delegate@example.org,{room}"])
def test_the_import_of_assignments_has_no_faults_before_and_after_a_file(line, people, places, axe):
    page, number = people["Organiser"], places["round"].rstrip("/").rsplit("/", 1)[1]
    assert opened(page, f"/admin/breakouts/round/{number}/import/").ok
    assert faults(page, axe, wide_only=True) == []
    room = re.search(r"one of these rooms: ([^,.]+)", page.locator("#content").inner_text())
    assert room is not None
    page.get_by_label("Or paste the lines here").fill(f"email,room\n{line.format(room=room[1])}")
    page.get_by_role("button", name="Show what would be done").click()
    expect(page.get_by_role("heading", name="Another file")).to_be_visible()
    assert list(filter(is_ours, faults(page, axe, wide_only=True))) == []


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503])
def test_the_page_of_an_error_has_no_faults(status, people, axe):
    """Laid over an address, for the served portal is in DEBUG and shows the developer's pages instead."""
    page, body = people["nobody"], render_to_string(f"{status}.html")
    page.route("**/broken/", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    assert opened(page, "/broken/").status == status
    page.unroute("**/broken/")
    assert faults(page, axe) == []


# Faults of Django's own admin, that we do not mend from outside: (rule, part of the element's selector, why).
UPSTREAM: list[tuple[str, str, str]] = [
    ("link-in-text-block", ".breadcrumbs", "Links to where one is are told from the separators by colour alone."),
    ("link-in-text-block", 'a[href="/admin/portal/wordin', "The same links, where axe names them by their address."),
    ("target-size", 'href="?', "The choices of a list's filter are lines of 20 px."),
    ("target-size", "li:nth-child", "The same choices, where axe names them by their place."),
    ("target-size", "data-filter-title", "The same choices, where axe names them by their filter."),
    ("link-in-text-block", "/admin/r/", "Links to the pages of an inline's rows, beside the row's name."),
    ("label", "-DELETE", "The box to delete an inline's row is named only by the head of its column."),
    ("scrollable-region-focusable", "-group", "A table of rows scrolls sideways on a phone and takes no focus."),
    ("aria-input-field-name", "select2-", "A choice that is searched as one types has no name of its own."),
    ("aria-prohibited-attr", ".help-tooltip", "The mark of the search box beside a choice of many."),
]


def is_ours(fault: str) -> bool:
    element = fault.split(" Fix ", 1)[0]
    return not any(f" {rule}: " in element and part in element for rule, part, _ in UPSTREAM)


def admin_models(page: Page) -> list[str]:
    """The address of every list, from the admin's own front page."""
    page.goto("/admin/")
    links = page.locator("#content-main .module th a").all()
    return [link.get_attribute("href") or "" for link in links]


def of_model(page: Page, listed: str) -> Iterator[str]:
    """A list, its form to add a row where there is one, and the page of its first row."""
    yield listed
    page.goto(listed)
    add, row = page.locator(".object-tools a.addlink"), page.locator("#result_list tbody th a")
    found = [link.first.get_attribute("href") or "" for link in (add, row) if link.count()]
    yield from found


def test_the_admin_has_no_faults_but_djangos_own(people, axe):
    page = people["Organiser"]
    models = admin_models(page)
    assert "/admin/library/recording/" in models
    found = []
    paths = [path for listed in models for path in of_model(page, listed)]
    words = next(path for path in paths if re.fullmatch(r"/admin/portal/wording/\d+/", path))
    event = next(path for path in paths if re.fullmatch(r"/admin/portal/event/\d+/change/", path))
    for path in ["/admin/", f"{words}confirmed/", event.replace("change", "copy"), *paths]:
        assert opened(page, path).ok, path
        found += filter(is_ours, faults(page, axe, wide_only=True))
    assert found == []


def test_the_page_of_a_film_in_the_admin_has_no_faults(people, axe):
    page = people["Organiser"]
    page.goto("/admin/library/recording/")
    page.get_by_role("link", name="Upload and publish").first.click()
    # With its styles.
    page.wait_for_url("**/film/")
    assert faults(page, axe, wide_only=True) == []


@pytest.mark.parametrize(
    ("moment", "path", "status"),
    [
        ("The portal opens", "lobby/", 200),
        ("The portal closes", "lobby/", 403),
        ("On demand begins", "{room}", 200),
        ("On demand begins", "on-demand/", 200),
    ],
)
def test_pages_of_other_moments_have_no_faults(visit, places, axe, moment, path, status):
    """As an organiser rehearses them."""
    page = visit("Organiser", f"{EVENT}rehearsal/")
    page.get_by_role("button", name=moment).click()
    address = path.format(**places) if "{" in path else f"{EVENT}{path}"
    assert opened(page, address).status == status
    expect(page.get_by_text("Rehearsal:")).to_be_visible()
    assert faults(page, axe) == []
