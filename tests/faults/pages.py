"""A page as static/js/live.js has it: it listens, comes back, and fetches what it missed; and it speaks."""

import asyncio
import json
import random
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import Tab, Tally, open_tab, request
from benchmarks.house import EVENT, House, Person

GAP_SECONDS = 0.3
RETURN_SECONDS = 3.0
REMEMBERED = 500
BEAT_SECONDS = 5.0


class Line(Tab):
    """The page's socket."""

    def __init__(self, page: "Page") -> None:
        path, headers = f"/live/{EVENT}/", page.person.headers
        super().__init__(Tally(), path, headers, page.channel, page.version, page.built.beside(page.person))
        self.page = page

    def _greet(self, head: bytes) -> None:
        self.opened_at = time.monotonic()
        super()._greet(head)

    def told(self, message: dict[str, Any]) -> None:
        if message.get("error") == "slow_down":
            asyncio.get_running_loop().call_later(message["seconds"], self.listen)
        elif message.get("kind") == "listening":
            self.page.expect(message["version"], random.uniform(0.75, 1.25) * RETURN_SECONDS)
            if not self.ready.done():
                self.ready.set_result(message["version"])
        elif "version" in message:
            self.page.take(message)
        elif "beat" in message:
            self.page.expect(message["beat"].get(self.channel, 0))

    def _beat(self) -> None:
        self.say({"beat": {self.channel: self.page.version}})
        self._beat_later(BEAT_SECONDS)


class Page:
    """One person's tab: what it shows, in the order it was shown."""

    def __init__(self, built: House, port: int, person: Person) -> None:
        self.built, self.port, self.person = built, port, person
        self.channel = built.channel
        self.version = 0
        self.target = 0
        self.shown: list[str] = []
        self.early: dict[int, dict[str, Any]] = {}
        self.acknowledged: list[str] = []
        self.slowest_return = 0.0
        self.closed_with: list[int] = []
        self.statuses: list[int] = []
        self._mending: asyncio.Task[None] | None = None
        self.leaving = False
        self.line: Line | None = None

    # Hearing

    async def stay(self) -> None:
        """Connects, and again whenever the connection ends, until it leaves."""
        while not self.leaving:
            try:
                self.line = await asyncio.wait_for(open_tab(self.port, lambda: Line(self)), 60)
            except OSError:
                await asyncio.sleep(random.uniform(0.2, 1.2))
                continue
            if self.line.ready.result() >= 0:
                watch = asyncio.ensure_future(self._watch_return(self.line.opened_at))
                self.closed_with.append(-await self.line.closed)
                watch.cancel()
            else:
                self.closed_with.append(-self.line.ready.result())
            await asyncio.sleep(random.uniform(0.2, 1.2))

    async def _watch_return(self, opened_at: float) -> None:
        """How long after its socket opened the page has all that there was when it listened."""
        due = self.target
        while self.version < due:
            await asyncio.sleep(0.02)
        self.slowest_return = max(self.slowest_return, time.monotonic() - opened_at)

    def take(self, frame: dict[str, Any]) -> None:
        if frame["version"] <= self.version:
            return
        self.early[frame["version"]] = frame
        self._give_in_order()
        if self.early:
            self.expect(max(self.early))

    def _give_in_order(self) -> None:
        for version, frame in sorted(self.early.items()):
            if frame.get("after", version - 1) > self.version:
                return
            del self.early[version]
            self._give(frame)

    def _give(self, frame: dict[str, Any]) -> None:
        if frame["version"] <= self.version:
            return
        self.version = frame["version"]
        if frame["kind"] != "skipped":
            self.shown.append(frame["body"]["client_id"])

    def expect(self, version: int, wait: float = GAP_SECONDS) -> None:
        self.target = max(self.target, version)
        if self.version < self.target and (self._mending is None or self._mending.done()):
            wait = wait if version - self.version <= REMEMBERED else 0
            self._mending = asyncio.ensure_future(self._mend(wait))

    async def _mend(self, wait: float) -> None:
        await asyncio.sleep(wait)
        while self.version < self.target and not self.leaving:
            try:
                await self._fetch()
            except (OSError, ValueError):
                await asyncio.sleep(random.uniform(0.2, 1.0))

    async def _fetch(self) -> None:
        path = f"/{EVENT}/live/{self.channel}/?after={self.version}"
        status, body = await request(self.port, "GET", path, self.person.headers)
        self.statuses.append(status)
        if status != 200:
            raise ValueError(status)
        answer = json.loads(body)
        for frame in answer["frames"]:
            self._give(frame)
        self.version = max(self.version, answer["version"])
        self.early = {version: frame for version, frame in self.early.items() if version > self.version}
        self._give_in_order()

    # Speaking

    async def speak(self, times: int) -> None:
        """Says so many things, each again and again under the same name until it is acknowledged."""
        for _ in range(times):
            name = str(uuid.uuid4())
            while not await self._say(name):
                await asyncio.sleep(random.uniform(0.3, 1.0))
            self.acknowledged.append(name)
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def _say(self, name: str) -> bool:
        path = f"/{EVENT}/conversations/{self.built.lounge}/say/"
        body = urlencode({"text": f"Said as {name}", "client_id": name})
        try:
            work = request(self.port, "POST", path, self.person.form_headers, body)
            status, _ = await asyncio.wait_for(work, 30)
        except (TimeoutError, OSError, ValueError, IndexError):
            return False
        self.statuses.append(status)
        assert status in (201, 429) or status >= 500, status
        return status == 201

    def leave(self) -> None:
        self.leaving = True
        if self._mending:
            self._mending.cancel()
        if self.line:
            self.line.transport.abort()
