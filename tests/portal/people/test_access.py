"""Who a request is taken for."""

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.people.sessions import SessionStore

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


@pytest.mark.parametrize("asking", [{"Accept": "application/json"}, {"HX-Request": "true"}])
def test_what_a_page_asks_beside_itself_is_not_answered_by_the_sign_in_page(event, client_of, asking):
    client = client_of()
    for answer in (client.get(TALK, headers=asking), client.post(f"{BASE}rooms/1/leave/", headers=asking)):
        assert (answer.status_code, "sign in again" in answer.json()["error"]) == (401, True)


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


def test_a_session_that_ran_out_or_was_never_there_is_nobodys_and_its_key_is_not_taken_on(ben, client_of):
    client = client_of(ben)
    held = client.session
    assert client.get(TALK).status_code == 200
    Session.objects.filter(pk=held.session_key).update(expire_date=timezone.now())
    assert client.get(TALK).status_code == 302
    store = SessionStore("madeupbysomebodyelse0")
    assert not store.load() and store.session_key is None
