"""Many sockets in a process of their own, led over a pipe: what is measured shares no processor time with it."""

import asyncio
import multiprocessing
import time
from array import array
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.client import Tab, Tally, in_parallel, open_tab, stamp

AT_ONCE = 40
FILLER = "x" * 228


class Crowd:
    """The leader's side. Each method returns when the crowd has done it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=run, args=(theirs,), daemon=True)
        self._process.start()

    def open(self, tabs: list[tuple[int, str, dict[str, str], str]]) -> dict[str, float]:
        """``tabs``: port, path, headers and channel of each. Gives ``seconds`` and how many are ``open``."""
        return self._ask("open", tabs)

    def say(self, rate: float, seconds: float, template: str) -> int:
        """The first socket speaks, for servers that listen to sockets. How often it spoke."""
        return int(self._ask("say", rate, seconds, template))

    def reset(self) -> None:
        self._ask("reset")

    def report(self, expected: int, patience: float) -> dict[str, float]:
        """Waits until ``expected`` were heard, or nothing comes any more."""
        return self._ask("report", expected, patience)

    def await_state(self, state: dict[str, Any], patience: float) -> dict[str, float]:
        """Waits until every socket has been told a gauge's ``state``: how many were, and when the last."""
        return self._ask("await_state", state, patience)

    def close(self) -> None:
        self._ask("close")
        self._line.close()
        self._process.join(5)
        self._process.kill()

    def _ask(self, *command: Any) -> Any:
        self._line.send(command)
        answer = self._line.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(line: Connection) -> None:
    asyncio.run(Led(line).run())


class Led:
    """The crowd's side."""

    def __init__(self, line: Connection) -> None:
        self.line = line
        self.tally = Tally()
        self.tabs: list[Tab] = []

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            name, *arguments = await loop.run_in_executor(None, self.line.recv)
            try:
                answer = await getattr(self, name)(*arguments)
            except Exception as error:
                answer = error
            self.line.send(answer)
            if name == "close":
                return

    async def open(self, wanted: list[tuple[int, str, dict[str, str], str]]) -> dict[str, float]:
        started = time.monotonic()
        self.tabs += await in_parallel([self._opener(*each) for each in wanted], AT_ONCE)
        return {"seconds": time.monotonic() - started, "open": sum(tab.is_open for tab in self.tabs)}

    def _opener(self, port: int, path: str, headers: dict[str, str], channel: str) -> Callable[[], Any]:
        return lambda: open_tab(port, lambda: Tab(self.tally, path, headers, channel))

    async def say(self, rate: float, seconds: float, template: str) -> int:
        started, number = time.monotonic(), 0
        while number < rate * seconds:
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            number += 1
            text = template.replace("%", stamp(number) + FILLER)
            self.tabs[0]._write(0x81, text.encode())
        return number

    async def reset(self) -> None:
        self.tally.reset()
        for tab in self.tabs:
            tab.last = 0

    async def report(self, expected: int, patience: float) -> dict[str, float]:
        tally = self.tally
        deadline = time.monotonic() + patience
        while tally.heard < expected and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return {
            "heard": tally.heard - tally.doubled,
            "doubled": tally.doubled,
            "lost": expected - (tally.heard - tally.doubled),
            "out_of_order": tally.out_of_order,
            "last_at": tally.last_at,
            **percentiles(tally.latencies),
        }

    async def await_state(self, state: dict[str, Any], patience: float) -> dict[str, float]:
        deadline = time.monotonic() + patience
        while any(tab.state != state for tab in self.tabs) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        right = [tab.told_at for tab in self.tabs if tab.state == state]
        return {"right": len(right), "last_at": max(right, default=0.0)}

    async def close(self) -> None:
        for tab in self.tabs:
            tab.transport.abort()


def percentiles(latencies: "array[float]") -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(latencies)
    of = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: ordered[int(part * (len(ordered) - 1))] * 1000 if ordered else 0.0 for name, part in of.items()}
