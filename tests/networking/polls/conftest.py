import pytest

from networking.polls.models import State
from networking.polls.services import draft_poll, move_poll
from networking.services import open_lounge


@pytest.fixture
def lounge(event):
    return open_lounge(event)


@pytest.fixture
def draft(lounge, ada, now):
    """``draft("Which?", "One", "Other", multiple=True)`` is a poll nobody sees yet."""

    def make(text="Which?", *options, multiple=False, where=None):
        options = options or ("One", "Other")
        return draft_poll(where or lounge, text, options, multiple=multiple, by=ada, now=now)

    return make


@pytest.fixture
def open_poll(draft, ada, now):
    def make(*args, **kwargs):
        return move_poll(draft(*args, **kwargs), State.OPEN, by=ada, now=now)

    return make


@pytest.fixture
def choices():
    """``choices(poll)`` gives the options' numbers in order."""
    return lambda poll: list(poll.options.values_list("pk", flat=True))
