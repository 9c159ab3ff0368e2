"""What moderators do: mute, slow down, remove and suspend; who may, and that it is written down."""

import re
import uuid
from datetime import timedelta

import pytest

from networking.models import Message
from networking.polls.policy import may_vote
from networking.safety import services
from networking.safety.models import Outcome
from networking.services import Muted, SlowDown
from networking.standing import muted_words
from portal.live.access import may_type
from portal.live.models import Revocation
from portal.live.reads import version_of
from portal.live.registry import find_channel
from portal.models import AuditEntry
from portal.people.access import Visitor

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


def test_who_is_muted_reads_and_does_not_write_until_the_time_is_up(lounge, ben, sana, ada, say, now):
    services.mute(lounge, ben, by=ada, now=now)
    with pytest.raises(Muted, match=r"^You were muted here until 11:00am\. "):
        say(lounge, ben)
    assert say(lounge, sana)
    assert say(lounge, ben, at=now + timedelta(hours=1))


def test_who_is_muted_is_not_seen_to_write_but_votes(lounge, ben, ada, now):
    services.mute(lounge, ben, by=ada, now=now)
    typing = find_channel(lounge.channel)
    for moment, may in ((now, False), (now + timedelta(minutes=services.MUTE_MINUTES), True)):
        assert may_type(ben.user_id, typing, moment) == may
    assert may_vote(Visitor(lounge.event, ben.user, ben, False, now), lounge)


def test_what_a_mute_refuses_is_403_in_words_that_name_nobody(lounge, ben, sana, ada, say, client_of, now):
    own, other, client = say(lounge, ben, "words of Ben"), say(lounge, sana), client_of(ben)
    services.mute(lounge, ben, by=ada, now=now)
    sent = {"text": "more", "client_id": uuid.uuid4(), "with": "agree"}
    addresses = [
        f"{lounge.get_absolute_url()}say/",
        f"{own.get_absolute_url()}edit/",
        f"{other.get_absolute_url()}react/",
    ]
    for address in addresses:
        told = client.post(address, sent, headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["error"]) == (403, muted_words(lounge.event, now + timedelta(hours=1)))
        plain = client.post(address, sent)
        assert (plain.status_code, "You were muted here until 11:00am" in plain.content.decode()) == (403, True)
    acts = client.get(f"{own.get_absolute_url()}acts/").content.decode()
    assert "muted here until 11:00am" in acts
    assert not any(words in acts for words in ("Reply</a>", "Change my words", "Thank you"))
    assert "Take it back" in acts


def test_an_open_page_is_told_of_a_mute_by_a_gauge_of_ones_own(lounge, ben, sana, ada, client_of, now, at):
    channel = f"{BASE}live/mutes.{ben.pk}/"
    assert client_of(ben).get(channel).json()["state"] == {"muted": {}}
    services.mute(lounge, ben, by=ada, now=now)
    assert client_of(ben).get(channel).json()["state"] == {
        "muted": {str(lounge.pk): muted_words(lounge.event, now + timedelta(hours=1))}
    }
    assert client_of(sana).get(channel).status_code == 404
    at("2022-05-27T11:00")
    assert client_of(ben).get(channel).json()["state"] == {"muted": {}}


def test_the_page_of_who_is_muted_says_so_in_place_of_the_box(lounge, ben, ada, client_of, now):
    services.mute(lounge, ben, by=ada, now=now)
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert re.search(r"data-chat-muted>You were muted here until 11:00am", page)
    assert re.search(r"data-chat-form[^>]* hidden>", page)
    sent = client_of(ben).post(f"{lounge.get_absolute_url()}say/", {"text": "kept", "client_id": uuid.uuid4()})
    assert not re.search(r"data-chat-form[^>]* hidden>", sent.content.decode()), "what was typed is not lost"
    assert ">\nkept</textarea>" in sent.content.decode()


def test_a_mute_ends_early_when_it_is_lifted(lounge, ben, ada, say, now):
    services.mute(lounge, ben, by=ada, now=now)
    services.unmute(lounge, ben, by=ada, now=now)
    assert say(lounge, ben)


def test_slow_mode_makes_each_wait_for_themselves(lounge, ben, sana, ada, say, now):
    services.slow_down(lounge, seconds=30, by=ada, now=now)
    say(lounge, ben)
    with pytest.raises(SlowDown):
        say(lounge, ben, at=now + timedelta(seconds=29))
    assert say(lounge, sana)
    assert say(lounge, ben, at=now + timedelta(seconds=30))


