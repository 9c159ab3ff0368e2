"""Gauges that everybody has one of, read many at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextvars import Context
from typing import Any

from portal import clock
from portal.live.registry import Channel, ChannelKind

State = dict[str, Any]
Survey = Callable[..., Coroutine[Any, Any, Mapping[int, State]]]
Asked = tuple[int, "asyncio.Future[State]"]

# To write a query takes longer than to ask it, for one person as for fifty.
_PAUSE_SECONDS = 0.25


class Gathering:
    """While one reading runs, and for a moment after it, what is asked for gathers for the next.

    A thousand people who come back cost a few, whoever comes alone does not wait.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._asked: dict[str, list[Asked]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def state_of(self, channel: Channel) -> State:
        """A state read after this was called. Raises what the reading raises."""
        asked = self._asked.get(channel.kind.name)
        if asked is None:
            asked = self._asked[channel.kind.name] = []
            task = asyncio.create_task(self._read_all(channel.kind), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        answer: asyncio.Future[State] = asyncio.get_running_loop().create_future()
        asked.append((channel.id, answer))
        return await answer

    async def _read_all(self, kind: ChannelKind) -> None:
        while asked := self._asked[kind.name]:
            self._asked[kind.name] = []
            await self._read(kind, asked)
            await asyncio.sleep(_PAUSE_SECONDS)
        del self._asked[kind.name]

    async def _read(self, kind: ChannelKind, asked: list[Asked]) -> None:
        try:
            states = await self._survey(kind.states, {number for number, _ in asked}, clock.now())
            answers = [(answer, states[number]) for number, answer in asked]
        except Exception as error:
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer, state in answers:
            if not answer.done():
                answer.set_result(state)
