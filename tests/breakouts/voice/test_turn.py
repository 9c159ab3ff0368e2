"""Credentials of a relay, against values made with openssl and with coturn's own recipe."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from breakouts.voice.turn import credentials, ice_servers
from tests.servers import answers, free_tcp_port, until

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


@pytest.fixture
def allocates() -> Iterator[Callable[[str, str], bool]]:
    """Whether a real relay gives way to this user name and password."""
    if shutil.which("turnserver") is None:
        pytest.skip("coturn is not on this machine (Debian: apt-get install coturn).")
    port = free_tcp_port()
    here = ["-n", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", str(port), "-r", "portal", "--log-file=stdout"]
    safe = [
        "--allow-loopback-peers",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--use-auth-secret",
        "--static-auth-secret=north",
    ]
    server = subprocess.Popen(["turnserver", *here, *safe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: answers(port))

    def ask(username: str, password: str) -> bool:
        command = ["turnutils_uclient", "-u", username, "-w", password, "-p", str(port), "-e", "127.0.0.1", "127.0.0.1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as client:
            assert client.stdout is not None
            # It goes on to send through the relay, which is not the matter here.
            given = next((line for line in client.stdout if "start_mclient" in line or "Cannot complete" in line), "")
            client.kill()
        return "start_mclient" in given

    yield ask
    server.kill()
    server.wait()


def test_a_real_relay_takes_our_credentials_until_they_end_and_no_others(allocates):
    now = datetime.now(UTC)
    username, password = credentials("north", "7", now + timedelta(minutes=10))
    assert allocates(username, password)
    assert not allocates(username, "guessed")
    assert not allocates(f"{username}0", password)
    assert not allocates(*credentials("north", "7", now - timedelta(seconds=1)))
