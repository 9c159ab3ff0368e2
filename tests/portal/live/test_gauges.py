"""Tallies are told as whole states, the more seldom the more people listen."""

from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async

from portal.live.feeds import GaugeFeed
from portal.live.hub import current_hub
from portal.live.registry import Channel, find_channel
from tests.portal.live.little import Audience, Little, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


def tally() -> Channel:
    channel = find_channel("talk.1.tally")
    assert channel is not None
    return channel


async def test_the_first_change_is_told_at_once_however_many_listen(little: Little) -> None:
    async with Audience(tally(), 400).listening() as audience:
        await subscribed()
        feed = current_hub().feeds["talk.1.tally"]
        assert isinstance(feed, GaugeFeed)
        await sync_to_async(little.count)(1, 1)
        await audience.all_see("<b>1</b>", within=3)


async def test_who_joins_between_two_tellings_sees_what_is_true_and_the_rest_follow(little: Little) -> None:
    async with Audience(tally(), 150).listening() as audience:
        await subscribed()
        for votes in (1, 2):
            await sync_to_async(little.count)(1, votes)
            feed = current_hub().feeds["talk.1.tally"]
            assert isinstance(feed, GaugeFeed)
            if votes == 1:
                await audience.all_see("<b>1</b>", within=3)
        feed.read_at = 0.0
        late = Audience(tally(), 1)
        async with late.listening():
            assert late.shown == {0: "<b>2</b>"}
            await audience.all_see("<b>2</b>", within=5)


@pytest.mark.parametrize(("size", "seconds"), [(1, 1.0), (50, 1.0), (270, 5.4), (1000, 10.0)])
async def test_the_pace_follows_the_size_of_the_audience(little: Little, size: int, seconds: float) -> None:
    feed = GaugeFeed(tally())
    feed.sockets = dict.fromkeys(Audience(tally(), size).sockets, 0)
    feed.take({"html": "1"}, 100.0)
    feed.send(100.0)
    assert feed.seconds_to_send(100.0) == pytest.approx(seconds)
    assert feed.seconds_to_read(100.0) == 1.0


@pytest.mark.parametrize("size", [1, 1000])
async def test_what_is_urgent_is_told_every_second_however_many_listen(little: Little, size: int) -> None:
    channel = tally()
    feed = GaugeFeed(replace(channel, kind=replace(channel.kind, is_urgent=True)))
    feed.sockets = dict.fromkeys(Audience(channel, size).sockets, 0)
    feed.take({"html": "1"}, 100.0)
    feed.send(100.0)
    assert feed.seconds_to_send(100.0) == pytest.approx(1.0)


async def test_the_last_of_a_rush_of_urgent_changes_reaches_a_thousand_within_two_seconds(little: Little) -> None:
    channel = tally()
    urgent = replace(channel, kind=replace(channel.kind, is_urgent=True))
    async with Audience(urgent, 1000).listening() as audience:
        await subscribed()
        for vote in range(1, 40):
            await sync_to_async(little.count)(1, vote)
        await audience.all_see("<b>39</b>", within=2)
