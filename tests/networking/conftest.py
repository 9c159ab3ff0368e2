import uuid

import pytest

from networking.services import open_lounge, open_room_conversation, post_message, seat_participant


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
def say(now):
    """``say(conversation, author, "words")`` posts a message at the frozen moment."""

    def post(conversation, author, text="Hello", *, at=None, client_id=None, reply_to=None):
        client_id = client_id or uuid.uuid4()
        return post_message(conversation, author, text, client_id=client_id, now=at or now, reply_to=reply_to)

    return post
