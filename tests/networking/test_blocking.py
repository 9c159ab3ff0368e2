"""A block beats everything, wherever two people would meet."""

import re
import uuid
from datetime import timedelta

import pytest

from networking.direct.services import ask_to_talk
from networking.directory.queries import find_people
from networking.frames import frames_after
from networking.queries import history
from networking.safety import services
from networking.safety.queries import hidden_from
from portal.live.models import Revocation
from portal.people.services import see
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]


BASE = "/assembly-2022/"


def test_who_blocks_hears_no_more_of_it_anywhere(lounge, ben, sana, say, client_of, now):
    said = say(lounge, sana, "words of Sana")
    services.block(ben, sana, now=now)
    client = client_of(ben)
    assert "words of Sana" not in client.get(f"{BASE}lounge/").content.decode()
    assert client.get(said.get_absolute_url()).status_code == 404
    caught_up = client.get(f"{BASE}live/{lounge.channel}/?after=0").json()
    assert (caught_up["frames"], caught_up["version"]) == ([], 1)
    assert sana not in find_people(ben.event, words="", role="", page=1, viewer=ben)


def test_who_is_blocked_hears_on_and_finds_nobody(lounge, ben, sana, say, client_of, now):
    services.block(ben, sana, now=now)
    say(lounge, ben, "words of Ben")
    assert "words of Ben" in client_of(sana).get(f"{BASE}lounge/").content.decode()
    assert ben not in find_people(ben.event, words="", role="", page=1, viewer=sana)


def test_a_block_is_one_persons_and_one_events(lounge, ben, sana, cleo, now):
    services.block(ben, sana, now=now)
    assert hidden_from(ben.user_id, "assembly-2022") == {sana.user_id}
    assert hidden_from(ben.user_id, "another") == hidden_from(sana.user_id, "assembly-2022") == frozenset()


def test_sockets_are_asked_again_when_somebody_is_blocked_and_unblocked(ben, sana, now):
    services.block(ben, sana, now=now)
    services.block(ben, sana, now=now)
    services.unblock(ben, sana)
    assert Revocation.objects.filter(user=ben.user, event="assembly-2022").count() == 3
    assert hidden_from(ben.user_id, "assembly-2022") == frozenset()


def test_frames_name_whose_words_they_carry(lounge, sana, say):
    say(lounge, sana)
    assert frames_after(lounge.pk, 0, 200)[0].by == sana.user_id


def test_between_two_with_a_block_neither_learns_whether_the_other_is_here(talk, ben, sana, client_of, now):
    see("assembly-2022", {ben.user_id: True, sana.user_id: True}, now)
    assert all("Here now" in client_of(who).get(talk.get_absolute_url()).content.decode() for who in (ben, sana))
    services.block(ben, sana, now=now)
    for who, other in ((ben, sana), (sana, ben)):
        assert "Here now" not in client_of(who).get(talk.get_absolute_url()).content.decode()
        person = client_of(who).get(f"{BASE}people/{other.pk}/").content.decode()
        assert "Here now" not in person


def test_who_is_blocked_reads_of_it_what_any_closed_talk_says(talk, ben, sana, client_of, now):
    services.block(ben, sana, now=now)
    sent = {"text": "Hello", "client_id": uuid.uuid4()}
    told = client_of(sana).post(f"{talk.get_absolute_url()}say/", sent, headers={"Accept": "application/json"})
    words = "This conversation can be read, but not added to, just now."
    assert (told.status_code, told.json()) == (403, {"error": words})
    page = client_of(sana).get(talk.get_absolute_url()).content.decode()
    assert "data-chat-form" not in page
    words = re.sub(r"<[^>]*>", "", page).replace("Read out, report, block", "").replace("People you blocked", "")
    assert "block" not in words.lower()


def test_the_blocked_cannot_call_who_blocked_them(lounge, ben, sana, say, now):
    services.block(ben, sana, now=now)
    assert say(lounge, sana, f"@{ben.name} listen").mentioned == []


def test_blocking_by_plain_form_asks_first(ben, sana, client_of):
    client = client_of(ben)
    assert "Block Sana Placeholder?" in client.get(f"{BASE}people/{sana.pk}/block/").content.decode()
    assert not ben.blocks.exists()
    assert client.post(f"{BASE}people/{sana.pk}/block/").status_code == 302
    assert "Sana Placeholder" in client.get(f"{BASE}people/safety/").content.decode()
    client.post(f"{BASE}people/{sana.pk}/unblock/")
    assert not ben.blocks.exists()


def test_nobody_is_found_by_guessing_who_hides(event, ben, client_of):
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    for what in ("block", "report"):
        assert client_of(ben).get(f"{BASE}people/{shy.pk}/{what}/").status_code == 404


def test_who_asks_to_talk_can_be_blocked_and_reported_from_that_day_on(event, ben, client_of, now):
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    ask_to_talk(shy, ben, words="Unwelcome words", now=now)
    for what in ("block", "report"):
        assert client_of(ben).get(f"{BASE}people/{shy.pk}/{what}/").status_code == 200
    client_of(ben).post(f"{BASE}people/{shy.pk}/block/")
    assert ben.blocks.get().blocked == shy


def test_history_without_the_blocked_is_fifty_of_the_others(lounge, ben, sana, say, now):
    for minute in range(60):
        for author in (ben, sana):
            say(lounge, author, at=now + timedelta(minutes=minute))
    read = history(lounge, unheard=frozenset({sana.user_id}))
    assert {message.author_id for message in read.messages} == {ben.pk}
    assert len(read.messages) == 50
