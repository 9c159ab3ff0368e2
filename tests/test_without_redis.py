"""Redis carries hints and queued work, so without it pages answer, words are kept, and rooms are chosen."""

import uuid

import pytest
from django.urls import reverse

from breakouts.services import add_room, open_round
from networking.models import Message
from networking.services import open_lounge
from tests.servers import free_tcp_port

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/assembly-2022/"


@pytest.fixture(autouse=True)
def gone(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_tcp_port()}/0"
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}


@pytest.mark.parametrize("path", ["", "lobby/", "programme/", "rooms/", "people/", "lounge/", "library/", "on-demand/"])
def test_every_page_answers(ben, client_of, path, make_session):
    make_session("Opening")
    assert client_of(ben).get(f"{BASE}{path}").status_code in {200, 302}


def test_what_is_said_is_kept(event, ben, client_of):
    address = reverse("networking:say", args=["assembly-2022", open_lounge(event).pk])
    words = {"text": "Still here", "client_id": uuid.uuid4()}
    assert client_of(ben).post(address, words, headers={"Accept": "application/json"}).status_code == 201
    assert Message.objects.get().text == "Still here"


def test_a_room_is_chosen(ben, client_of, make_session):
    round = open_round(make_session("Round one", "11:00", "12:00", kind="round"))
    room = add_room(round, title="Room", theme="", capacity=1)
    client_of(ben).post(reverse("breakouts:choose", args=["assembly-2022", round.pk]), {"room": room.pk})
    assert room.seats.get().delegate == ben


def test_codes_wait_for_what_limits_guessing_and_the_address_is_kept(ben, client_of):
    answer = client_of().post("/accounts/login/code/", {"email": ben.user.email})
    assert answer.status_code == 503
    assert "Wait a moment" in answer.content.decode()
    assert f'value="{ben.user.email}"' in answer.content.decode()
