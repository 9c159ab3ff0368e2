"""The socket to the media server, with a real one: whom it lets in, what it passes on, how fast it cuts."""

import asyncio
import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from breakouts.services import leave_room
from breakouts.voice import services
from breakouts.voice.janus import JanusGone, JanusRefused, open_session
from breakouts.voice.line import Ticket, room_number
from breakouts.voice.models import Caller
from breakouts.voice.proxy import decode
from breakouts.voice.routing import websocket_urlpatterns
from networking.safety.services import suspend
from portal.live.hub import current_hub
from portal.live.services import revoke
from tests.servers import running_janus

WITHIN = 5.0
SECRETS = ("secret-of-the-tests", "key-of-the-tests")
OFFER = "\r\n".join(
    [
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendonly", "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2", "a=setup:actpass", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "",
    ]
)  # fmt: skip


@pytest.fixture(scope="session")
def janus() -> Iterator[dict[str, str]]:
    if shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    with running_janus() as environment:
        yield environment


@pytest.fixture
def served(janus, settings):
    for name, value in janus.items():
        setattr(settings, name, value)
    settings.LIVE_REDIS_CHANNEL = f"test.live.{secrets.token_hex(8)}"


@pytest.fixture
def speaking(served, room, plan, ben, seat, join) -> Caller:
    """Ben has a seat in a room of the media server, and is coming in."""
    plan("janus")
    seat(room, ben)
    return join(room, ben)


class Tab(WebsocketCommunicator):
    async def answer(self) -> dict:
        return await self.receive_json_from(timeout=WITHIN)

    async def code(self) -> int:
        """What it is closed with, past whatever is said before."""
        while (output := await self.receive_output(timeout=WITHIN))["type"] != "websocket.close":
            pass
        return int(output["code"])


@pytest_asyncio.fixture
async def call(client_of) -> Callable:
    tabs = []

    async def dial(person, caller, *, entry: int | None = None, event: str = "assembly-2022") -> Tab:
        cookies = (await sync_to_async(client_of)(person)).cookies
        header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()).encode()
        path = f"/live/{event}/voice/{caller.pk}/{caller.entry if entry is None else entry}/"
        tab = Tab(URLRouter(websocket_urlpatterns), path, [(b"cookie", header)])
        tabs.append(tab)
        assert (await tab.connect(timeout=WITHIN))[0]
        return tab

    yield dial
    for tab in tabs:
        await tab.disconnect(timeout=WITHIN)


@contextmanager
def real_time(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def ticket_of(caller: Caller) -> Ticket:
    return Ticket(caller.pk, caller.entry, caller.name, caller.room_id, caller.room.round.session.ends)


async def ask_janus(janus: dict[str, str], **request) -> dict:
    async with open_session(janus["JANUS_URL"], janus["JANUS_SECRET"], lambda _: None) as session:
        return (await session.request(await session.attach(), request)).data


async def people_there(janus: dict[str, str], caller: Caller) -> list[str]:
    """As the media server has it. A room that is not made yet has nobody."""
    number = await sync_to_async(lambda: room_number(ticket_of(caller)))()
    try:
        found = await ask_janus(janus, request="listparticipants", room=number)
    except JanusRefused:
        return []
    return [person["display"] for person in found["participants"]]


async def until_there(janus: dict[str, str], caller: Caller, names: list[str]) -> None:
    async with asyncio.timeout(WITHIN):
        while await people_there(janus, caller) != names:
            await asyncio.sleep(0.05)


def switched_on(caller: Caller, now) -> Caller:
    return services.switch(caller, microphone=True, camera=False, is_leader=False, now=now)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('{"beat": true}', {"beat": True}),
        ('{"publish": "v=0"}', {"publish": "v=0"}),
        ('{"janus": "create"}', None),
        ('{"publish": "v=0", "room": 1}', None),
        ('{"request": "kick"}', None),
        ("[]", None),
        ("{}", None),
        ("nonsense", None),
        ("[" * 5000, None),
        ('{"publish": "' + "x" * 70_000 + '"}', None),
        (None, None),
    ],
)
def test_a_browser_says_four_words_and_no_others(text, command):
    assert decode(text) == command


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_is_gone():
    with pytest.raises(JanusGone):
        async with open_session("ws://127.0.0.1:9", "x", lambda _: None):
            pass


@pytest.mark.asyncio
async def test_the_server_refuses_who_does_not_know_its_secret(janus):
    with pytest.raises(JanusRefused):
        async with open_session(janus["JANUS_URL"], "not the secret", lambda _: None):
            pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
