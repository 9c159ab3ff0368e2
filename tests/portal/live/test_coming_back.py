"""Who comes back says what they have, and is told the rest by one read for all."""

import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import Client

from portal.live import reads
from tests.portal.live.little import Little, OpenTab, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_who_says_at_listening_what_it_has_is_told_the_rest(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    await sync_to_async(little.say_many)(1, 5)
    for has in (2, 0, 3):
        tab = await open_tab(client_of)
        await tab.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": has}})
        assert (await tab.hear())["version"] == 5
        heard = [await tab.hear() for _ in range(5 - has)]
        assert [frame["version"] for frame in heard] == list(range(has + 1, 6))
        assert await tab.hear() == {"beat": {"talk.1": 5}}
        assert await tab.receive_nothing(timeout=0.05)
    assert little.reads == [(1, 2), (1, 0)]


async def test_who_comes_back_has_the_words_while_tallies_are_still_being_read(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    go_on = threading.Event()
    little.while_read = lambda: go_on.wait(10)
    await sync_to_async(little.say_many)(1, 2)
    tab = await open_tab(client_of)
    await tab.send_json_to({"listen": ["desk.1", "talk.1"], "beat": {"talk.1": 0}})
    assert [(await tab.hear())["kind"] for _ in range(3)] == ["listening", "message", "message"]
    assert await tab.receive_nothing(timeout=0.05)
    go_on.set()
    assert (await tab.hear())["channel"] == "desk.1"


async def test_what_was_missed_is_told_though_the_database_was_away_for_a_moment(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that fetch for themselves cost a rendering each."""
    await sync_to_async(little.say_many)(1, 2)
    answers = iter([OperationalError("away")])

    def frames_since(*args: Any) -> Any:
        for error in answers:
            raise error
        return reads_frames_since(*args)

    reads_frames_since = reads.frames_since
    monkeypatch.setattr(reads, "frames_since", frames_since)
    tab = await open_tab(client_of)
    await tab.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": 0}})
    assert [(await tab.hear())["kind"] for _ in range(3)] == ["listening", "message", "message"]


async def test_what_is_told_again_leaves_no_hole_where_a_row_was_stamped_twice(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    await sync_to_async(little.say_many)(1, 4)
    del little.talks[1][3], little.talks[1][1]
    first = await open_tab(client_of)
    await first.listen("talk.1")
    await subscribed()
    await sync_to_async(little.say)(1, "five")
    assert (await first.hear())["version"] == 5
    tab = await open_tab(client_of)
    await tab.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": 0}})
    told = [await tab.hear() for _ in range(5)][1:4]
    assert [(f["version"], f.get("after", f["version"] - 1), f["kind"]) for f in told] == [
        (1, 0, "message"),
        (3, 1, "message"),
        (5, 3, "message"),
    ]


async def test_what_was_taken_away_is_not_told_again(little: Little, client_of: Client, open_tab: OpenTab) -> None:
    await sync_to_async(little.say_many)(1, 3)
    early = await open_tab(client_of)
    await early.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": 0}})
    assert [(await early.hear()).get("html") for _ in range(5)][1:4] == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]
    await subscribed()
    del little.talks[1][1]
    await sync_to_async(little.say)(1, "removed")
    assert (await early.hear())["html"] == "<p>removed</p>"
    late = await open_tab(client_of)
    await late.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": 0}})
    assert [(await late.hear()).get("html") for _ in range(5)][1:4] == ["<p>0</p>", "<p>2</p>", "<p>removed</p>"]


async def test_more_than_five_hundred_missed_are_left_to_be_fetched(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    await sync_to_async(little.say_many)(1, 501)
    tab = await open_tab(client_of)
    await tab.send_json_to({"listen": ["talk.1"], "beat": {"talk.1": 0}})
    assert [(await tab.hear()).get("version") for _ in range(2)] == [501, None]
    assert await tab.receive_nothing(timeout=0.05)
    assert little.reads == []
