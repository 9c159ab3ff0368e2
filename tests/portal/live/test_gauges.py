"""Tallies are told as whole states, the more seldom the more people listen."""

import asyncio
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from portal.live.feeds import GaugeFeed
from portal.live.hub import current_hub
from portal.live.registry import Channel, find_channel
from tests.portal.live.little import Audience, Little, subscribed
from tests.servers import free_tcp_port, running_valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


def channel_named(name: str) -> Channel:
    channel = find_channel(name)
    assert channel is not None
    return channel


def tally() -> Channel:
    return channel_named("talk.1.tally")


def desks(number: int) -> list[Channel]:
    """A gauge each, as everybody has one of what waits for them."""
    return [channel_named(f"desk.{pk}") for pk in range(1, number + 1)]


async def test_the_first_change_is_told_at_once_however_many_listen(little: Little) -> None:
    async with Audience(*[tally()] * 400).listening() as audience:
        await subscribed()
        feed = current_hub().feeds["talk.1.tally"]
        assert isinstance(feed, GaugeFeed)
        await sync_to_async(little.count)(1, 1)
        await audience.all_see("<b>1</b>", within=3)


async def test_who_joins_between_two_tellings_sees_what_is_true_and_the_rest_follow(little: Little) -> None:
    async with Audience(*[tally()] * 150).listening() as audience:
        await subscribed()
        for votes in (1, 2):
            await sync_to_async(little.count)(1, votes)
            feed = current_hub().feeds["talk.1.tally"]
            assert isinstance(feed, GaugeFeed)
            if votes == 1:
                await audience.all_see("<b>1</b>", within=3)
        feed.read_at = 0.0
        late = Audience(tally())
        async with late.listening():
            assert late.shown == {0: "<b>2</b>"}
            await audience.all_see("<b>2</b>", within=5)


@pytest.mark.parametrize(("size", "seconds"), [(1, 1.0), (50, 1.0), (270, 5.4), (1000, 10.0)])
async def test_the_pace_follows_the_size_of_the_audience(little: Little, size: int, seconds: float) -> None:
    feed = GaugeFeed(tally())
    feed.sockets = dict.fromkeys(Audience(*[tally()] * size).sockets, 0)
    feed.take({"html": "1"}, 100.0)
    feed.send(100.0)
    assert feed.seconds_to_send(100.0) == pytest.approx(seconds)
    assert feed.seconds_to_read(100.0) == 1.0


async def test_what_jumps_about_is_told_every_five_seconds_to_few_and_seldomer_to_many(little: Little) -> None:
    channel = tally()
    channel = replace(channel, kind=replace(channel.kind, at_most_every=5.0))
    for size, seconds in ((1, 5.0), (1000, 10.0)):
        feed = GaugeFeed(channel)
        feed.sockets = dict.fromkeys(Audience(*[channel] * size).sockets, 0)
        feed.take({"html": "1"}, 100.0)
        feed.send(100.0)
        assert feed.seconds_to_send(100.0) == pytest.approx(seconds)


@pytest.mark.parametrize("size", [1, 1000])
async def test_what_is_urgent_is_told_every_second_however_many_listen(little: Little, size: int) -> None:
    channel = tally()
    feed = GaugeFeed(replace(channel, kind=replace(channel.kind, is_urgent=True)))
    feed.sockets = dict.fromkeys(Audience(*[channel] * size).sockets, 0)
    feed.take({"html": "1"}, 100.0)
    feed.send(100.0)
    assert feed.seconds_to_send(100.0) == pytest.approx(1.0)


async def test_the_last_of_a_rush_of_urgent_changes_reaches_a_thousand_within_two_seconds(little: Little) -> None:
    channel = tally()
    urgent = replace(channel, kind=replace(channel.kind, is_urgent=True))
    async with Audience(*[urgent] * 1000).listening() as audience:
        await subscribed()
        for vote in range(1, 40):
            await sync_to_async(little.count)(1, vote)
        await audience.all_see("<b>39</b>", within=2)


async def test_a_thousand_who_come_at_once_with_a_gauge_each_cost_a_few_readings(little: Little) -> None:
    async with Audience(*desks(1000)).listening() as audience:
        assert set(audience.shown.values()) == {"<b>0</b>"}
        assert len(little.together) <= 3
        assert set.union(*little.together) == set(range(1, 1001))


async def test_a_reading_that_runs_does_not_answer_for_what_changed_since(little: Little) -> None:
    """The second asks while the first is being read, and is read after it."""
    started, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        assert go_on.wait(5)

    async with Audience(*desks(2)).listening() as audience:
        await subscribed()
        little.while_read = wait
        await sync_to_async(little.sit)(1, 7)
        await sync_to_async(started.wait)(5)
        await sync_to_async(little.sit)(2, 7)
        go_on.set()
        await audience.all_see("<b>7</b>", within=3)


async def test_a_lost_redis_costs_a_thousand_with_a_gauge_each_a_few_readings(little: Little, settings: Any) -> None:
    port = free_tcp_port()
    settings.REDIS_URL = f"redis://127.0.0.1:{port}"
    log = channel_named("talk.1")
    with ExitStack() as valkey:
        valkey.enter_context(running_valkey(port))
        async with Audience(*desks(1000)).listening() as audience, Audience(*[log] * 1000).listening() as readers:
            await subscribed()
            little.together.clear()
            await sync_to_async(valkey.close)()
            for pk in range(1, 1001):
                little.tally[pk] = 1
            await sync_to_async(little.say)(1, "while it is away")
            await readers.all_see("<p>while it is away</p>", within=5)
            await audience.all_see("<b>1</b>", within=5)
    assert len(little.reads) == 1
    assert len(little.together) <= 6
    assert set(readers.told.values()) == {1}


async def test_a_gap_is_closed_while_a_gauge_is_being_read(little: Little) -> None:
    go_on = threading.Event()
    async with Audience(*desks(1)).listening(), Audience(channel_named("talk.1")).listening() as readers:
        await subscribed()
        little.while_read = partial(_hold, go_on)
        await sync_to_async(little.sit)(1, 1)
        started = time.monotonic()
        await sync_to_async(little.say)(1, "lost", publish=False)
        await readers.all_see("<p>lost</p>", within=5)
        go_on.set()
    assert time.monotonic() - started < 4


async def test_a_reading_that_fails_is_tried_again(little: Little, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("the database is away")

    async with Audience(*desks(2)).listening() as audience:
        await subscribed()
        little.while_read = fail
        await sync_to_async(little.sit)(1, 3)
        await sync_to_async(little.sit)(2, 3)
        async with asyncio.timeout(5):
            while not all(f"Reading desk.{pk} failed" in caplog.text for pk in (1, 2)):
                await asyncio.sleep(0.01)
        little.while_read = lambda: None
        current_hub().refresh_gauges()
        await audience.all_see("<b>3</b>", within=5)


def _hold(until: threading.Event) -> None:
    assert until.wait(10)
