"""The production proxy, as nginx itself reads it: what it drops, what it guards, what it passes."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.assembly.nginx import NGINX, Proxy, running_nginx

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not on this machine.")


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it got, or sends on to a protected file."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        if self.path == "/give":
            self.send_header("X-Accel-Redirect", "/protected/slides.txt")
            self.send_header("Content-Security-Policy", "sandbox")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def behind() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, behind: int) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    for name in ("static/hls.mjs", "static/hls.0123456789ab.mjs", "media/slides.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("slides")
    with running_nginx(folder, pages=behind, live=behind) as proxy:
        yield proxy


def test_what_a_visitor_claims_about_proxies_is_dropped(proxy: Proxy) -> None:
    claims = {
        "Daphne-Root-Path": "/evil",
        "Forwarded": "for=1.2.3.4",
        "X-Real-IP": "1.2.3.4",
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Port": "99",
        "X-Forwarded-Prefix": "/evil",
        "X_Forwarded_For": "1.2.3.4",
        "Daphne_Root_Path": "/evil",
    }
    got = json.loads(proxy.ask("/hee-2022/", **claims).read())
    assert got.pop("x-forwarded-for") == "127.0.0.1"
    assert got.pop("x-forwarded-proto") == "https"
    assert not [name for name in got if "forwarded" in name or "daphne" in name or "real" in name]


def test_the_host_is_passed_on_as_typed(proxy: Proxy) -> None:
    got = json.loads(proxy.ask("/", Host="assembly.example.org").read())
    assert got["host"] == "assembly.example.org"


def test_protected_files_are_not_reached_directly(proxy: Proxy) -> None:
    assert proxy.ask("/protected/slides.txt").status == 404
    assert proxy.ask("/static/../protected/slides.txt").status == 404


def test_protected_files_are_sent_on_the_portals_word(proxy: Proxy) -> None:
    answer = proxy.ask("/give")
    assert answer.read() == b"slides"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_part_of_a_protected_file_can_be_asked_for(proxy: Proxy) -> None:
    answer = proxy.ask("/give", Range="bytes=1-3")
    assert (answer.status, answer.read()) == (206, b"lid")


def test_a_socket_is_upgraded_and_never_compressed(proxy: Proxy) -> None:
    asked = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Extensions": "permessage-deflate",
    }
    got = json.loads(proxy.ask("/live/", **asked).read())
    assert (got["upgrade"], got["connection"]) == ("websocket", "upgrade")
    assert "sec-websocket-extensions" not in got


def test_only_the_socket_is_upgraded(proxy: Proxy) -> None:
    got = json.loads(proxy.ask("/hee-2022/", Upgrade="websocket", Connection="Upgrade").read())
    assert "upgrade" not in got


def test_modules_are_served_as_script(proxy: Proxy) -> None:
    assert proxy.ask("/static/hls.mjs").headers["Content-Type"] == "text/javascript"


@pytest.mark.parametrize(("name", "kept"), [("hls.0123456789ab.mjs", True), ("hls.mjs", False)])
def test_only_a_name_with_a_hash_is_kept_for_ever(proxy: Proxy, name: str, kept: bool) -> None:
    answer = proxy.ask(f"/static/{name}")
    assert ("immutable" in str(answer.headers["Cache-Control"])) == kept


def test_a_body_over_the_limit_is_refused_by_its_length(proxy: Proxy) -> None:
    assert proxy.ask("/", **{"Content-Length": str(13 * 2**20)}).status == 413


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", proxy.plain, timeout=5)
    connection.request("GET", "/hee-2022/", headers={"Host": "assembly.example.org"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == "https://assembly.example.org/hee-2022/"
