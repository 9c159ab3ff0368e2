"""Typing is passed on to who listens, and is no event: nothing is stored, numbered or repeated."""

from dataclasses import replace
from datetime import datetime

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal.live import hub, registry
from portal.live.wire import writer_key
from tests.portal.live.little import Little, OpenTab, make_person, sign_in, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture
def other(transactional_db: None):
    return make_person("quinn@example.org")


async def test_who_types_is_told_to_others_and_not_to_themselves(
    little: Little, client_of: Client, open_tab: OpenTab, other, person
) -> None:
    mine, theirs = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    for tab in (mine, theirs):
        await tab.listen("talk.1")
    await subscribed()
    for _ in range(3):
        await mine.send_json_to({"typing": "talk.1"})
    assert await theirs.hear() == {"channel": "talk.1", "kind": "typing", "by": writer_key("talk.1", person.pk)}
    assert await theirs.receive_nothing(timeout=0.1)
    assert await mine.receive_nothing(timeout=0.1)


async def test_nobody_types_where_they_do_not_listen(
    little: Little, client_of: Client, open_tab: OpenTab, other
) -> None:
    mine, theirs = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    await theirs.listen("talk.1")
    await subscribed()
    await mine.send_json_to({"typing": "talk.1"})
    await mine.send_json_to({"beat": {}})
    assert await mine.hear() == {"beat": {}}
    assert await theirs.receive_nothing(timeout=0.2)


async def test_typing_of_the_hidden_and_in_a_crowd_is_not_told(
    little: Little, client_of: Client, open_tab: OpenTab, other, person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_hidden", [lambda user_id, event: frozenset({person.pk})])
    mine, theirs = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    for tab in (mine, theirs):
        await tab.listen("talk.1")
    await subscribed()
    await mine.send_json_to({"typing": "talk.1"})
    assert await theirs.receive_nothing(timeout=0.3)
    monkeypatch.setattr(registry, "_hidden", [])
    monkeypatch.setattr(hub, "MOST_TOLD_OF_TYPING", 1)
    late = await open_tab(await sync_to_async(sign_in)(other))
    await late.listen("talk.1")
    await theirs.send_json_to({"typing": "talk.1"})
    assert await mine.receive_nothing(timeout=0.3)


async def test_typing_of_who_may_not_is_not_told(
    little: Little, client_of: Client, open_tab: OpenTab, other, person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_type(user_id: int, pk: int, now: datetime) -> bool:
        return pk == 1 and user_id != person.pk

    kind = replace(registry._kinds["talk"], may_type=may_type)
    monkeypatch.setitem(registry._kinds, "talk", kind)
    mine, theirs = await open_tab(client_of), await open_tab(await sync_to_async(sign_in)(other))
    for tab in (mine, theirs):
        await tab.listen("talk.1")
    await subscribed()
    await mine.send_json_to({"typing": "talk.1"})
    await theirs.send_json_to({"typing": "talk.1"})
    assert (await mine.hear())["kind"] == "typing"
    assert await theirs.receive_nothing(timeout=0.1)


@pytest.mark.parametrize("typing", [7, None, [], "x" * 200])
async def test_a_misshapen_notice_is_a_bad_frame(little: Little, client_of: Client, open_tab: OpenTab, typing) -> None:
    tab = await open_tab(client_of)
    await tab.send_json_to({"typing": typing})
    assert await tab.hear() == {"error": "bad_frame"}
