"""Between browsers, by the real gateway: a signal reaches one person; who loses the right is let go in five seconds."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from breakouts.services import leave_room
from breakouts.voice.services import end_voice, send_signal
from networking.safety.services import suspend
from tests.portal.live.little import Tab, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
WITHIN = 5.0


@pytest.fixture(autouse=True)
def _own_redis_channel(settings):
    settings.LIVE_REDIS_CHANNEL = f"test.live.{secrets.token_hex(8)}"


@pytest.fixture
def two(room, plan, ben, sana, seat, join):
    """Both are in the voice of one room."""
    plan("peer")
    seat(room, ben, sana)
    return join(room, ben), join(room, sana)


@pytest_asyncio.fixture
async def open_tab(client_of) -> Callable:
    tabs = []

    async def open_one(person, *channels: str) -> Tab:
        tab = Tab(await sync_to_async(client_of)(person), "assembly-2022")
        tabs.append(tab)
        await tab.open()
        answers = await tab.listen(*channels)
        assert [answer["kind"] for answer in answers] == ["listening"] * len(channels)
        return tab

    yield open_one
    for tab in tabs:
        with contextlib.suppress(Exception):
            await tab.disconnect(timeout=5)


async def hears(tab: Tab, wanted: Callable[[dict], bool]) -> dict:
    async with asyncio.timeout(WITHIN):
        while not wanted(frame := await tab.hear()):
            pass
    return frame


async def test_a_signal_reaches_the_one_it_is_for(room, two, ben, sana, open_tab):
    one, other = two
    mine = await open_tab(ben, f"voice.{one.pk}")
    theirs = await open_tab(sana, f"voice.{other.pk}")
    await subscribed()
    await sync_to_async(send_signal)(one, other, "hello")
    frame = await hears(theirs, lambda frame: frame["kind"] == "signal")
    assert frame["body"] == {"by": one.pk, "entry": one.entry, "body": "hello"}
    assert await mine.receive_nothing(timeout=0.3)


async def test_a_signal_of_a_blocked_person_is_not_told(two, ben, sana, open_tab, now):
    from networking.safety.services import block

    one, other = two
    await sync_to_async(block)(sana, ben, now=now)
    theirs = await open_tab(sana, f"voice.{other.pk}")
    await subscribed()
    await sync_to_async(send_signal)(one, other, "hello")
    assert (await theirs.hear())["kind"] == "skipped"


async def test_nobody_listens_to_the_signals_of_another(two, sana, open_tab):
    tab = await open_tab(sana)
    assert (await tab.listen(f"voice.{two[0].pk}"))[0]["error"] == "forbidden"


@pytest.mark.parametrize("how", ["the seat", "the event", "everybody's voice"])
async def test_who_loses_the_right_is_told_and_the_others_let_go(room, two, ben, sana, ada, open_tab, now, how):
    one, _ = two
    acts = {
        "the seat": lambda: leave_room(room.round, ben, now=now),
        "the event": lambda: suspend(ben, by=ada, now=now),
        "everybody's voice": lambda: end_voice(room, by=ada, now=now),
    }
    gauge = f"room.{room.pk}.voice"
    mine = await open_tab(ben, f"voice.{one.pk}", gauge)
    theirs = await open_tab(sana, gauge)
    await subscribed()
    started = time.monotonic()
    await sync_to_async(acts[how])()
    left = await hears(
        theirs, lambda frame: frame["kind"] == "gauge" and one.pk not in [p["id"] for p in frame["state"]["people"]]
    )
    assert left["channel"] == gauge
    if how == "the seat":
        await hears(mine, lambda frame: frame.get("error") == "forbidden")
    elif how == "the event":
        assert await mine.hear_close() == 4403
    assert time.monotonic() - started < WITHIN
