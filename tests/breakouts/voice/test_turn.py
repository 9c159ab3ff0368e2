"""Credentials of a relay, against values made with openssl and with coturn's own recipe."""

from datetime import UTC, datetime

import pytest

from breakouts.voice.turn import credentials, ice_servers

UNTIL = datetime(2022, 5, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("secret", "name", "username", "password"),
    [
        # printf '%s' USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64
        ("north", "7", "1653643800:7", "j/fRLdd06WsxdjOZ1Xf0oHA7AYM="),
        ("a longer secret, with spaces", "12345", "1653643800:12345", "KU2Oupej/xaHuWGS2qqyAeI/4j4="),
    ],
)
def test_credentials_are_the_hmac_of_the_moment_they_end(secret, name, username, password):
    assert credentials(secret, name, UNTIL) == (username, password)


def test_a_browser_gets_relays_with_credentials_and_other_servers_without():
    servers = ice_servers(["stun:one"], ["turn:two", "turns:three"], "north", name="7", until=UNTIL)
    assert servers == [
        {"urls": ["stun:one"]},
        {"urls": ["turn:two", "turns:three"], "username": "1653643800:7", "credential": "j/fRLdd06WsxdjOZ1Xf0oHA7AYM="},
    ]


def test_without_servers_a_browser_gets_none():
    assert ice_servers([], [], "", name="7", until=UNTIL) == []
