"""Whom the gateway lets in, what it lets them hear, and how it answers nonsense."""

import asyncio
import json
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal.live.hub import current_hub
from portal.live.registry import Admission
from tests.portal.live.little import Little, OpenTab, Tab, make_person, sign_in, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_listener_is_told_the_version_and_then_hears(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    await sync_to_async(little.say)(12, "before")
    tab = await open_tab(client_of)
    assert await tab.listen("talk.12") == [{"channel": "talk.12", "version": 1, "kind": "listening"}]
    await subscribed()
    await sync_to_async(little.say)(12, "hello")
    assert await tab.hear() == {
        "channel": "talk.12",
        "version": 2,
        "kind": "message",
        "html": "<p>hello</p>",
        "body": {"by": 1},
    }


async def test_a_gauge_answers_with_its_state_and_then_tells_changes(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    (answer,) = await tab.listen("talk.12.tally")
    assert answer == {
        "channel": "talk.12.tally",
        "version": 0,
        "kind": "listening",
        "state": {"html": "<b>0</b>"},
    }
    await subscribed()
    await sync_to_async(little.count)(12, 7)
    assert await tab.hear() == {
        "channel": "talk.12.tally",
        "kind": "gauge",
        "state": {"html": "<b>7</b>"},
    }


async def test_a_burst_of_touches_reads_a_gauge_at_most_once_a_second(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.12.tally")
    await subscribed()
    before = little.state_reads
    for number in range(1, 51):
        await sync_to_async(little.count)(12, number)
    heard = await tab.hear()
    while heard["state"]["html"] != "<b>50</b>":
        heard = await tab.hear()
    assert little.state_reads - before <= 3


async def test_a_stranger_is_refused_before_the_socket_opens(little: Little, transactional_db: None) -> None:
    assert await Tab(None).connect(timeout=5) == (False, 4401)


@pytest.mark.parametrize(("kind", "code"), [("forbidden", 4403), ("closed", 4410)])
async def test_the_door_says_why_it_is_shut(
    little: Little, client_of: Client, open_tab: OpenTab, kind: Any, code: int
) -> None:
    little.admission = Admission(kind)
    tab = await open_tab(client_of)
    assert await tab.hear_close() == code
    assert not current_hub().crowd


@pytest.mark.parametrize(("kind", "code"), [("forbidden", 4403), ("closed", 4410)])
async def test_whom_the_door_refuses_meanwhile_listens_to_nothing_more(
    little: Little, client_of: Client, open_tab: OpenTab, kind: Any, code: int
) -> None:
    tab = await open_tab(client_of)
    little.admission = Admission(kind)
    await tab.send_json_to({"listen": ["talk.1"]})
    assert await tab.hear_close() == code


async def test_another_events_socket_is_refused(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of, "elsewhere")
    assert await tab.hear_close() == 4403


async def test_the_ninth_tab_is_refused_and_the_eight_work(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tabs = [await open_tab(client_of) for _ in range(8)]
    ninth = await open_tab(client_of)
    assert await ninth.hear_close() == 4429
    for tab in tabs:
        assert (await tab.listen("talk.1"))[0]["kind"] == "listening"


async def test_without_right_or_kind_the_socket_stays_and_hears_nothing(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    assert await tab.listen("talk.100", "nothing.1", "talk.12") == [
        {"channel": "nothing.1", "error": "unknown"},
        {"channel": "talk.100", "error": "forbidden"},
        {"channel": "talk.12", "version": 0, "kind": "listening"},
    ]
    await subscribed()
    await sync_to_async(little.say)(100, "secret")
    await sync_to_async(little.say)(12, "open")
    assert (await tab.hear())["html"] == "<p>open</p>"


async def test_a_rule_that_breaks_says_no(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    little.barred = None  # type: ignore[assignment]
    assert await tab.listen("talk.1") == [{"channel": "talk.1", "error": "forbidden"}]


async def test_who_unlistens_hears_no_more(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1", "talk.2")
    await subscribed()
    await tab.send_json_to({"unlisten": ["talk.1"]})
    await tab.send_json_to({"beat": {}})
    assert await tab.hear() == {"beat": {}}
    await sync_to_async(little.say)(1, "unheard")
    await sync_to_async(little.say)(2, "heard")
    assert (await tab.hear())["html"] == "<p>heard</p>"


async def test_a_beat_is_answered_with_versions_of_what_is_listened_to(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    await sync_to_async(little.say)(2, "not theirs to know")
    await sync_to_async(little.say)(1, "one")
    tab = await open_tab(client_of)
    await tab.listen("talk.1", "talk.1.tally")
    await tab.send_json_to({"beat": {"talk.1": 0, "talk.2": 0, "talk.1.tally": 0}})
    assert await tab.hear() == {"beat": {"talk.1": 1}}


NONSENSE = [
    "not json",
    "[]",
    "7",
    "{}",
    "null",
    '"listen"',
    "[" * 5000,
    '{"a":' * 1000 + "1" + "}" * 1000,
    '{"beat": {"talk.1": NaN}}',
    '{"beat": {"talk.1": 1e999}}',
    '{"beat": {"talk.1": true}}',
    '{"beat": {"talk.1": -1}}',
    '{"beat": 7}',
    '{"listen": "talk.1"}',
    '{"listen": [7]}',
    '{"listen": [["talk.1"]]}',
    json.dumps({"listen": [f"talk.{n}" for n in range(1, 52)]}),
    '{"message.delete": 4}',
    '{"listen": ["talk.1"], "message.delete": 4}',
    "9" * 5000,
]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:24])
async def test_a_bad_frame_is_answered_and_the_socket_stays(
    little: Little, client_of: Client, open_tab: OpenTab, text: str
) -> None:
    tab = await open_tab(client_of)
    await tab.send_to(text)
    assert await tab.hear() == {"error": "bad_frame"}
    assert (await tab.listen("talk.1"))[0]["kind"] == "listening"


@pytest.mark.parametrize("name", ["talk", "talk.0", "talk.01", "talk.x", "talk.1.", "talk.١", "", "\ud800", "a" * 100])
async def test_a_malformed_name_is_unknown(little: Little, client_of: Client, open_tab: OpenTab, name: str) -> None:
    tab = await open_tab(client_of)
    assert await tab.listen(name) == [{"channel": name, "error": "unknown"}]


async def test_the_third_bad_frame_closes(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.send_to(bytes_data=b"\x00")
    for text in ("[]", "7"):
        assert await tab.hear() == {"error": "bad_frame"}
        await tab.send_to(text)
    assert await tab.hear() == {"error": "bad_frame"}
    assert await tab.hear_close() == 4400


async def test_over_eight_kibibytes_is_too_long(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    frame = '{"listen": ["talk.1"]}'
    await tab.send_to(frame.ljust(8 * 1024))
    assert (await tab.hear())["kind"] == "listening"
    await tab.send_to(frame.ljust(8 * 1024 + 1))
    assert await tab.hear() == {"error": "too_long"}


async def test_a_flood_is_slowed_and_then_closed(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    for _ in range(200):
        await tab.send_json_to({"beat": {}})
    # Opening the socket took the first of the forty.
    answers = [await tab.hear() for _ in range(40)]
    assert answers[:39] == [{"beat": {}}] * 39
    output = await tab.receive_output(timeout=5)
    slow = 0
    while output["type"] == "websocket.send":
        slow += json.loads(output["text"]) == {"error": "slow_down", "seconds": 1}
        output = await tab.receive_output(timeout=5)
    assert slow > 50
    assert output["code"] == 4429


async def test_a_flood_in_one_tab_leaves_others_as_quick(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    other = await open_tab(await sync_to_async(_another_client)())
    await other.listen("talk.1")
    await subscribed()
    flooding = await open_tab(client_of)
    for _ in range(200):
        await flooding.send_json_to({"beat": {}})
    started = time.monotonic()
    await sync_to_async(little.say)(1, "calm")
    assert (await other.hear())["html"] == "<p>calm</p>"
    assert time.monotonic() - started < 1


async def test_opening_and_closing_without_end_is_refused_too(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.live.gateway._now", lambda: 0.0)
    codes = []
    for _ in range(50):
        tab = await open_tab(client_of)
        output = await tab.receive_output(timeout=5) if not current_hub().crowd else None
        codes.append(output["code"] if output else None)
        await tab.disconnect(timeout=5)
    assert codes == [None] * 40 + [4429] * 10


async def test_of_thirty_sockets_the_first_eight_work(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tabs = [await open_tab(client_of) for _ in range(30)]
    assert [await tab.hear_close() for tab in tabs[8:]] == [4429] * 22
    for tab in tabs[:8]:
        assert (await tab.listen("talk.1"))[0]["kind"] == "listening"
    assert len(current_hub().crowd.of(current_hub().feeds["talk.1"].sockets.popitem()[0].holder.user_id)) == 8


async def test_fifty_channels_a_socket_and_no_more(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen(*[f"talk.{n}" for n in range(1, 51)])
    assert await tab.listen("talk.51") == [{"channel": "talk.51", "error": "too_many"}]


async def test_a_socket_that_goes_leaves_nothing_behind(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1", "talk.1.tally")
    hub = current_hub()
    await tab.disconnect(timeout=5)
    assert not hub.crowd
    assert not hub.feeds
    await asyncio.gather(*hub._tasks, return_exceptions=True)
    assert not hub._tasks


async def test_a_server_that_stops_tells_its_sockets_so(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    tab.future.cancel()
    assert await tab.hear_close() == 4503


async def test_who_is_connected_is_witnessed(little: Little, person: Any, client_of: Client, open_tab: OpenTab) -> None:
    await open_tab(client_of)
    async with asyncio.timeout(5):
        while not little.seen:
            await asyncio.sleep(0.05)
    assert little.seen[0] == ("assembly", {person.pk: True})


async def test_who_looks_away_is_told_of_and_one_tab_that_is_looked_at_is_enough(
    little: Little, person: Any, client_of: Client, open_tab: OpenTab
) -> None:
    tab, other = await open_tab(client_of), await open_tab(client_of)

    async def until(awake: bool) -> None:
        async with asyncio.timeout(30):
            while not little.seen or little.seen[-1] != ("assembly", {person.pk: awake}):
                await asyncio.sleep(0.05)

    await tab.send_json_to({"away": True})
    await other.send_json_to({"away": True})
    await until(False)
    await other.send_json_to({"away": False})
    await until(True)


@pytest.mark.parametrize("away", [1, "yes", None, []])
async def test_away_is_yes_or_no(little: Little, client_of: Client, open_tab: OpenTab, away: object) -> None:
    tab = await open_tab(client_of)
    await tab.send_json_to({"away": away})
    assert (await tab.hear())["error"] == "bad_frame"


def _another_client() -> Client:
    return sign_in(make_person("sam@example.org"))
