"""A large form is read by Django alone: Twisted's own reading took a dozen times its size in memory."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.client import request
from benchmarks.house import EVENT, House, Server, house

pytestmark = pytest.mark.slow
SIZE = 24 * 2**20


def peak_mib(server: Server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def form_of(size: int) -> tuple[dict[str, str], str]:
    head = '--line\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return {"Content-Type": "multipart/form-data; boundary=line"}, head + "x" * size + "\r\n--line--\r\n"


def grown_by_a_large_form(built: House, server: Server) -> float:
    """In MiB. The file is of no form of this address, which says in JSON that there are no words."""
    path = f"/{EVENT}/conversations/{built.lounge}/say/"
    headers, body = form_of(10)
    asyncio.run(request(server.port, "POST", path, built.people[0].form_headers | headers, body))
    before = peak_mib(server)
    headers, body = form_of(SIZE)
    status, _ = asyncio.run(request(server.port, "POST", path, built.people[0].form_headers | headers, body))
    assert status == 422
    return peak_mib(server) - before


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Memory is read as Linux tells it.")
def test_a_large_form_takes_little_more_memory_than_its_size() -> None:
    with house(1) as built:
        ours = grown_by_a_large_form(built, built.serve())
        stock = grown_by_a_large_form(built, built.serve("benchmarks.stock:application"))
    assert ours < 3 * SIZE / 2**20
    assert stock > 5 * SIZE / 2**20, "without the switch it is as it was"
