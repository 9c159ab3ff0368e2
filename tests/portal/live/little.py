"""A little portal of two kinds of channel, with rules a test can change, around the real gateway."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.test import Client

from portal.live import services
from portal.live.access import Holder
from portal.live.hub import current_hub
from portal.live.registry import Admission, Channel, Frame, Since
from portal.live.routing import websocket_urlpatterns
from portal.live.sockets import Socket

application = URLRouter(websocket_urlpatterns)


@dataclass
class Little:
    """What the fake features hold: messages by talk, a tally by count, and who is barred."""

    talks: dict[int, list[Frame]] = field(default_factory=dict)
    tally: dict[int, int] = field(default_factory=dict)
    reads: list[tuple[int, int]] = field(default_factory=list)
    state_reads: int = 0
    together: list[set[int]] = field(default_factory=list)
    barred: set[int] = field(default_factory=set)
    starts: dict[int, int] = field(default_factory=dict)
    admission: Admission = Admission("in")
    while_asked: Callable[[], None] = lambda: None
    while_read: Callable[[], None] = lambda: None
    seen: list[tuple[str, dict[int, bool]]] = field(default_factory=list)

    def may_hear(self, user: AbstractBaseUser, pk: int) -> bool | Since:
        may = pk < 100 and user.pk not in self.barred
        self.while_asked()
        return Since(self.starts[user.pk]) if may and user.pk in self.starts else may

    def frames_after(self, pk: int, version: int, limit: int) -> list[Frame]:
        self.reads.append((pk, version))
        return [f for f in self.talks.get(pk, []) if f.version > version][:limit]

    def state(self, pk: int, now: datetime) -> dict[str, Any]:
        self.state_reads += 1
        return {"html": f"<b>{self.tally.get(pk, 0)}</b>"}

    def states(self, pks: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
        self.while_read()
        self.together.append(set(pks))
        return {pk: self.state(pk, now) for pk in pks}

    def door(self, user: AbstractBaseUser, event: str, now: datetime) -> Admission:
        return replace(self.admission, guest=user) if event == "assembly" else Admission("forbidden")

    def witness(self, event: str, users: Any, now: datetime) -> None:
        self.seen.append((event, dict(users)))

    def say(self, pk: int, text: str, *, publish: bool = True) -> int:
        """A message as a service writes it; unpublished, its hint is lost."""
        with transaction.atomic():
            version = services.bump(f"talk.{pk}")
            frame = Frame(version, "message", f"<p>{text}</p>", {"by": 1})
            self.talks.setdefault(pk, []).append(frame)
            if publish:
                services.publish(f"talk.{pk}", frame)
        return version

    def say_many(self, pk: int, number: int) -> None:
        """So many messages whose hints are lost."""
        for count in range(number):
            self.say(pk, str(count), publish=False)

    def count(self, pk: int, number: int) -> None:
        self.tally[pk] = number
        services.touch(f"talk.{pk}.tally")

    def sit(self, pk: int, number: int) -> None:
        self.tally[pk] = number
        services.touch(f"desk.{pk}")


def make_person(email: str) -> AbstractBaseUser:
    user = get_user_model()(email=email)
    user.set_unusable_password()
    user.save()
    return user


def sign_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


class Tab(WebsocketCommunicator):
    """A browser tab: the frames it is sent, one by one."""

    def __init__(self, client: Client | None, event: str = "assembly") -> None:
        cookies = client.cookies if client else {}
        header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        super().__init__(application, f"/live/{event}/", [(b"cookie", header.encode())])

    async def open(self) -> "Tab":
        accepted, code = await self.connect(timeout=5)
        assert accepted, code
        return self

    async def listen(self, *names: str) -> list[dict[str, Any]]:
        await self.send_json_to({"listen": list(names)})
        return [await self.hear() for _ in names]

    async def hear(self, timeout: float = 5) -> dict[str, Any]:
        message: dict[str, Any] = await self.receive_json_from(timeout=timeout)
        return message

    async def hear_close(self, timeout: float = 5) -> int:
        output = await self.receive_output(timeout=timeout)
        assert output["type"] == "websocket.close", output
        return int(output["code"])


OpenTab = Callable[..., Any]


async def subscribed(within: float = 5) -> None:
    """Waits until this process hears Redis, so that a test of hints is not one of the checks."""
    async with asyncio.timeout(within):
        while current_hub().is_deaf:
            await asyncio.sleep(0.01)


class Audience:
    """A listener of each of these channels, counting what it is told."""

    def __init__(self, *channels: Channel) -> None:
        self.channels = channels
        self.told: Counter[int] = Counter()
        self.shown: dict[int, str] = {}
        self.sockets = [self._listener(number) for number in range(len(channels))]

    def _listener(self, number: int) -> Socket:
        async def write(text: str) -> None:
            message = json.loads(text)
            self.told[number] += message["kind"] != "listening"
            self.shown[number] = message.get("state", message).get("html", "")

        async def shut(code: int) -> None:
            raise AssertionError(code)

        holder = Holder(number + 1, "key", "assembly")
        return Socket(holder, write=write, shut=shut, heard_at=asyncio.get_running_loop().time())

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Audience"]:
        hub = current_hub()
        async with hub.knocking():
            for socket in self.sockets:
                hub.enter(socket)
        joined = [hub.join(*pair, rights=0) for pair in zip(self.sockets, self.channels, strict=True)]
        assert all(await asyncio.gather(*joined))
        yield self
        for socket in self.sockets:
            hub.leave(socket)

    async def all_see(self, html: str, within: float) -> None:
        async with asyncio.timeout(within):
            while set(self.shown.values()) != {html}:
                await asyncio.sleep(0.02)
