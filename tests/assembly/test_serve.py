"""`make run` as a person meets it: it starts whole, stops whole, and says why when it cannot."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import status
from tests.serving import Serving

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ASSEMBLY_NOW", "ORIGINS", "ALLOWED_HOSTS")

pytestmark = pytest.mark.slow


def gone(pids: set[int]) -> bool:
    alive = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True).stdout
    running = {int(line.split()[0]) for line in alive.splitlines() if "Z" not in line.split()[1]}
    return not pids & running


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the module: only the first start is a cold one."""
    return tmp_path_factory.mktemp("serve")


@pytest.fixture
def serving(data: Path) -> Iterator[Serving]:
    serving = Serving(data).start()
    yield serving
    if not serving.ended():
        serving.process.send_signal(signal.SIGTERM)
        serving.process.wait(30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_starts_whole_and_leaves_nothing_running(serving: Serving, number: signal.Signals) -> None:
    serving.ready()
    running = serving.descendants()
    assert len(running) >= 3
    assert status(serving.port, "/healthz") == 200
    serving.process.send_signal(number)
    assert serving.process.wait(30) == 0
    assert gone(running)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", serving.port), timeout=2)


def test_it_says_where_everything_is(serving: Serving) -> None:
    text = serving.ready().text()
    address = f"http://localhost:{serving.port}"
    assert f"ready at {address}/" in text
    assert f"{address}/mailbox/" in text
    links = [line.split()[-1] for line in text.splitlines() if line.startswith("  ")]
    assert len(links) >= 3
    assert all(link.startswith(address) for link in links)


def test_when_a_child_dies_all_stop_and_the_reason_is_last(serving: Serving) -> None:
    serving.ready()
    running = serving.descendants()
    table = subprocess.run(["ps", "-A", "-o", "pid=,args="], capture_output=True, text=True).stdout
    worker = next(pid for line in table.splitlines() if "celery" in line and (pid := int(line.split()[0])) in running)
    os.kill(worker, signal.SIGKILL)
    assert serving.process.wait(30) == 1
    assert gone(running)
    reason = serving.text().split("Ctrl-C stops everything.")[1]
    assert "worker stopped with code -9, so everything was stopped." in reason


def test_a_taken_port_is_one_sentence(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        serving = Serving(data, port=holder.getsockname()[1]).start()
        assert serving.process.wait(30) == 1
    assert serving.text().strip() == f"Port {serving.port} is taken: try PORT={serving.port + 1} make run."


def test_a_second_start_on_the_same_data_is_one_sentence(serving: Serving) -> None:
    serving.ready()
    second = Serving(serving.data).start()
    assert second.process.wait(30) == 1
    assert second.text().startswith(f"Assembly already runs on {serving.data}: stop that one")
    assert len(second.text().strip().splitlines()) == 1
    assert status(serving.port, "/healthz") == 200


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eight", "PORT"),
        ("DEBUG", "perhaps", "DEBUG"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("ASSEMBLY_NOW", "soon", "ASSEMBLY_NOW"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL"),
        ("REDIS_URL", "http://127.0.0.1", "REDIS_URL"),
    ],
)
def test_a_broken_setting_is_one_sentence(data: Path, name: str, value: str, sentence: str) -> None:
    serving = Serving(data, environment={name: value}).start()
    assert serving.process.wait(30) == 1
    assert sentence in serving.text()
    assert len(serving.text().strip().splitlines()) == 1


def test_without_debug_it_refuses(data: Path) -> None:
    production = {"DEBUG": "false", "SECRET_KEY": "x" * 60}
    serving = Serving(data, environment=production).start()
    assert serving.process.wait(30) == 1
    assert "DEBUG=true" in serving.text()
