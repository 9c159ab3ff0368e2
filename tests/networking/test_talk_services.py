"""Saying something: once, in order, in time, and taken back for everyone."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from networking.frames import frames_after
from networking.models import LONGEST, Message
from networking.safety.services import mute, slow_down
from networking.services import Refused, SlowDown, open_lounge, post_message, remove_message
from portal.live.reads import version_of
from portal.models import AuditEntry

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_versions_run_without_a_gap(lounge, ben, sana, say):
    said = [say(lounge, author) for author in (ben, sana, ben)]
    assert [message.version for message in said] == [1, 2, 3]
    assert version_of(lounge.channel) == 3


def test_the_same_client_id_says_it_once(lounge, ben, say):
    client_id = uuid.uuid4()
    assert {say(lounge, ben, client_id=client_id).pk for _ in range(5)} == {Message.objects.get().pk}
    assert version_of(lounge.channel) == 1


REFUSALS = {
    "muted": lambda lounge, ben, ada, now, say: mute(lounge, ben, by=ada, now=now),
    "slow": lambda lounge, ben, ada, now, say: slow_down(lounge, seconds=300, by=ada, now=now),
    "hasty": lambda lounge, ben, ada, now, say: [say(lounge, ben) for _ in range(9)],
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_repeat_is_answered_as_at_first_though_a_new_message_is_refused_by_now(refusal, lounge, ben, ada, say, now):
    client_id = uuid.uuid4()
    said = say(lounge, ben, client_id=client_id)
    REFUSALS[refusal](lounge, ben, ada, now, say)
    lounge.refresh_from_db()
    version = version_of(lounge.channel)
    assert say(lounge, ben, client_id=client_id) == said
    assert version_of(lounge.channel) == version
    with pytest.raises(Refused):
        say(lounge, ben)


@pytest.mark.django_db(transaction=True)
def test_the_same_client_id_twice_at_once_is_one_message(lounge, ben, now):
    client_id = uuid.uuid4()

    def send(_):
        try:
            return post_message(lounge, ben, "Hello", client_id=client_id, now=now).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert set(answers) == {Message.objects.get().pk}
    assert version_of(lounge.channel) == 1


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "x" * (LONGEST + 1)])
def test_nothing_and_too_much_are_refused_and_cost_no_version(lounge, ben, say, text):
    with pytest.raises(Refused):
        say(lounge, ben, text)
    assert version_of(lounge.channel) == 0


def test_the_eleventh_in_ten_seconds_waits_and_is_welcome_after(lounge, ben, say, now):
    for _ in range(10):
        say(lounge, ben)
    with pytest.raises(SlowDown):
        say(lounge, ben)
    assert say(lounge, ben, at=now + timedelta(seconds=10)).version == 11


def test_a_pace_is_ones_own(lounge, ben, sana, say):
    for _ in range(10):
        say(lounge, ben)
    assert say(lounge, sana).version == 11


def test_frames_after_a_version_are_what_happened_since(lounge, ben, say):
    for text in ("one", "two", "three"):
        say(lounge, ben, text)
    assert [(frame.version, frame.kind) for frame in frames_after(lounge.pk, 1, 200)] == [
        (2, "message"),
        (3, "message"),
    ]


def test_a_removed_message_leaves_a_note_and_not_its_words(lounge, ben, ada, say, now):
    message = say(lounge, ben, "unkind words")
    say(lounge, ben, "kind words")
    remove_message(message, by=ada, now=now)
    remove_message(message, by=ada, now=now)
    frame = frames_after(lounge.pk, 2, 200)[0]
    assert (frame.version, frame.kind) == (3, "removed")
    assert "unkind" not in frame.html
    assert AuditEntry.objects.filter(verb="remove message").count() == 1


def test_an_event_has_one_lounge(event):
    assert open_lounge(event) == open_lounge(event)
