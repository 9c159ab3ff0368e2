"""Who left a talk, and who belongs to another event, ask for it in every way there is, and get no word of it."""

import asyncio
import secrets
import uuid

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from networking.direct.services import answer_request, invite, leave_talk
from networking.safety.models import Report
from networking.services import post_message
from portal.live.hub import current_hub
from portal.people import presence
from tests.portal.live.little import Tab, sign_in

BASE = "/assembly-2022/"
WORDS = "needle between us"


@pytest.fixture
def said(talk, ben, dev, say, now):
    """Said while Dev was there, who has left since."""
    answer_request(invite(talk, ben, dev, now=now), accept=True, now=now)
    message = say(talk, ben, f"@{dev.name} {WORDS}")
    leave_talk(talk, dev, now=now)
    return message


@pytest.fixture(params=["who left", "of another event"])
def outsider(request, said, dev, cleo):
    return dev if request.param == "who left" else cleo


@pytest.mark.django_db
def test_every_address_of_a_talk_is_404_for_who_is_not_in_it(said, talk, outsider, client_of):
    client, message = client_of(outsider), said.get_absolute_url()
    own = f"/{outsider.event.slug}/conversations/{talk.pk}/"
    places = [talk.get_absolute_url(), own]
    addresses = [f"{place}{what}" for place in places for what in ("", "panel/", "people/", f"?at={said.pk}", "names/")]
    addresses += [f"{message}{what}" for what in ("", "acts/", "report/")]
    addresses += [f"{own}messages/{said.pk}/{what}" for what in ("", "acts/", "report/")]
    addresses += [f"/{slug}/live/{talk.channel}/?after=0" for slug in ("assembly-2022", outsider.event.slug)]
    answers = {address: client.get(address) for address in addresses}
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(addresses, 404)
    assert not any(WORDS in answer.content.decode() for answer in answers.values())


@pytest.mark.django_db
def test_nothing_is_done_to_a_talk_by_who_is_not_in_it(said, talk, outsider, client_of):
    client, place, message = client_of(outsider), talk.get_absolute_url(), said.get_absolute_url()
    sent = {"text": "Hello", "reason": "unkind", "with": "agree", "person": outsider.pk, "client_id": uuid.uuid4()}
    posts = [f"{place}{what}/" for what in ("say", "people", "leave", "read")]
    posts += [f"{message}{what}/" for what in ("react", "edit", "take-back", "report", "remove", "mute")]
    assert {address: client.post(address, sent).status_code for address in posts} == dict.fromkeys(posts, 404)
    assert (talk.messages.count(), Report.objects.count()) == (2, 0)
    assert talk.participants.filter(until=None).count() == 2


@pytest.mark.django_db
def test_no_list_or_search_of_theirs_holds_it(said, outsider, client_of):
    home = f"/{outsider.event.slug}/messages/"
    for address in (home, f"{home}search/?words=between"):
        page = client_of(outsider).get(address)
        assert page.status_code == 200
        assert WORDS not in page.content.decode()


# Sockets


@pytest.fixture
def _own_redis_channel(settings):
    settings.LIVE_REDIS_CHANNEL = f"test.live.{secrets.token_hex(8)}"


@pytest_asyncio.fixture
async def open_tab(_own_redis_channel):
    tabs = []

    async def open_one(person, event="assembly-2022"):
        tabs.append(Tab(await sync_to_async(sign_in)(person.user), event))
        return await tabs[-1].open()

    yield open_one
    for tab in tabs:
        await tab.disconnect(timeout=5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_socket_of_theirs_is_forbidden_to_listen(said, talk, outsider, open_tab):
    tab = await open_tab(outsider, outsider.event.slug)
    names = [talk.channel, f"{talk.channel}.reactions", f"inbox.{said.author_id}"]
    assert await tab.listen(*names) == [{"channel": name, "error": "forbidden"} for name in names]
    await tab.send_json_to({"listen": [talk.channel], "beat": {talk.channel: 0}})
    assert await tab.hear() == {"channel": talk.channel, "error": "forbidden"}
    assert await tab.hear() == {"beat": {}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_an_open_socket_hears_no_more_of_a_talk_that_is_left(talk, ben, sana, open_tab, now):
    tab = await open_tab(sana)
    await tab.listen(talk.channel)
    await sync_to_async(leave_talk)(talk, sana, now=now)
    await current_hub()._rounds._apply_revocations()
    await sync_to_async(post_message)(talk, ben, WORDS, client_id=uuid.uuid4(), now=now)
    assert await tab.hear() == {"channel": talk.channel, "error": "forbidden"}
    assert await tab.receive_nothing()


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_listening_where_one_has_no_right_makes_nobody_present(
    event, other_event, room, ben, cleo, open_tab, now
):
    tab = await open_tab(ben)
    names = [room.channel, f"event.{other_event.pk}.presence"]
    assert await tab.listen(*names) == [{"channel": name, "error": "forbidden"} for name in names]
    turned_away = await open_tab(cleo)
    assert await turned_away.hear_close() == 4403
    present = sync_to_async(presence.present)
    async with asyncio.timeout(10):
        # The hub's own round may be telling it at this moment.
        while not await present(event, now):
            await current_hub()._rounds._bear_witness()
    assert (await present(event, now), await present(other_event, now)) == ([ben.pk], [])
    assert await sync_to_async(room.participants.count)() == 0
    await tab.send_json_to({"beat": {}})
    assert await tab.hear() == {"beat": {}}
