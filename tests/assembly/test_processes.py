"""Children of `make run`: chosen, watched, stopped."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assembly import processes
from assembly.processes import Children, Refused, free_port
from tests.servers import free_tcp_port, running_valkey, until

PARENT = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be counted does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path / "log", os.environ)
    yield children
    children.stop()


# -- the port ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "0", "-1", "65536", "eight", "8000.0", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refused, match="PORT must be a number"):
        free_port(text)


def test_a_free_port_is_taken_as_it_is() -> None:
    port = free_tcp_port()
    assert free_port(str(port)) == port


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port} is taken: try PORT="):
            free_port(str(port))


# -- Valkey or Redis -----------------------------------------------------------------------------


def test_the_socket_lies_in_the_data_folder(tmp_path: Path) -> None:
    short = Path("/tmp/assembly-data")
    assert processes.redis_socket(short) == short.resolve() / "redis.sock"


def test_a_folder_too_deep_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    assert len(os.fsencode(processes.redis_socket(deep))) <= processes.SOCKET_PATH_LIMIT
    assert processes.redis_socket(deep) != processes.redis_socket(tmp_path / ("e" * 120))


def test_a_server_on_path_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "redis-server").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert processes.redis_server() == str(tmp_path / "redis-server")


def test_without_any_server_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(processes.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"No Valkey or Redis .* set REDIS_URL"):
        processes.redis_server()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
def test_an_address_where_nothing_answers_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="Nothing answers at REDIS_URL"):
        processes.check_redis_url(url)


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Refused, match="REDIS_URL must begin with"):
        processes.check_redis_url("http://localhost")


def test_a_server_that_answers_is_accepted() -> None:
    with running_valkey() as url:
        processes.check_redis_url(url)


def test_the_embedded_server_answers_at_its_url(children: Children, tmp_path: Path) -> None:
    children.start("redis", processes.redis_command(processes.redis_server(), tmp_path))
    url = processes.redis_url(tmp_path)
    children.wait_until(lambda: processes.redis_answers(url), "Redis", 10)
    assert processes.redis_answers(url)


# -- children ------------------------------------------------------------------------------------


def test_stopping_ends_what_a_child_started_too(children: Children, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    children.start("parent", [sys.executable, "-c", PARENT, str(note)])
    until(lambda: note.exists() and note.read_text() != "")
    grandchild = int(note.read_text())
    assert alive(grandchild)
    children.stop()
    until(lambda: not alive(grandchild))


def test_a_child_that_ends_gives_its_last_words_as_the_reason(children: Children) -> None:
    children.start("worker", [sys.executable, "-c", "raise SystemExit('the disk is full')"])
    with pytest.raises(Refused, match=r"(?s)worker stopped with code 1.*the disk is full$"):
        children.watch()


def test_waiting_ends_when_a_child_does(children: Children) -> None:
    children.start("web", [sys.executable, "-c", "raise SystemExit('no such module')"])
    with pytest.raises(Refused, match="no such module"):
        children.wait_until(lambda: False, "The portal", 10)


def test_waiting_does_not_last_for_ever(children: Children) -> None:
    with pytest.raises(Refused, match="The portal did not answer"):
        children.wait_until(lambda: False, "The portal", 0.1)


def test_a_child_that_will_not_end_is_killed(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    children.start("deaf", [sys.executable, "-c", deaf])
    child = children.running[0]
    until(lambda: "deaf" in child.log.read_text())
    children.stop()
    assert child.process.returncode == -9


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a child that its parent was killed.")
def test_a_parent_killed_outright_leaves_no_child(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from assembly.processes import Children
children = Children(Path(sys.argv[1]), {})
children.start("child", [sys.executable, "-c", "import time; time.sleep(60)"])
print(children.running[0].process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until(lambda: not alive(child))
