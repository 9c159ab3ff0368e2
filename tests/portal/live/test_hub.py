"""Nothing is lost or doubled, Redis or no Redis; and what is revoked is closed."""

import asyncio
import json
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal import clock
from portal.live import registry, services, wire
from portal.live.feeds import LogFeed
from portal.live.hub import current_hub
from portal.live.models import Revocation
from portal.live.registry import Admission, Frame, find_channel
from portal.live.sockets import Packet, Socket
from tests.portal.live.little import Audience, Little, OpenTab, Tab, make_person, sign_in, subscribed
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


async def test_signing_out_closes_that_sessions_sockets_only(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    other_session = await sync_to_async(sign_in)(person)
    tab, other = await open_tab(client_of), await open_tab(other_session)
    await _sign_out(client_of)
    assert await tab.hear_close() == 4401
    assert (await other.listen("talk.1"))[0]["kind"] == "listening"


@pytest.mark.usefixtures("no_redis")
async def test_signing_out_reaches_the_socket_in_five_seconds_without_redis(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await _sign_out(client_of)
    assert await tab.hear_close(timeout=5) == 4401


async def test_a_frame_between_sign_out_and_close_is_refused(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await open_tab(client_of)
    monkeypatch.setattr(services, "_send", lambda payload: None)
    await _sign_out(client_of)
    await tab.send_json_to({"listen": ["talk.1"]})
    assert await tab.hear_close() == 4401


@pytest.mark.usefixtures("no_redis")
@pytest.mark.parametrize(
    ("event", "admission", "code"),
    [("", Admission("in"), 4401), ("assembly", Admission("forbidden"), 4403), ("assembly", Admission("closed"), 4410)],
)
async def test_a_suspension_reaches_the_socket_in_five_seconds_without_redis(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab, event: str, admission: Admission, code: int
) -> None:
    tab = await open_tab(client_of)
    little.admission = admission
    await sync_to_async(services.revoke)(person.pk, event=event, reason="suspended")
    assert await tab.hear_close(timeout=5) == code


@pytest.mark.usefixtures("no_redis")
async def test_the_windows_end_reaches_the_socket_in_five_seconds_without_redis(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    little.admission = Admission("in", until=clock.now() + timedelta(milliseconds=100))
    tab = await open_tab(client_of)
    little.admission = Admission("closed")
    assert await tab.hear_close(timeout=5) == 4410


async def test_ending_all_sessions_closes_all_sockets(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    stranger = await sync_to_async(make_person)("sam@example.org")
    theirs = await open_tab(await sync_to_async(sign_in)(stranger))
    tabs = [await open_tab(client_of) for _ in range(2)]
    await sync_to_async(services.revoke)(person.pk, reason="suspended")
    assert [await tab.hear_close() for tab in tabs] == [4401, 4401]
    assert (await theirs.listen("talk.1"))[0]["kind"] == "listening"


@pytest.mark.usefixtures("no_redis")
async def test_a_deleted_account_closes_its_sockets_and_no_others(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    stranger = await sync_to_async(make_person)("sam@example.org")
    theirs, tab = await open_tab(await sync_to_async(sign_in)(stranger)), await open_tab(client_of)
    await sync_to_async(services.revoke)(stranger.pk, event="assembly", reason="other rights")
    await sync_to_async(person.delete)()
    assert await tab.hear_close(timeout=5) == 4401
    assert (await theirs.listen("talk.1"))[0]["kind"] == "listening"


@pytest.mark.usefixtures("no_redis")
async def test_what_commits_late_with_an_earlier_number_than_many_others_is_applied(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    """On PostgreSQL a transaction takes its numbers before it commits, and a bulk may overtake it meanwhile."""
    await sync_to_async(services.revoke_all)([person.pk] * 151, event="assembly", reason="another window")
    number = (await Revocation.objects.values_list("pk", flat=True).order_by("pk").afirst()) or 0
    await Revocation.objects.filter(pk=number).adelete()
    tab = await open_tab(client_of)
    await Revocation.objects.acreate(pk=number, user_id=person.pk, reason="suspended")
    assert await tab.hear_close(timeout=5) == 4401


async def test_what_stood_when_the_first_socket_came_is_not_applied_again(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    old = [Revocation(user_id=person.pk, reason="long ago", at=clock.now() - timedelta(days=1)) for _ in range(200)]
    await Revocation.objects.abulk_create(old)
    await sync_to_async(services.revoke_all)([person.pk] * 150, event="assembly", reason="another window")
    tab = await open_tab(client_of)
    await sync_to_async(services.revoke)(person.pk, reason="suspended")
    assert await tab.hear_close(timeout=5) == 4401
    assert current_hub().revoked == 1


async def test_a_lost_right_drops_the_channel_and_keeps_the_socket(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    little.barred.add(person.pk)
    await sync_to_async(services.revoke)(person.pk, event="assembly", reason="left the room")
    assert await tab.hear() == {"channel": "talk.1", "error": "forbidden"}
    await sync_to_async(little.say)(1, "unheard")
    assert await tab.receive_nothing(timeout=0.5)


async def test_what_is_listened_to_while_rights_are_asked_anew_stays(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    other = await open_tab(await sync_to_async(sign_in)(await sync_to_async(make_person)("sam@example.org")))
    tab = await open_tab(client_of)
    await other.listen("talk.2")
    await tab.listen("talk.1")
    await subscribed()
    asked, joined = threading.Event(), threading.Event()

    def wait_in_the_round() -> None:
        if threading.current_thread().name.startswith("live-hub"):
            asked.set()
            joined.wait(5)

    little.while_asked = wait_in_the_round
    await sync_to_async(services.revoke)(person.pk, event="assembly", reason="blocked somebody")
    assert await asyncio.to_thread(asked.wait, 5)
    assert (await tab.listen("talk.2"))[0]["kind"] == "listening"
    joined.set()
    await sync_to_async(little.say)(2, "heard")
    assert (await tab.hear()).get("html") == "<p>heard</p>"


async def test_a_lost_event_closes_its_sockets(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    little.admission = Admission("forbidden")
    await sync_to_async(services.revoke)(person.pk, event="assembly", reason="suspended")
    assert await tab.hear_close() == 4403


async def test_an_event_that_ends_sooner_closes_what_was_let_in_until_later(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    stranger = await sync_to_async(make_person)("sam@example.org")
    little.admission = Admission("in", until=clock.now() + timedelta(days=1))
    tabs = [await open_tab(client) for client in (client_of, await sync_to_async(sign_in)(stranger))]
    little.admission = Admission("closed")
    await sync_to_async(services.revoke_all)([person.pk, stranger.pk], event="assembly", reason="another window")
    assert [await tab.hear_close() for tab in tabs] == [4410, 4410]


async def test_the_end_of_the_window_closes_the_socket_by_the_clock(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    little.admission = Admission("in", until=clock.now() + timedelta(seconds=1))
    tab = await open_tab(client_of)
    little.admission = Admission("closed")
    assert await tab.hear_close(timeout=5) == 4410


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


async def test_a_sign_out_during_the_handshake_is_not_missed(
    little: Little, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_out_at_the_door(*args: Any) -> Admission:
        client_of.logout()
        return Admission("in")

    monkeypatch.setattr(registry, "_doors", [sign_out_at_the_door])
    tab = Tab(client_of)
    accepted, code = await tab.connect(timeout=5)
    assert (await tab.hear_close() if accepted else code) == 4401


async def test_a_right_lost_while_it_is_asked_is_not_missed(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await subscribed()
    (socket,) = current_hub().crowd.of(person.pk)
    little.while_asked = lambda: _lose_right(little, person.pk, socket)
    assert await tab.listen("talk.1") == [{"channel": "talk.1", "error": "forbidden"}]


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


def _lose_right(little: Little, user_id: int, socket: Socket) -> None:
    """Loses the right after the rule has said yes, and waits until the hub has reviewed it."""
    little.while_asked = lambda: None
    little.barred.add(user_id)
    services.revoke(user_id, event="assembly", reason="left the room")
    deadline = time.monotonic() + 5
    while not socket.rights and time.monotonic() < deadline:
        time.sleep(0.01)


async def _sign_out(client: Client) -> None:
    await sync_to_async(client.logout)()