class TestLine:
    async def test_who_comes_in_is_there_and_sends_only_when_switched_on(self, janus, speaking, ben, call, now):
        tab = await call(ben, speaking)
        await until_there(janus, speaking, ["Ben Placeholder"])
        await tab.send_json_to({"publish": OFFER})
        assert await tab.receive_nothing(timeout=0.5)
        await sync_to_async(switched_on)(speaking, now)
        await tab.send_json_to({"publish": OFFER})
        answer = await tab.answer()
        assert answer["answer"].startswith("v=0")
        assert not any(secret in json.dumps(answer) for secret in SECRETS)

    async def test_the_room_is_private_for_twelve_and_is_not_recorded(self, janus, speaking, ben, call):
        await call(ben, speaking)
        await until_there(janus, speaking, ["Ben Placeholder"])
        number = await sync_to_async(lambda: room_number(ticket_of(speaking)))()
        assert number not in [room["room"] for room in (await ask_janus(janus, request="list"))["list"]]
        rooms = await ask_janus(janus, request="list", admin_key=janus["JANUS_ADMIN_KEY"])
        [found] = [room for room in rooms["list"] if room["room"] == number]
        assert (found["max_publishers"], found["record"], found["pin_required"]) == (12, False, True)

    async def test_two_come_into_the_same_room(self, janus, room, speaking, ben, sana, seat, join, call):
        await sync_to_async(seat)(room, sana)
        other = await sync_to_async(join)(room, sana)
        await call(ben, speaking)
        await call(sana, other)
        await until_there(janus, speaking, ["Ben Placeholder", "Sana Placeholder"])

    async def test_coming_again_after_a_drop_leads_to_the_same_room(self, janus, room, speaking, ben, join, call):
        tab = await call(ben, speaking)
        await until_there(janus, speaking, ["Ben Placeholder"])
        again = await sync_to_async(join)(room, ben)
        await call(ben, again)
        # The earlier line ends by itself: the gauge says it is late.
        assert await tab.code() == 4403
        await until_there(janus, again, ["Ben Placeholder"])

    async def test_who_leaves_is_gone_there_and_here(self, janus, speaking, ben, call):
        tab = await call(ben, speaking)
        await until_there(janus, speaking, ["Ben Placeholder"])
        await tab.disconnect(timeout=WITHIN)
        await until_there(janus, speaking, [])
        async with asyncio.timeout(WITHIN):
            while await sync_to_async(Caller.objects.present().exists)():
                await asyncio.sleep(0.05)

    async def test_nonsense_ends_the_line(self, speaking, ben, call):
        tab = await call(ben, speaking)
        await tab.send_json_to({"janus": "create"})
        assert await tab.code() == 4429


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
class TestRights:
    async def test_nobody_signed_in(self, speaking, call):
        assert await (await call(None, speaking)).code() == 4401

    async def test_with_anothers_number(self, room, speaking, sana, seat, call):
        await sync_to_async(seat)(room, sana)
        assert await (await call(sana, speaking)).code() == 4403

    async def test_with_an_earlier_coming(self, room, speaking, ben, join, call):
        await sync_to_async(join)(room, ben)
        assert await (await call(ben, speaking)).code() == 4403

    async def test_in_another_event(self, speaking, ben, cleo, call):
        assert await (await call(cleo, speaking)).code() == 4403
        assert await (await call(ben, speaking, event="another")).code() == 4403

    async def test_before_the_start_and_after_the_end(self, speaking, ben, call, at):
        for moment in ("2022-05-27T09:44:59", "2022-05-27T10:30"):
            at(moment)
            assert await (await call(ben, speaking)).code() == 4403

    async def test_where_the_room_speaks_in_another_way(self, speaking, plan, ben, call):
        await sync_to_async(plan)("peer")
        assert await (await call(ben, speaking)).code() == 4403


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
class TestCut:
    """Each within five seconds: the socket is closed, and the media server has nobody."""

    @pytest.fixture
    def cut(self, janus, speaking, ben, call):
        async def check(act: Callable[[], object], code: int) -> None:
            tab = await call(ben, speaking)
            await until_there(janus, speaking, ["Ben Placeholder"])
            with real_time(WITHIN):
                await sync_to_async(act)()
                assert await tab.code() == code
                await until_there(janus, speaking, [])

        return check

    async def test_by_losing_the_seat(self, cut, room, ben, now):
        await cut(lambda: leave_room(room.round, ben, now=now), 4403)

    async def test_by_a_suspension(self, cut, ben, ada, now):
        await cut(lambda: suspend(ben, by=ada, now=now), 4403)

    async def test_by_signing_out_everywhere(self, cut, ben):
        await cut(lambda: revoke(ben.user_id, reason="signed out"), 4401)

    async def test_by_ending_the_voice(self, cut, room, ada, now):
        await cut(lambda: services.end_voice(room, by=ada, now=now), 4403)

    async def test_also_without_redis(self, cut, room, ben, now, settings, monkeypatch):
        from portal.live import services as live

        monkeypatch.setattr(live, "_silent_until", 0.0)
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        await cut(lambda: leave_room(room.round, ben, now=now), 4403)

    async def test_by_the_end_of_the_round(self, cut, speaking, at, join, room, ben):
        at("2022-05-27T10:29:59")
        await cut(lambda: None, 4410)

    async def test_by_the_end_brought_forward(self, cut, room, at):
        from portal.live.services import touch
        from portal.models import Session

        def bring_forward():
            Session.objects.filter(pk=room.round_id).update(ends=at("2022-05-27T10:00:01"))
            at("2022-05-27T10:00:01")
            touch(f"room.{room.pk}.voice")

        await cut(bring_forward, 4410)

    async def test_by_being_muted_only_the_sending_ends(self, janus, speaking, ben, ada, call, now):
        tab = await call(ben, speaking)
        await sync_to_async(switched_on)(speaking, now)
        await tab.send_json_to({"publish": OFFER})
        await tab.answer()
        with real_time(WITHIN):
            await sync_to_async(services.mute)(speaking, by=ada, now=now)
            await until_silent(janus, speaking)
        assert await people_there(janus, speaking) == ["Ben Placeholder"]


async def until_silent(janus: dict[str, str], caller: Caller) -> None:
    number = await sync_to_async(lambda: room_number(ticket_of(caller)))()
    async with asyncio.timeout(WITHIN):
        while any(
            person["publisher"]
            for person in (await ask_janus(janus, request="listparticipants", room=number))["participants"]
        ):
            await asyncio.sleep(0.05)


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_when_the_media_server_is_gone_the_page_is_told_in_words(speaking, ben, call, settings):
    settings.JANUS_URL = "ws://127.0.0.1:9"
    tab = await call(ben, speaking)
    assert "go on in writing" in (await tab.answer())["problem"]
    assert await tab.code() == 4502
    assert not current_hub().crowd.of(ben.user_id)
