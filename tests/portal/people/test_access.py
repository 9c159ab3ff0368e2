"""Who a request is taken for."""

import pytest
from django.contrib.auth import HASH_SESSION_KEY

BASE = "/assembly-2022/"
TALK = f"{BASE}lounge/"

pytestmark = pytest.mark.django_db


def test_a_session_signed_for_another_key_is_nobodys(ben, client_of):
    client = client_of(ben)
    assert client.get(TALK).status_code == 200
    session = client.session
    session[HASH_SESSION_KEY] = "0" * 64
    session.save()
    assert client.get(TALK).status_code == 302


def test_a_person_switched_off_is_nobody(ben, client_of):
    client = client_of(ben)
    ben.user.is_active = False
    ben.user.save()
    assert client.get(TALK).status_code == 302


def test_the_session_of_somebody_elses_event_opens_nothing(event, cleo, client_of):
    assert client_of(cleo).get(TALK).status_code == 404


def test_a_session_signed_by_a_retired_key_is_signed_anew(ben, client_of, settings):
    client = client_of(ben)
    before = client.session[HASH_SESSION_KEY]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another key, long enough to be one of them",
    )
    assert client.get(TALK).status_code == 200
    assert client.cookies["sessionid"].value
    settings.SECRET_KEY_FALLBACKS = []
    assert client.session[HASH_SESSION_KEY] != before
    assert client.get(TALK).status_code == 200
