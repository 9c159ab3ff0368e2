"""Throw-away servers for the tests, and where their programs are on this machine."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from assembly.processes import redis_answers, redis_server

# The shell has no window to draw: the same pages for less than half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def chromium() -> str | None:
    """The path of a browser of Chromium's kind."""
    return next(filter(None, map(shutil.which, (*BROWSERS, *MAC_BROWSERS))), None)


def postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest where there are several."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found and shutil.which("pg_ctl") else None


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to come true, and no longer than that."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.03)


def status(port: int, path: str) -> int:
    """The status with which this machine's port answers."""
    connection = HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def running_valkey(port: int | None = None) -> Iterator[str]:
    """A Valkey or Redis that keeps nothing: gives its URL, a Unix socket's unless a port is named."""
    with tempfile.TemporaryDirectory(prefix="assembly-") as folder:
        path = f"{folder}/redis.sock"
        url = f"redis://127.0.0.1:{port}" if port else f"unix://{path}"
        listen = ["--port", str(port or 0), "--bind", "127.0.0.1", "--unixsocket", path]
        keep = ["--save", "", "--appendonly", "no", "--dir", folder]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
        server = subprocess.Popen([redis_server(), *listen, *keep], **quiet)  # type: ignore[call-overload]
        try:
            wait_for_valkey(server, url)
            yield url
        finally:
            server.kill()
            server.wait()


def wait_for_valkey(server: subprocess.Popen[bytes], url: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not redis_answers(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Valkey did not start.")
        time.sleep(0.02)


@contextmanager
def running_postgresql(programs: Path) -> Iterator[str]:
    """A PostgreSQL that trusts everyone on this machine and loses everything: gives its URL."""
    with tempfile.TemporaryDirectory(prefix="assembly-") as folder:
        as_server = become_server(Path(folder))
        data, port = f"{folder}/data", free_tcp_port()
        locale = "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=en_US.UTF-8"
        fresh = ["-D", data, "-A", "trust", "-U", "assembly", "-E", "UTF8", "--no-sync", locale]
        run([*as_server, f"{programs}/initdb", *fresh])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c max_connections=300"
        control = [*as_server, f"{programs}/pg_ctl", "-D", data, "-w"]
        run([*control, "-o", options, "-l", f"{folder}/log", "start"])
        try:
            yield f"postgres://assembly@127.0.0.1:{port}/postgres"
        finally:
            run([*control, "-m", "immediate", "stop"])


JANUS_SECRET, JANUS_ADMIN_KEY = "secret-of-the-tests", "key-of-the-tests"
JANUS = {
    "janus.jcfg": """
        general: {{ configs_folder = "{folder}"; api_secret = "{secret}"; debug_level = 3; log_to_stdout = true }}
        nat: {{ ice_enforce_list = "lo"; ice_lite = false }}
        media: {{ rtp_port_range = "{ports}"; ipv6 = false }}
        transports: {{ disable = "libjanus_http.so,libjanus_pfunix.so,libjanus_mqtt.so,libjanus_nanomsg.so" }}
        events: {{ broadcast = false }}
    """,
    "janus.transport.websockets.jcfg": """
        general: {{ json = "compact"; ws = true; ws_port = {port}; ws_ip = "127.0.0.1"; wss = false }}
    """,
    "janus.plugin.videoroom.jcfg": """general: {{ admin_key = "{admin_key}" }}""",
}


@contextmanager
def running_janus() -> Iterator[dict[str, str]]:
    """A media server for this machine alone: gives the environment of a portal that uses it."""
    port = free_tcp_port()
    with tempfile.TemporaryDirectory(prefix="assembly-") as folder:
        values = {"folder": folder, "port": port, "secret": JANUS_SECRET, "admin_key": JANUS_ADMIN_KEY}
        for name, text in JANUS.items():
            Path(folder, name).write_text(text.format(**values, ports="20000-24000"))
        with Path(folder, "log").open("w") as log:
            server = subprocess.Popen(["janus", "-F", folder], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            until(lambda: answers(port) or server.poll() is not None)
            assert server.poll() is None, Path(folder, "log").read_text()
            url = f"ws://127.0.0.1:{port}"
            yield {
                "JANUS_URL": url,
                "JANUS_SECRET": JANUS_SECRET,
                "JANUS_ADMIN_KEY": JANUS_ADMIN_KEY,
                "JANUS_RECORDINGS": f"{folder}/recordings",
            }
        finally:
            server.kill()
            server.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def become_server(folder: Path) -> list[str]:
    """How to run as somebody who is not root, which PostgreSQL asks for."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {done.stdout}{done.stderr}")
