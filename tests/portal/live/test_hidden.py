"""Words that somebody must not see are not sent to them, and their log goes on."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal.live import registry, services, wire
from portal.live.access import Holder
from portal.live.feeds import LogFeed
from portal.live.hub import current_hub
from portal.live.registry import Frame
from portal.live.sockets import Socket
from tests.portal.live.little import Little, OpenTab, make_person, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def hear(version: int, by: int) -> None:
    frame = Frame(version, "message", f"<p>{version}</p>", by=by)
    await current_hub()._hear(wire.pack_frame("talk.1", frame))


async def test_who_hides_somebody_is_told_only_that_a_version_passed(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await sync_to_async(make_person)("quinn@example.org")
    monkeypatch.setattr(registry, "_hidden", [lambda user_id, event: frozenset({7} if user_id == other.pk else ())])
    tab, deaf = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    for each in (tab, deaf):
        await each.listen("talk.1")
    for version, by in ((1, 7), (2, 8), (3, 7)):
        await hear(version, by)
    assert [(await tab.hear())["kind"] for _ in range(3)] == ["message"] * 3
    heard = [await deaf.hear() for _ in range(3)]
    assert [(frame["kind"], frame["version"]) for frame in heard] == [("skipped", 1), ("message", 2), ("skipped", 3)]
    assert heard[2]["after"] == 2
    assert "html" not in heard[0]


async def test_what_is_hidden_changes_with_rights_on_an_open_socket(
    little: Little, client_of: Client, open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden: set[int] = set()
    monkeypatch.setattr(registry, "_hidden", [lambda user_id, event: frozenset(hidden)])
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    await hear(1, 7)
    assert (await tab.hear())["kind"] == "message"
    hidden.add(7)
    socket = next(iter(current_hub().crowd))
    await sync_to_async(services.revoke)(socket.holder.user_id, event="assembly", reason="blocked somebody")
    await current_hub()._rounds._apply_revocations()
    await hear(2, 7)
    assert (await tab.hear())["kind"] == "skipped"


async def test_who_came_later_is_told_of_earlier_rows_only_that_a_version_passed(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    other = await sync_to_async(make_person)("quinn@example.org")
    little.starts[other.pk] = 20
    tab, late = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    for each in (tab, late):
        await each.listen("talk.1")
    for version, row in ((1, 19), (2, 20), (3, 0)):
        frame = Frame(version, "message", f"<p>{version}</p>", row=row)
        await current_hub()._hear(wire.pack_frame("talk.1", frame))
    assert [(await tab.hear())["kind"] for _ in range(3)] == ["message"] * 3
    assert [(await late.hear())["kind"] for _ in range(3)] == ["skipped", "message", "message"]


async def test_where_somebody_hears_from_changes_with_rights_on_an_open_socket(
    little: Little, client_of: Client, open_tab: OpenTab
) -> None:
    tab = await open_tab(client_of)
    await tab.listen("talk.1")
    user_id = next(iter(current_hub().crowd)).holder.user_id
    for version, (start, kind) in enumerate([(5, "skipped"), (4, "message")], 1):
        little.starts[user_id] = start
        await sync_to_async(services.revoke)(user_id, event="assembly", reason="came back")
        await current_hub()._rounds._apply_revocations()
        await current_hub()._hear(wire.pack_frame("talk.1", Frame(version, "message", row=4)))
        assert (await tab.hear())["kind"] == kind


async def test_what_the_rows_say_to_who_comes_back_begins_where_they_hear_from() -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(2)
    feed.remember([Frame(1, "message", "<p>earlier</p>", row=1), Frame(2, "message", row=2)], 0, 2, now=0.0)
    feed.mend([Frame(3, "message", row=1)], upto=3)
    socket = reader()
    feed.starts[socket] = 2
    assert [json.loads(text)["kind"] for text in feed.recall(socket, 0)] == ["skipped", "message"]
    assert json.loads(feed._told(feed.ready[0], socket))["kind"] == "skipped"


async def test_frames_read_back_from_rows_keep_whose_they_are() -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(3)
    feed.mend([Frame(5, "message", by=7), Frame(6, "message")], upto=7)
    assert [(ready.place, ready.by, ready.after) for ready in feed.ready] == [(5, 7, 3), (6, 0, 5), (7, 0, 6)]


async def test_what_the_rows_say_to_who_comes_back_leaves_hidden_words_out() -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(2)
    feed.remember([Frame(1, "message", "<p>hidden</p>", by=7), Frame(2, "message", by=8)], 0, 2, now=0.0)
    holder = Holder(1, "", "assembly")
    socket = Socket(holder, write=None, shut=None, heard_at=0, unheard=frozenset({7}))  # type: ignore[arg-type]
    told = [json.loads(text) for text in feed.recall(socket, 0)]
    assert [(frame["kind"], frame["version"]) for frame in told] == [("skipped", 1), ("message", 2)]
    assert "hidden" not in feed.recall(socket, 0)[0]


def reader() -> Socket:
    return Socket(Holder(1, "", "assembly"), write=None, shut=None, heard_at=0)  # type: ignore[arg-type]


def said(version: int, row: int, html: str = "") -> Frame:
    return Frame(version, "message", html, {"id": row})


async def test_newer_rows_are_added_to_what_is_remembered_and_take_the_place_of_what_they_changed() -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(3)
    feed.remember([said(1, 1, "taken away"), said(2, 2), said(3, 3)], 0, 3, now=100.0)
    assert (feed.recalls(0), feed.unread_since(0, 101.0)) == (True, 3)
    feed.offer(4, "newer")
    assert (feed.recalls(0), feed.unread_since(0, 101.0)) == (False, 3)
    feed.remember([said(4, 1, "what is left")], 3, 4, now=101.0)
    assert feed.recalls(0)
    told = [json.loads(text) for text in feed.recall(reader(), 0)]
    assert [(frame["version"], frame["after"]) for frame in told] == [(2, 0), (3, 2), (4, 3)]
    assert not any("taken away" in text for text in feed.recall(reader(), 0))
    assert [json.loads(text)["version"] for text in feed.recall(reader(), 2)] == [3, 4]


@pytest.mark.parametrize(("has", "now", "since"), [(0, 129.0, 3), (0, 130.0, 0), (4, 101.0, 4), (1, 101.0, 3)])
async def test_all_rows_are_read_again_after_half_a_minute(has: int, now: float, since: int) -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(9)
    feed.remember([said(1, 1), said(2, 2), said(3, 3)], 0, 3, now=100.0)
    assert feed.unread_since(has, now) == since


async def test_frames_that_name_no_row_are_read_anew() -> None:
    feed = LogFeed(registry.Channel("talk.1", None, 1))  # type: ignore[arg-type]
    feed.start_at(9)
    feed.remember([Frame(1, "signal"), Frame(2, "signal")], 0, 2, now=100.0)
    assert feed.unread_since(0, 101.0) == 0