def test_slow_mode_is_said_in_the_same_words_to_who_sets_it_and_who_waits(lounge, ben, ada, client_of, now, at):
    services.slow_down(lounge, seconds=60, by=ada, now=now)
    assert "Each person may write" in client_of(ada).get(f"{lounge.get_absolute_url()}moderate/").content.decode()
    pace, client = "Slow mode: each person may write every minute.", client_of(ben)
    assert client.get(f"{BASE}live/{lounge.channel}.pace/").json()["state"] == {"html": pace}
    assert pace in client.get(f"{BASE}lounge/").content.decode()
    post, headers = (f"{lounge.get_absolute_url()}say/", {"text": "Hi"}), {"Accept": "application/json"}
    turn = {"words": "You can write again at 10:01:00am.", "seconds": 60}
    assert client.post(*post, headers=headers).json()["turn"] == turn
    at(now + timedelta(seconds=15))
    waiting = 'data-wait="45" data-chat-state>You can write again at 10:01:00am.<'
    assert waiting in client.get(f"{BASE}lounge/").content.decode()
    refused = client.post(*post, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (429, f"{pace} You can write again at 10:01:00am.")
    at(now + timedelta(seconds=60))
    assert "You can write again" not in client.get(f"{BASE}lounge/").content.decode()


def test_where_there_is_no_slow_mode_nothing_is_said_of_it(lounge, ben, client_of):
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert f'data-live-gauge="{lounge.channel}.pace"></div>' in page
    assert "Slow mode" not in page


@pytest.mark.parametrize("what", ["remove", "mute"])
def test_only_who_leads_moderates(what, lounge, ben, sana, ada, say, client_of):
    said = say(lounge, ben)
    address = f"{said.get_absolute_url()}{what}/"

    def done():
        return Message.objects.exclude(removed_at=None).exists() or lounge.mutes.filter(delegate=ben).exists()

    for person, answer in ((None, 302), (sana, 404), (ben, 404)):
        response = client_of(person).post(address)
        assert response.status_code == answer
        assert answer == 404 or "/accounts/login/" in response.url
    assert (done(), version_of(lounge.channel), AuditEntry.objects.count()) == (False, said.version, 0)
    response = client_of(ada).post(address)
    assert (response.status_code, response.url) == (302, f"{lounge.get_absolute_url()}?at={said.pk}#message-{said.pk}")
    assert done()


@pytest.mark.parametrize("what", ["take-back", "edit", "remove", "mute"])
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_another_s_message_is_nobody_else_s_to_change(what, headers, lounge, ben, sana, cleo, say, client_of):
    said = say(lounge, ben, "words of Ben")
    never = f"{BASE}conversations/{lounge.pk}/messages/{said.pk + 1}/{what}/"
    for person in (sana, cleo):
        for address in (f"{said.get_absolute_url()}{what}/", never):
            assert client_of(person).post(address, {"text": "other words"}, headers=headers).status_code == 404
    assert Message.objects.values_list("text", "version", "removed_at").get() == ("words of Ben", said.version, None)
    assert version_of(lounge.channel) == said.version
    assert not lounge.mutes.exists()


def test_what_one_may_not_do_just_now_is_403_and_what_does_not_fit_422(lounge, ben, say, client_of, at):
    said, client = say(lounge, ben, "words of Ben"), client_of(ben)
    assert client.post(f"{said.get_absolute_url()}edit/", {"text": ""}).status_code == 422
    at("2022-06-01T12:00")
    assert client.post(f"{said.get_absolute_url()}edit/", {"text": "other words"}).status_code == 403
    assert Message.objects.get().text == "words of Ben"


def test_who_is_suspended_is_out_at_once(lounge, ben, ada, client_of, now):
    client = client_of(ben)
    services.suspend(ben, by=ada, now=now)
    for path in ("lobby/", "lounge/", "register/", "registration/"):
        assert client.get(f"{BASE}{path}").status_code == 403
    said = client.post(f"{BASE}conversations/{lounge.pk}/say/", {"text": "Hi", "client_id": uuid.uuid4()})
    assert said.status_code == 403
    assert client.get(f"{BASE}live/{lounge.channel}/").status_code == 404
    assert Revocation.objects.filter(user=ben.user, event="assembly-2022").exists()


def test_who_is_let_back_in_is_as_before(ben, ada, client_of, now):
    services.suspend(ben, by=ada, now=now)
    services.restore(ben, by=ada, now=now)
    ben.refresh_from_db()
    assert client_of(ben).get(f"{BASE}lobby/").status_code == 200


def test_every_act_of_a_moderator_is_written_down(lounge, ben, sana, ada, say, report, decide, now):
    decide(report(say(lounge, ben), sana), Outcome.SUSPENDED)
    services.mute(lounge, sana, by=ada, now=now)
    services.unmute(lounge, sana, by=ada, now=now)
    services.slow_down(lounge, seconds=10, by=ada, now=now)
    services.restore(ben, by=ada, now=now)
    verbs = set(AuditEntry.objects.filter(actor=ada).values_list("verb", flat=True))
    assert verbs == {"decide report", "suspend", "remove message", "mute", "unmute", "slow mode", "restore"}
