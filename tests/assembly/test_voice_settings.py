"""What the environment may say of the media server and the relays."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from assembly.settings import read_janus, read_turn


def test_no_media_server_and_no_relay_is_a_whole_answer():
    assert read_janus("", "", "") == ("", "", "")
    assert read_turn([], "") == ([], "")


def test_all_of_them_together():
    assert read_janus("ws://127.0.0.1:8188", "secret", "key") == ("ws://127.0.0.1:8188", "secret", "key")
    assert read_turn(["turn:a", "turns:b"], "secret") == (["turn:a", "turns:b"], "secret")


@pytest.mark.parametrize(
    "given",
    [
        ("http://127.0.0.1:8188", "secret", "key"),
        ("ws://127.0.0.1:8188", "", "key"),
        ("ws://127.0.0.1:8188", "secret", ""),
        ("", "secret", "key"),
        ("", "", "key"),
    ],
)
def test_half_a_media_server_stops_the_start(given):
    with pytest.raises(ImproperlyConfigured, match="JANUS_URL"):
        read_janus(*given)


@pytest.mark.parametrize(("urls", "secret"), [(["turn:a"], ""), ([], "secret"), (["https://a"], "secret")])
def test_half_a_relay_stops_the_start(urls, secret):
    with pytest.raises(ImproperlyConfigured, match="TURN_URLS"):
        read_turn(urls, secret)
