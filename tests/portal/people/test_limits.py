"""Strict by account, generous by address: a hospital is one address, and so may a guesser be."""

import re

import pytest
from django.core import mail

from tests.breakouts.rush import make_crowd

pytestmark = pytest.mark.django_db
ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"
PROXY = "192.0.2.1"


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def sign_in(client, email: str) -> bool:
    mail.outbox.clear()
    client.post(ASK, {"email": email})
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail.outbox[-1].body)
    client.post(CONFIRM, {"code": code[0]})
    return is_in(client)


def test_three_hundred_people_behind_one_proxy_all_get_in(event, client_of, now):
    from allauth.account.models import EmailAddress

    crowd = make_crowd(event, 300, now)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=each.user, email=each.user.email, primary=True, verified=True) for each in crowd
    )
    assert [sign_in(client_of(REMOTE_ADDR=PROXY), each.user.email) for each in crowd] == [True] * 300


def test_a_thousand_guesses_at_one_account_meet_few_codes_and_none_gets_in(ben, client_of):
    """Each code takes three tries, and five codes are mailed in five minutes: fifteen guesses are heard."""
    heard, tried = 0, 0
    for _ in range(334):
        client = client_of(REMOTE_ADDR=PROXY)
        client.post(ASK, {"email": ben.user.email})
        for number in range(3):
            tried += 1
            answer = client.post(CONFIRM, {"code": f"AAAA-AAA{number}"})
            heard += answer.status_code == 200 and b"code" in answer.content and "form" in (answer.context or {})
            assert not is_in(client)
    assert tried > 1000
    assert len(mail.outbox) == 5
    assert heard <= 15


def test_a_guessed_account_does_not_lock_out_its_neighbours(ben, sana, client_of):
    for _ in range(10):
        client_of(REMOTE_ADDR=PROXY).post(ASK, {"email": ben.user.email})
    assert sign_in(client_of(REMOTE_ADDR=PROXY), sana.user.email)
