"""nginx on this machine with the committed files."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

from tests.servers import free_tcp_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Proxy:
    plain: int
    secure: int

    def ask(self, path: str, **headers: str) -> HTTPResponse:
        connection = HTTPSConnection("127.0.0.1", self.secure, timeout=5, context=ssl._create_unverified_context())
        sent = {name.replace("__", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=sent)
        return connection.getresponse()


@contextmanager
def running_nginx(folder: Path, *, pages: int, live: int) -> Iterator[Proxy]:
    """The proxy before two ports of this machine; static/ and media/ lie in `folder`."""
    proxy = Proxy(free_tcp_port(), free_tcp_port())
    certificate(folder)
    file = configure(folder, proxy, pages, live)
    command = [str(NGINX), "-c", str(file), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    # As a daemon it returns once it listens.
    # No pipes: the daemon would hold them open.
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield proxy
    finally:
        subprocess.run([*command, "-s", "stop"], check=True, capture_output=True)


def certificate(folder: Path) -> None:
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    request = [
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*request, *files], check=True, capture_output=True)


def configure(folder: Path, proxy: Proxy, pages: int, live: int) -> Path:
    """The committed files with this machine's ports and folders in the place of production's."""
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "/tmp/": f"{folder}/",
        "pages:8000": f"127.0.0.1:{pages}",
        "live:8001": f"127.0.0.1:{live}",
        "listen 8080": f"listen 127.0.0.1:{proxy.plain}",
        "listen 8443": f"listen 127.0.0.1:{proxy.secure}",
        "/etc/nginx/tls": str(folder),
        "/srv/static": str(folder / "static"),
        "/data/media": str(folder / "media"),
    }.items():
        assert old in text
        text = text.replace(old, new)
    # Started by root, its workers would be nobody and could not read a test's folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(user + text)
    shutil.copy(DEPLOY / "proxy.conf", folder)
    return folder / "nginx.conf"
