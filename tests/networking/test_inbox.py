"""What waits for a person is counted, told to them alone, and marked read on every device."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.direct import inbox, services
from networking.direct.models import Reading
from networking.safety.services import block
from tests.conftest import make_delegate
from tests.networking.conftest import total

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


def test_what_waits_is_counted_and_marked_read_for_all_devices(talk, ben, sana, lounge, say):
    for _ in range(3):
        last = say(talk, sana)
    say(lounge, sana, f"@{ben.name} look")
    assert inbox.count_waiting([ben.pk])[ben.pk] == inbox.Waiting(messages=3, calls=1, requests=0)
    assert total(sana) == 0
    services.mark_read(talk, ben, up_to=last.pk)
    services.mark_read(lounge, ben, up_to=10**17)
    assert total(ben) == 0


def test_what_waits_for_many_is_counted_in_three_queries(
    talk, ben, sana, dev, lounge, say, now, django_assert_num_queries
):
    services.invite(talk, ben, dev, now=now)
    say(talk, sana)
    say(lounge, ben, f"@{sana.name} and @{dev.name} look")
    block(dev, ben, now=now)
    with django_assert_num_queries(3):
        waiting = inbox.count_waiting([ben.pk, sana.pk, dev.pk])
    assert waiting == {
        ben.pk: inbox.Waiting(messages=1, calls=0, requests=0),
        sana.pk: inbox.Waiting(messages=0, calls=1, requests=0),
        dev.pk: inbox.Waiting(messages=0, calls=0, requests=0),
    }


def test_a_mark_never_moves_back_and_never_past_what_there_is(talk, ben, sana, say):
    first, last = say(talk, sana), say(talk, sana)
    for up_to in (last.pk + 1000, first.pk):
        services.mark_read(talk, ben, up_to=up_to)
    assert Reading.objects.get().up_to == last.pk
    say(talk, sana)
    assert total(ben) == 1


@pytest.mark.parametrize("who_blocks", ["ben", "sana"])
def test_messages_list_no_talk_of_two_with_a_block_between_them(who_blocks, talk, ben, sana, dev, joined, now):
    one, other = (ben, sana) if who_blocks == "ben" else (sana, ben)
    joined()
    block(one, other, now=now)
    for person in (ben, sana):
        assert list(inbox.talks_of(person)) == [talk], "in a group each just does not hear whom they blocked"
    services.leave_talk(talk, dev, now=now)
    for person in (ben, sana):
        assert not inbox.talks_of(person).exists()


@pytest.mark.parametrize("who_blocks", ["ben", "sana"])
def test_no_request_waits_with_a_block_between_the_two(who_blocks, ben, sana, now):
    services.ask_to_talk(sana, ben, words="Unwelcome", now=now)
    assert inbox.requests_to([ben.pk]).exists()
    one, other = (ben, sana) if who_blocks == "ben" else (sana, ben)
    block(one, other, now=now)
    assert not inbox.requests_to([ben.pk]).exists()


def test_a_call_from_where_one_may_not_read_any_more_is_not_listed(talk, ben, dev, joined, say, now):
    joined()
    say(talk, ben, f"@{dev.name} look")
    assert inbox.calls_of([dev.pk]).count() == 1
    services.leave_talk(talk, dev, now=now)
    assert inbox.calls_of([dev.pk]).count() == 0


def test_words_of_the_blocked_wait_for_nobody(talk, ben, sana, lounge, say, now):
    say(talk, sana)
    say(lounge, sana, f"@{ben.name} look")
    block(ben, sana, now=now)
    assert total(ben) == 0


def test_a_call_waits_for_who_is_in_the_talk_and_no_longer(talk, ben, sana, say, client_of, now):
    say(talk, sana, f"@{ben.name} words between us")
    assert inbox.count_waiting([ben.pk])[ben.pk].calls == 1
    services.leave_talk(talk, ben, now=now)
    assert total(ben) == 0
    assert "words between us" not in client_of(ben).get(f"{BASE}messages/").content.decode()


def test_the_page_says_where_the_new_begins(talk, ben, sana, say, client_of):
    client = client_of(ben)
    services.mark_read(talk, ben, up_to=say(talk, sana).pk)
    assert "New since you were here" not in client.get(talk.get_absolute_url()).content.decode()
    say(talk, sana)
    assert "New since you were here" in client.get(talk.get_absolute_url()).content.decode()


def test_an_inbox_is_heard_by_its_owner_only(talk, ben, sana, client_of):
    assert client_of(ben).get(f"{BASE}live/inbox.{ben.pk}/").json()["state"]["total"] == 0
    assert client_of(sana).get(f"{BASE}live/inbox.{ben.pk}/").status_code == 404


def test_the_messages_page_costs_the_same_at_one_talk_and_at_three(event, talk, ben, sana, say, client_of, now):
    client, counts = client_of(ben), []
    say(talk, sana)
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}messages/")
        counts.append(len(queries))
        for extra in range(2):
            other = make_delegate(event, f"x{number}{extra}@example.org", f"X {number}{extra}")
            more = services.answer_request(
                services.ask_to_talk(other, ben, words="", now=now), accept=True, now=now + timedelta(minutes=1)
            )
            say(more, other)
    assert counts[0] == counts[1]
