"""Real browsers on a real portal: one `manage.py serve` with its demonstration for the whole run."""

import os
import re
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.begun import Begun
from tests.servers import chromium, running_janus
from tests.serving import ROOT, Serving

EVENT = "/assembly-2022/"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
# Milliseconds. A machine may have other work to do; where a time is promised, the test says it itself.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def database() -> Iterator[dict[str, str]]:
    """Where the portal keeps its rows: SQLite, or a new database beside the one named by ``DATABASE_URL``."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"journeys_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def media_server() -> Iterator[dict[str, str]]:
    """Janus where it is on this machine; without it rooms speak from browser to browser."""
    if shutil.which("janus") is None:
        yield {}
        return
    with running_janus() as environment:
        yield environment


@pytest.fixture(scope="session")
def portal(
    tmp_path_factory: pytest.TempPathFactory, database: dict[str, str], media_server: dict[str, str]
) -> Iterator["Portal"]:
    if chromium() is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Chromium is not on this machine.")
    serving = Serving(tmp_path_factory.mktemp("portal"), environment=database | media_server).start()
    try:
        yield Portal(serving.ready())
    finally:
        serving.process.send_signal(signal.SIGINT)
        serving.process.wait(30)


def live(page: Page, state: str = "on", **options: float) -> None:
    """What happens elsewhere is told here from now on; and every script of the page has run, also after a click."""
    page.wait_for_load_state()
    expect(page.locator(f"html[data-live={state}]")).to_have_count(1, **options)


class Portal:
    """Where the portal is and how its people sign in with one click."""

    def __init__(self, serving: Serving) -> None:
        self.url = f"http://localhost:{serving.port}"
        self.data: Path = serving.data
        self.run = serving.run
        self.links = dict(re.findall(r"  (\w+)\s+(http\S+)", serving.text()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    media = ["--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream"]
    media += ["--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=[*quiet, *media])
        yield launched
        launched.close()


@pytest.fixture
def visit(portal: Portal, browser: Browser) -> Iterator[Callable[..., Page]]:
    """``visit("Delegate")`` opens a browser of their own, signed in; ``visit()`` is nobody."""
    contexts: list[BrowserContext] = []

    def open_page(who: str | None = None, path: str = EVENT, *, width: int = 1280, **options: object) -> Page:
        context = browser.new_context(base_url=portal.url, viewport={"width": width, "height": 844}, **options)
        contexts.append(context)
        page = context.new_page()
        if who:
            page.goto(portal.links[who])
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def begun(portal) -> Iterator[Callable[..., Begun]]:
    """``begun(Fairness=1, Flexibility=2)``: rooms of so many places."""
    opened: list[Begun] = []

    def open_rooms(**places: int) -> Begun:
        opened.append(Begun.open(portal, **places))
        return opened[-1]

    yield open_rooms
    for each in opened:
        each.close()


@pytest.fixture
def mailed_code(visit: Callable[..., Page]) -> Callable[[str], str]:
    """The newest code mailed to an address, read where `make run` says it can be read."""

    def read(email: str) -> str:
        mailbox = visit(None, "/mailbox/")
        mail = mailbox.locator("article", has_text=f"To {email}").filter(has_text="code").first
        return re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail.inner_text())[0]  # type: ignore[index]

    return read


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Every A and AA fault that axe finds on a page, each in a line."""

    def run(page: Page) -> list[str]:
        # With its styles.
        page.wait_for_load_state()
        page.evaluate(AXE.read_text())
        result = page.evaluate(
            """() => axe.run(document, {
                runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
                rules: {"target-size": {enabled: true}},
            })"""
        )
        return [
            f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for fault in result["violations"]
            for node in fault["nodes"]
        ]

    return run


@pytest.fixture
def organiser(visit) -> Iterator[Page]:
    """Who chooses by which way the room speaks; at the end it is as before."""
    from tests.journeys.calling import forget_way

    page = visit("Organiser")
    yield page
    forget_way(page)


@pytest.fixture
def two(visit) -> Iterator[tuple[Page, Page]]:
    """Two with places in one room; both give them up at the end."""
    from tests.journeys.calling import ROOM
    from tests.journeys.test_rooms import ONE, card, give_up, open_round

    pages = visit("Delegate"), visit("Speaker")
    yield pages
    for page in pages:
        open_round(page, ONE)
        if card(page, ROOM).get_by_text("Your room", exact=True).count():
            give_up(page, ROOM)
            expect(page.get_by_text("Your room", exact=True)).to_have_count(0)
