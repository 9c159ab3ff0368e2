"""A right that ends, for whatever reason, ends on the socket: within seconds, also without Redis."""

import asyncio
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from portal import clock
from portal.live import registry, services
from portal.live.hub import current_hub
from portal.live.models import Revocation
from portal.live.registry import Admission
from portal.live.sockets import Socket
from tests.portal.live.little import Little, OpenTab, Tab, make_person, sign_in, subscribed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


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
