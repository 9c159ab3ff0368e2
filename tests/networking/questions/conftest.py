import secrets
from datetime import timedelta

import pytest

from networking.questions.models import Question
from networking.questions.services import ask_question, release_due
from networking.services import open_lounge, open_session_conversation


@pytest.fixture
def lounge(event):
    return open_lounge(event)


@pytest.fixture
def stage(make_session):
    return open_session_conversation(make_session("Opening"))


@pytest.fixture
def ask(now):
    """``ask(conversation, delegate, "words")`` gives the question; ``anonymous=True`` waits until it is released."""

    def do(conversation, asker, text="Why?", *, anonymous=False, token=None, at=None) -> Question:
        asked = ask_question(
            conversation, asker, text, anonymous=anonymous, token=token or secrets.token_hex(8), now=at or now
        )
        if anonymous:
            release_due((at or now) + timedelta(minutes=1))
        return Question.objects.get(pk=asked.id)

    return do
