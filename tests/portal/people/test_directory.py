"""Signing in with the organisation's own directory, when there is one."""

import http.client
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from assembly.settings import read_directory
from portal.models import User
from tests.portal.people.directory import CLIENT, SECRET, Directory
from tests.portal.people.wizard import BASE

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/oidc/organisation/login/"
SIGN_IN = f"/accounts/login/code/?next={BASE}lobby/"


@pytest.fixture
def directory(settings, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Directory()
    apps = read_directory(server.url, CLIENT, SECRET, "the Example Trust", debug=True)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
    yield server
    server.shutdown()
    server.server_close()


def follow(client, onwards: str = f"{BASE}lobby/"):
    """There and back again, as a browser is led."""
    away = client.post(f"{LOGIN}?process=login&next={onwards}")
    there = urlsplit(away.url)
    connection = http.client.HTTPConnection(there.netloc)
    connection.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def who(email: str, *, verified: bool = True) -> dict[str, object]:
    return {"sub": "4711", "email": email, "email_verified": verified, "name": "Dana Placeholder"}


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_who_is_registered_comes_in_without_a_code(directory, ben, client_of):
    directory.person, client = who("Ben@example.org"), client_of()
    assert follow(client).url == f"{BASE}lobby/"
    assert client.get(f"{BASE}lobby/").status_code == 200
    assert User.objects.count() == 1


def test_who_is_new_signs_in_and_registers_like_everyone(directory, event, client_of):
    directory.person, client = who("dana@example.org"), client_of()
    assert follow(client, f"{BASE}register/").url == f"{BASE}register/"
    assert 'value="Dana Placeholder"' in client.get(f"{BASE}register/", follow=True).content.decode()
    assert client.get(f"{BASE}lobby/").status_code == 404


def test_an_address_that_the_directory_has_not_proved_opens_nothing(directory, ben, client_of):
    directory.person, client = who("ben@example.org", verified=False), client_of()
    follow(client)
    assert not is_in(client)
    directory.person = who("new@example.org", verified=False)
    follow(client)
    assert not is_in(client)


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "http://evil.test"}, {"exp": 1}])
def test_a_token_for_another_of_another_or_of_yesterday_opens_nothing(directory, ben, client_of, claims):
    directory.person, directory.claims, client = who("ben@example.org"), claims, client_of()
    follow(client)
    assert not is_in(client)


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(directory, ben, client_of):
    directory.person = who("ben@example.org")
    directory.codes.add("one-code")
    client = client_of()
    client.get(f"{LOGIN}callback/?code=one-code&state=guessed")
    assert not is_in(client)


def test_the_button_is_there_when_there_is_a_directory_and_not_otherwise(directory, event, client_of, settings):
    assert "Sign in with the Example Trust" in client_of().get(SIGN_IN).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "Sign in with" not in client_of().get(SIGN_IN).content.decode().replace("Sign in with a passkey", "")
    assert client_of().post(LOGIN).status_code == 404


def test_half_a_directory_and_one_without_tls_stop_the_start():
    with pytest.raises(ImproperlyConfigured, match="belong together"):
        read_directory("https://id.example.org", "assembly", "", "", debug=False)
    with pytest.raises(ImproperlyConfigured, match="https"):
        read_directory("http://id.example.org", "assembly", "secret", "", debug=False)
    assert read_directory("", "", "", "name", debug=False) == []
