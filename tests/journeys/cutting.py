"""A browser's line to the portal, to be cut in the middle of what it carries, and mended."""

from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from tests.servers import until

# The browser's own word for being offline leaves sockets that are open as they are, so those are ended too.
_LOST = 3001


class Line:
    """Everything a page says to the portal and hears from it. To be made before the page is opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ends: list[WebSocketRoute] = []
        self._is_cut = False
        page.route_web_socket("**/live/**", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close(code=_LOST)
            return
        self._ends += [socket, socket.connect_to_server()]

    def cut(self) -> None:
        """Gives back when the page knows."""
        self._is_cut = True
        self._page.context.set_offline(True)
        while self._ends:
            self._ends.pop().close(code=_LOST)
        self._expect("off")

    def mend(self) -> None:
        self._is_cut = False
        self._page.context.set_offline(False)

    def is_back(self) -> None:
        self._expect("on")

    def _expect(self, state: str) -> None:
        expect(self._page.locator(f"html[data-live={state}]")).to_have_count(1, timeout=40_000)


class Late:
    """What a page reads by itself from an address, as it was when it was asked for, and let in when a test says so."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._held: list[tuple[Route, APIResponse]] = []
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.is_navigation_request():
            route.continue_()
        else:
            self._held.append((route, route.fetch()))

    def is_asked(self, times: int = 1) -> None:
        # Asking the page something lets its requests arrive here.
        until(lambda: bool(self._page.evaluate("true") and len(self._held) >= times))

    def come(self) -> None:
        """The last that was asked for; gives back when the page has it."""
        route, answer = self._held.pop()
        with self._page.expect_request_finished(lambda request: request == route.request):
            route.fulfill(response=answer)
        self._page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def reload_with_a_line(page: Page) -> Line:
    line = Line(page)
    page.reload()
    line.is_back()
    return line
