"""A portal with people in it, as production would have it (DEBUG off), on ports of its own."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import free_tcp_port, postgresql, running_postgresql, running_valkey, status, until

ROOT = Path(__file__).resolve().parents[1]
HOST = "portal.example"
EVENT = "assembly"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Server:
    """One server process, and what it has cost so far."""

    command: list[str]
    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self, path: str = "/healthz") -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        until(lambda: self._answers(path), 40)
        return self

    def kill(self) -> None:
        workers = self._children()
        self.process.kill()
        self.process.wait()
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """As an orderly restart does."""
        self.process.terminate()
        self.process.wait(20)

    @property
    def cpu(self) -> float:
        """Seconds of processor time, its own and the kernel's for it."""
        return sum(map(_ticks, [self.process.pid, *self._children()])) / TICKS

    def _children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    @property
    def kib(self) -> float:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 1024

    def _answers(self, path: str) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        try:
            return status(self.port, path) > 0
        except OSError:
            return False


def _ticks(pid: int) -> int:
    """Processor time, of the process and of the kernel for it, in ticks of the clock."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(parts[11]) + int(parts[12])


def daphne(application: str, environment: dict[str, str], folder: Path, *options: str) -> Server:
    port = free_tcp_port()
    command = [sys.executable, "-m", "daphne", "-e", f"tcp:{port}:interface=127.0.0.1:backlog=1024", "-v", "0"]
    command += ["--proxy-headers", "--websocket_connect_timeout", "60"]
    return Server([*command, *options, application], port, environment, folder / f"server-{port}.log")


def granian(environment: dict[str, str], folder: Path) -> Server:
    """Pages as production serves them; its two workers are children of the process we start."""
    port = free_tcp_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
    command += ["assembly.wsgi:application"]
    return Server(command, port, environment, folder / f"server-{port}.log")


@dataclass
class Person:
    user_id: int
    session: str
    delegate_id: int

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends, past the proxy that speaks TLS for us."""
        cookies = f"__Host-sessionid={self.session}; __Host-csrftoken={'c' * 32}"
        origin = f"https://{HOST}"
        return {"Host": HOST, "Origin": origin, "Cookie": cookies, "X-Forwarded-Proto": "https"}

    @property
    def form_headers(self) -> dict[str, str]:
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": "c" * 32}
        return self.headers | form | {"Accept": "application/json", "Referer": f"https://{HOST}/"}


@dataclass
class House:
    """An event with a lounge, its people signed in, and the servers that serve them."""

    folder: Path
    environment: dict[str, str]
    people: list[Person]
    event: int
    lounge: int
    rounds: list[tuple[int, list[int]]] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    database: str = ""
    redis: str = ""

    @property
    def channel(self) -> str:
        return f"conversation.{self.lounge}"

    def beside(self, person: Person) -> list[str]:
        """What the lounge's page listens to besides the words: the portal's news, the person's own, and the tallies."""
        event = [f"announcements.{self.event}", f"event.{self.event}.programme"]
        own = [f"inbox.{person.delegate_id}", f"mutes.{person.delegate_id}", f"delegate.{person.delegate_id}.rooms"]
        kinds = ("reactions", "pace", "questions", "upvotes", "polls", "results")
        return event + own + [f"{self.channel}.{kind}" for kind in kinds]

    def serve(self, application: str = "assembly.asgi:application", *options: str) -> Server:
        return self._keep(daphne(application, self.environment, self.folder, *options))

    def serve_pages(self) -> Server:
        """The pages alone, on the server of production."""
        return self._keep(granian(self.environment, self.folder))

    def _keep(self, server: Server) -> Server:
        self.servers.append(server.start())
        return server

    def stop(self) -> None:
        for server in self.servers:
            server.kill()
        self.servers.clear()


Through = Callable[[str, str], tuple[str, str]]


@contextmanager
def house(
    people: int, *, through: Through = lambda database, redis: (database, redis), engine: str = "postgresql"
) -> Iterator[House]:
    """On PostgreSQL where there is one, else (or when ``engine`` says so) on SQLite.

    ``through(database, redis)`` gives the addresses the servers are told, and both are TCP to it.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assembly-")))
        programs = postgresql() if engine == "postgresql" else None
        database = stack.enter_context(running_postgresql(programs)) if programs else f"sqlite:///{folder}/db.sqlite3"
        redis = stack.enter_context(running_valkey(free_tcp_port()))
        built = furnish(folder, _production(folder, database, redis), people)
        proxied, hinted = through(database, redis)
        built.environment = built.environment | {"DATABASE_URL": proxied, "REDIS_URL": hinted}
        built.database, built.redis = database, redis
        stack.callback(built.stop)
        yield built


def _production(folder: Path, database: str, redis: str) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "ORIGINS": f"https://{HOST}",
        "TRUSTED_PROXY_COUNT": "1",
        "EMAIL_URL": "file:///mail",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "DJANGO_SETTINGS_MODULE": "assembly.settings",
    }


def furnish(folder: Path, environment: dict[str, str], people: int) -> House:
    command = [sys.executable, "-m", "benchmarks.people", str(people)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    came = [Person(*each) for each in made["people"]]
    return House(folder, environment, came, made["event"], made["lounge"], made["rounds"])
