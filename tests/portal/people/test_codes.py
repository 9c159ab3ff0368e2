"""A mailed code lets one browser in, once, for ten minutes."""

import re

import pytest
from django.core import mail

pytestmark = pytest.mark.django_db
ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"


@pytest.fixture
def asked(ben, client_of):
    client = client_of()
    client.post(ASK, {"email": ben.user.email})
    return client


def code() -> str:
    return re.search(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b", mail.outbox[-1].body)[0]


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_code_lets_in(asked):
    asked.post(CONFIRM, {"code": code()})
    assert is_in(asked)


def test_a_code_is_of_no_use_twice(asked):
    used = code()
    asked.post(CONFIRM, {"code": used})
    asked.post("/accounts/logout/")
    asked.post(CONFIRM, {"code": used})
    assert not is_in(asked)


def test_a_code_is_of_no_use_in_another_browser(asked, sana, client_of):
    other = client_of()
    other.post(ASK, {"email": sana.user.email})
    of_ben = re.search(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b", mail.outbox[0].body)[0]
    other.post(CONFIRM, {"code": of_ben})
    assert not is_in(other)


def test_after_ten_minutes_a_code_is_of_no_use(asked, monkeypatch):
    import time

    late = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: late)
    asked.post(CONFIRM, {"code": code()})
    assert not is_in(asked)


def test_a_strange_host_is_refused_and_nothing_is_mailed(ben, client_of):
    answer = client_of().post(ASK, {"email": ben.user.email}, headers={"Host": "evil.test"})
    assert answer.status_code == 400
    assert mail.outbox == []


def test_a_code_is_asked_for_with_the_forms_token_only(ben, client_of):
    assert client_of(enforce_csrf_checks=True).post(ASK, {"email": ben.user.email}).status_code == 403
    assert mail.outbox == []


def test_neither_the_code_nor_the_answer_tells_who_has_an_account(ben, client_of):
    known, unknown = client_of(), client_of()
    answers = [known.post(ASK, {"email": ben.user.email}), unknown.post(ASK, {"email": "who@example.org"})]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].url == answers[1].url


def test_the_mail_says_what_the_code_is_for(asked):
    mailed = mail.outbox[-1]
    assert mailed.subject == f"{code()} is your sign-in code"
    assert "works once, for ten minutes" in mailed.body


def test_an_unknown_address_is_told_where_to_register(client_of, db):
    client_of().post(ASK, {"email": "who@example.org"})
    assert mail.outbox[-1].subject == "This address is not registered yet"
    assert "http://testserver/" in mail.outbox[-1].body


def test_a_superuser_made_by_hand_comes_in_by_a_code(db, client_of):
    from django.core.management import call_command

    call_command("createsuperuser", "--noinput", email="boss@example.org", name="Boss Placeholder", verbosity=0)
    client = client_of()
    client.post(ASK, {"email": "boss@example.org"})
    client.post(CONFIRM, {"code": code()})
    assert is_in(client)
