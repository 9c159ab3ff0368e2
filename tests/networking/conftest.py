import uuid

import pytest

from networking.direct.inbox import count_waiting
from networking.direct.services import answer_request, ask_to_talk, invite
from networking.safety.models import Reason
from networking.safety.services import decide as decide_report
from networking.safety.services import report_message
from networking.services import open_lounge, open_room_conversation, post_message, seat_participant
from tests.conftest import make_delegate


@pytest.fixture
def lounge(event):
    return open_lounge(event)


@pytest.fixture
def room(event):
    return open_room_conversation(event, "Flexible training")


@pytest.fixture
def seated(room, ben, now):
    seat_participant(room, ben, now=now)
    return ben


@pytest.fixture
def dev(event):
    return make_delegate(event, "dev@example.org", "Dev Placeholder")


@pytest.fixture
def others(event):
    """Three more delegates, enough to hide what they report."""
    return [make_delegate(event, f"o{number}@example.org", f"Other {number}") for number in range(3)]


@pytest.fixture
def talk(ben, sana, now):
    """The direct talk of Ben and Sana."""
    return answer_request(ask_to_talk(ben, sana, words="Mentoring?", now=now), accept=True, now=now)


@pytest.fixture
def joined(talk, ben, dev, now):
    """Lets Dev into the talk, asked by Ben."""

    def come():
        return answer_request(invite(talk, ben, dev, now=now), accept=True, now=now)

    return come


@pytest.fixture
def say(now):
    """``say(conversation, author, "words")`` posts a message at the frozen moment."""

    def post(conversation, author, text="Hello", *, at=None, client_id=None, reply_to=None):
        client_id = client_id or uuid.uuid4()
        return post_message(conversation, author, text, client_id=client_id, now=at or now, reply_to=reply_to)

    return post


@pytest.fixture
def decide(ada, now):
    """``decide(report, outcome, note="...")``: Ada closes a report."""

    def close(report, outcome, **words):
        values = {"note": "", "answer": ""} | words
        return decide_report(report, outcome=outcome, by=ada, now=now, **values)

    return close


def total(delegate):
    """How much waits for somebody."""
    return count_waiting([delegate.pk])[delegate.pk].total


@pytest.fixture
def report(now):
    def send(message, reporter, reason=Reason.UNKIND):
        return report_message(message, reporter, reason=reason, words="", now=now)

    return send
