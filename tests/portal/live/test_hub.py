"""Nothing is lost or doubled, Redis or no Redis, and who reads too slowly is let go."""

import asyncio
import json
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal.live import services, wire
from portal.live.feeds import LogFeed
from portal.live.hub import current_hub
from portal.live.registry import Admission, Frame, find_channel
from portal.live.sockets import Packet, Socket
from tests.portal.live.little import Audience, Little, OpenTab, subscribed
from tests.servers import free_tcp_port, running_valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_lost_hint_is_mended_from_the_rows_in_one_read(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tabs = [await open_tab(client_of) for _ in range(3)]
    for tab in tabs:
        await tab.listen("talk.1")
    await subscribed()
    await sync_to_async(little.say)(1, "lost", publish=False)
    await sync_to_async(little.say)(1, "arrives")
    for tab in tabs:
        assert [(await tab.hear())["html"] for _ in range(2)] == ["<p>lost</p>", "<p>arrives</p>"]
        assert await tab.receive_nothing(timeout=0.05)
    assert little.reads == [(1, 0)]


@pytest.mark.usefixtures("no_redis")
async def test_without_redis_a_thousand_listeners_make_one_read_of_the_rows(little: Little) -> None:
    channel = find_channel("talk.1")
    assert channel is not None
    async with Audience(*[channel] * 1000).listening() as audience:
        await sync_to_async(little.say_many)(1, 3)
        await audience.all_see("<p>2</p>", within=5)
    assert len(little.reads) <= 2
    assert set(audience.told.values()) == {3}


async def test_the_last_hint_lost_is_noticed_by_the_check(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await sync_to_async(little.say)(1, "lost", publish=False)
    assert (await tab.hear(timeout=4))["html"] == "<p>lost</p>"


async def test_frames_out_of_order_leave_in_order_and_once(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    hub = current_hub()
    for version in (3, 2, 2, 1, 3, 1):
        await hub._hear(wire.pack_frame("talk.1", Frame(version, "message", str(version))))
    assert [(await tab.hear())["version"] for _ in range(3)] == [1, 2, 3]
    assert await tab.receive_nothing(timeout=0.05)


async def test_a_row_stamped_twice_leaves_no_gap(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    for text in ("one", "two", "three"):
        await sync_to_async(little.say)(1, text, publish=False)
    del little.talks[1][0]
    heard = [await tab.hear() for _ in range(2)]
    assert [(f["after"], f["version"]) for f in heard] == [(0, 2), (2, 3)]


async def test_versions_with_nothing_to_show_are_skipped_aloud(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await sync_to_async(little.say)(1, "gone", publish=False)
    little.talks[1].clear()
    assert await tab.hear() == {"channel": "talk.1", "version": 1, "kind": "skipped", "after": 0}


async def test_a_long_gap_is_closed_in_several_reads(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await sync_to_async(little.say_many)(1, 450)
    assert [(await tab.hear())["version"] for _ in range(450)] == list(range(1, 451))


@pytest.mark.usefixtures("no_redis")
async def test_without_redis_everyone_still_hears_within_three_seconds(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1", "talk.1.tally")
    await sync_to_async(little.say)(1, "by the rows")
    await sync_to_async(little.count)(1, 5)
    heard = [await tab.hear(timeout=3) for _ in range(2)]
    assert {frame.get("html") or frame["state"]["html"] for frame in heard} == {
        "<p>by the rows</p>",
        "<b>5</b>",
    }


@pytest.mark.usefixtures("no_redis")
async def test_a_dead_redis_never_fails_the_writer(little: Little, transactional_db: None) -> None:
    started = time.monotonic()
    for _ in range(20):
        await sync_to_async(little.say)(1, "kept")
    assert len(little.talks[1]) == 20
    assert time.monotonic() - started < 5


async def test_a_round_that_fails_does_not_end_the_rounds(
    little: Little,
    person: Any,
    client_of: Client,
    open_tab: OpenTab,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tab = await open_tab(client_of)
    await subscribed()
    little.admission = None  # type: ignore[assignment]
    await sync_to_async(services.revoke)(person.pk, event="assembly", reason="breaks the review")
    async with asyncio.timeout(5):
        while "A live check failed" not in caplog.text:
            await asyncio.sleep(0.01)
    little.admission = Admission("closed")
    assert await tab.hear_close(timeout=5) == 4410


async def test_a_redis_that_comes_back_is_heard_again(
    little: Little, client_of: Client, open_tab: OpenTab, settings: Any
) -> None:
    port = free_tcp_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}"
    with running_valkey(port):
        tab = await open_tab(client_of)
        await tab.listen("talk.1")
        await subscribed()
    await sync_to_async(little.say)(1, "while it was down")
    assert (await tab.hear(timeout=4))["html"] == "<p>while it was down</p>"
    with running_valkey(port):
        await subscribed(within=15)
        while time.monotonic() < services._silent_until:
            await asyncio.sleep(0.05)
        started = time.monotonic()
        await sync_to_async(little.say)(1, "after")
        assert (await tab.hear())["html"] == "<p>after</p>"
        assert time.monotonic() - started < 1


async def test_what_comes_close_together_leaves_in_one_write_in_order(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    packets: list[list[str]] = []

    async def give(socket: Socket, packet: Packet) -> None:
        packets.append([json.loads(text)["html"] for text in packet.texts])

    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    monkeypatch.setattr(Socket, "give", give)
    for version in range(1, 6):
        await current_hub()._hear(wire.pack_frame("talk.1", Frame(version, "message", str(version))))
        await asyncio.sleep(0)
    async with asyncio.timeout(2):
        while sum(map(len, packets)) < 5:
            await asyncio.sleep(0.005)
    assert packets == [["1"], ["2", "3", "4", "5"]]


async def test_a_reader_two_hundred_events_behind_is_closed_and_catches_up_on_return(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await sync_to_async(little.say_many)(1, 201)
    assert [(await tab.hear(timeout=10))["version"] for _ in range(201)][-1] == 201
    await tab.send_json_to({"beat": {"talk.1": 1}})
    assert await tab.hear() == {"beat": {"talk.1": 201}}
    await tab.send_json_to({"beat": {"talk.1": 0}})
    assert await tab.hear() == {"beat": {"talk.1": 201}}
    assert await tab.hear_close() == 4408
    again = await open_tab(client_of)
    assert (await again.listen("talk.1"))[0]["version"] == 201
    await again.send_json_to({"beat": {"talk.1": 0}})
    assert await again.hear() == {"beat": {"talk.1": 201}}
    assert await again.receive_nothing(timeout=0.1)


@pytest.mark.parametrize(("seconds", "closes"), [(29, False), (30, True)])
async def test_a_reader_thirty_seconds_behind_is_closed(
    little: Little, client_of: Client, open_tab: OpenTab, seconds: float, closes: bool
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await subscribed()
    await sync_to_async(little.say)(1, "unread")
    assert (await tab.hear())["version"] == 1
    feed = current_hub().feeds["talk.1"]
    assert isinstance(feed, LogFeed)
    feed._past.clear()
    feed.note(asyncio.get_running_loop().time() - seconds)
    await tab.send_json_to({"beat": {"talk.1": 0}})
    assert await tab.hear() == {"beat": {"talk.1": 1}}
    assert await tab.hear_close() == 4408 if closes else await tab.receive_nothing(timeout=0.1)


async def test_three_who_read_nothing_hold_others_up_for_less_than_a_second(little: Little) -> None:
    """On a server whose own send waits for its readers."""
    channel = find_channel("talk.1")
    assert channel is not None
    shut: list[int] = []

    async def forever(_: object) -> None:
        await asyncio.sleep(60)

    async def shut_slowly(code: int) -> None:
        shut.append(code)
        await asyncio.sleep(60)

    async with Audience(*[channel] * 4).listening() as audience:
        await subscribed()
        for stalled in audience.sockets[:3]:
            stalled.write, stalled.shut = forever, shut_slowly
        started = time.monotonic()
        await sync_to_async(little.say)(1, "for who reads")
        async with asyncio.timeout(5):
            while audience.shown[3] != "<p>for who reads</p>":
                await asyncio.sleep(0.01)
        assert time.monotonic() - started < 1
        assert shut == [4408] * 3


async def test_who_says_nothing_for_a_minute_and_a_half_is_closed(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    silent, speaking = await open_tab(client_of), await open_tab(client_of)
    await speaking.listen("talk.1")
    for socket in current_hub().crowd:
        if not socket.channels:
            socket.heard_at -= 91
    assert await silent.hear_close() == 4408
    assert await speaking.receive_nothing(timeout=0.1)


@pytest.mark.slow
async def test_a_socket_idle_for_twelve_seconds_still_hears(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await subscribed()
    assert await tab.receive_nothing(timeout=12)
    started = time.monotonic()
    await sync_to_async(little.say)(1, "still here")
    assert (await tab.hear())["html"] == "<p>still here</p>"
    assert time.monotonic() - started < 1
