"""The production stack, started as docker-compose.yml starts it, on this machine: nginx, pages, live."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import pytest

from deploy.production import ENVIRONMENT
from tests.assembly.nginx import NGINX, Proxy, running_nginx
from tests.servers import free_tcp_port, postgresql, running_postgresql, running_valkey, status, until

ROOT = Path(__file__).resolve().parents[2]
HOST = "assembly.example.org"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NGINX, reason="nginx is not on this machine."),
    pytest.mark.skipif(not postgresql(), reason="PostgreSQL is not on this machine."),
]


def run(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True)


def serve(stack: ExitStack, log: Path, environment: dict[str, str], *command: str) -> None:
    """Start a server of the stack, ended with it."""
    output = stack.enter_context(log.open("wb"))
    server = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
    )
    stack.callback(server.wait)
    stack.callback(server.terminate)


def answers(port: int) -> bool:
    try:
        return status(port, "/healthz") < 500
    except OSError:
        return False


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("production")
    pages, live = str(free_tcp_port()), str(free_tcp_port())
    programs = postgresql()
    assert programs
    with ExitStack() as stack:
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATA_DIR": str(folder),
            "DATABASE_URL": stack.enter_context(running_postgresql(programs)),
            "REDIS_URL": stack.enter_context(running_valkey()),
        }
        run(environment, "manage.py", "migrate", "--noinput")
        run(environment, "manage.py", "collectstatic", "--noinput")
        (folder / "static").symlink_to(ROOT / "staticfiles")
        granian = ("--interface", "wsgi", "--no-ws", "--port", pages, "--blocking-threads", "4")
        serve(stack, folder / "pages.log", environment, "granian", *granian, "assembly.wsgi:application")
        daphne = ("-b", "127.0.0.1", "-p", live, "--proxy-headers", "--no-server-name", "-v", "0")
        serve(stack, folder / "live.log", environment, "daphne", *daphne, "assembly.asgi:application")
        until(lambda: answers(int(pages)) and answers(int(live)), 30)
        yield stack.enter_context(running_nginx(folder, pages=int(pages), live=int(live)))


def shake_hands(production: Proxy, origin: str) -> HTTPResponse:
    return production.ask(
        "/live/assembly-2022/",
        Host=HOST,
        Origin=origin,
        Upgrade="websocket",
        Connection="Upgrade",
        **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
    )


def test_a_page_comes_with_its_files_under_hashed_names(production: Proxy) -> None:
    answer = production.ask("/", Host=HOST)
    assert answer.status == 200
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.read().decode())
    assert files
    for file in files:
        got = production.ask(file, Host=HOST)
        assert got.status == 200, file
        assert "immutable" in str(got.headers["Cache-Control"]), file


def test_the_page_keeps_its_security_headers_behind_the_proxy(production: Proxy) -> None:
    headers = production.ask("/", Host=HOST).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["X-Frame-Options"] == "DENY"


def test_another_host_is_refused(production: Proxy) -> None:
    assert production.ask("/", Host="evil.test").status == 400


def test_a_claimed_root_does_not_reach_the_links(production: Proxy) -> None:
    body = production.ask("/", Host=HOST, **{"Daphne-Root-Path": "/evil"}).read()
    assert b"/evil" not in body


def test_the_demonstrations_doors_are_not_there(production: Proxy) -> None:
    assert production.ask("/mailbox/", Host=HOST).status == 404
    assert production.ask("/enter/anyone/", Host=HOST).status == 404


@pytest.mark.parametrize("origin", ["https://evil.test", "null", f"http://{HOST}", f"https://{HOST}:9999"])
def test_a_socket_from_another_origin_is_refused(production: Proxy, origin: str) -> None:
    assert shake_hands(production, origin).status == 403


def test_a_socket_of_our_own_reaches_the_gateway(production: Proxy) -> None:
    """Nobody is signed in, so the gateway itself says no, in its own way."""
    assert shake_hands(production, f"https://{HOST}").status in (101, 403)
