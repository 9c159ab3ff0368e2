"""Coming in: five answers, a code, and nothing lost on the way."""

import re

import pytest
from django.core import mail

from portal.models import Delegate, User

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ANSWERS = {
    "name": "  Dana   Placeholder ",
    "email": "Dana@Example.org",
    "organisation": "Example Trust",
    "role": "learner",
    "listed": "on",
}
REGISTER, CONFIRM = "/assembly-2022/register/", "/accounts/login/code/confirm/"


@pytest.fixture
def client(event, client_of):
    return client_of()


def code() -> str:
    return re.search(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b", mail.outbox[-1].body)[0]


def test_from_the_form_through_the_code_to_a_registration(client, event):
    asked = client.post(REGISTER, ANSWERS)
    assert asked.url.startswith(CONFIRM)
    inside = client.post(asked.url, {"code": code()}, follow=True)
    assert inside.redirect_chain[-1][0] == "/assembly-2022/registration/"
    delegate = Delegate.objects.get(event=event)
    assert (delegate.name, delegate.user.email, delegate.listed) == ("Dana Placeholder", "dana@example.org", True)


def test_until_the_code_is_right_nobody_is_registered(client):
    asked = client.post(REGISTER, ANSWERS)
    wrong = client.post(asked.url, {"code": "AAAA-AAAA"})
    assert "code" in wrong.context["form"].errors
    assert Delegate.objects.count() == 0
    assert "_auth_user_id" not in client.session


def test_the_third_wrong_code_burns_the_right_one(client):
    asked = client.post(REGISTER, ANSWERS)
    right = code()
    for _ in range(3):
        client.post(asked.url, {"code": "AAAA-AAAA"})
    client.post(asked.url, {"code": right})
    assert "_auth_user_id" not in client.session


def test_a_known_and_an_unknown_address_get_the_same_answer(client, ben, client_of):
    known = client.post(REGISTER, ANSWERS | {"email": ben.user.email})
    unknown = client_of().post(REGISTER, ANSWERS)
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 2


def test_what_was_typed_stays_when_something_is_missing(client):
    page = client.post(REGISTER, ANSWERS | {"organisation": ""})
    assert page.status_code == 422
    assert 'value="Dana@Example.org"' in page.content.decode()
    assert "There is a problem" in page.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize("email", ["a\r\nBcc: b@example.org", "a@b@example.org", "x" * 10_000 + "@example.org"])
def test_an_address_that_is_none_sends_nothing(client, email):
    assert client.post(REGISTER, ANSWERS | {"email": email}).status_code == 422
    assert not mail.outbox
    assert User.objects.count() == 0


def test_who_is_signed_in_is_not_asked_for_an_address_or_a_code(event, cleo, client_of):
    answers = {key: value for key, value in ANSWERS.items() if key != "email"}
    done = client_of(cleo).post(REGISTER, answers, follow=True)
    assert done.redirect_chain[-1][0] == "/assembly-2022/registration/"
    assert event.delegates.get().user == cleo.user
    assert not mail.outbox


def test_a_second_registration_leads_to_the_first(ben, client_of):
    assert client_of(ben).get(REGISTER).url == "/assembly-2022/registration/"


def test_registration_ends_with_the_day(client, at):
    at("2022-05-28T00:00")
    assert client.get(REGISTER).status_code == 403
    assert client.post(REGISTER, ANSWERS).status_code == 403


def test_a_session_planted_before_signing_in_is_not_the_one_that_is_signed_in(client):
    asked = client.post(REGISTER, ANSWERS)
    planted = client.session.session_key
    client.post(asked.url, {"code": code()})
    assert client.session.session_key != planted
