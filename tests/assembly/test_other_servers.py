"""Daphne is the default and no more: another ASGI server carries pages and sockets alike."""

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect

from benchmarks.client import request
from benchmarks.house import EVENT, HOST, House, Person, Server, house
from tests.servers import free_tcp_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built() -> Iterator[House]:
    with house(2) as built:
        yield built


@pytest.fixture
def uvicorn(built: House) -> Iterator[Server]:
    port = free_tcp_port()
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--ws", "websockets-sansio", "--lifespan", "off"]
    server = Server([*command, "assembly.asgi:application"], port, built.environment, built.folder / "uvicorn.log")
    try:
        yield server.start()
    finally:
        server.kill()


def knock(person: Person, server: Server) -> connect:
    """A socket of theirs, as the proxy that speaks TLS for us passes it on."""
    headers = {name: person.headers[name] for name in ("Cookie", "X-Forwarded-Proto")}
    address = f"ws://{HOST}/live/{EVENT}/"
    return connect(address, origin=f"https://{HOST}", additional_headers=headers, host="127.0.0.1", port=server.port)


async def listen_and_say(built: House, server: Server, text: str) -> list[dict[str, object]]:
    """What two people's sockets are told of what the first of them says."""
    async with knock(built.people[0], server) as one, knock(built.people[1], server) as two:
        for socket in (one, two):
            await socket.send(json.dumps({"listen": [built.channel]}))
            assert json.loads(await socket.recv())["kind"] == "listening"
        body = urlencode({"text": text, "client_id": str(uuid.uuid4())})
        path = f"/{EVENT}/conversations/{built.lounge}/say/"
        status, answer = await request(server.port, "POST", path, built.people[0].form_headers, body)
        assert status == 201, answer
        return [json.loads(await asyncio.wait_for(socket.recv(), 20)) for socket in (one, two)]


def test_uvicorn_carries_pages_and_sockets(built: House, uvicorn: Server) -> None:
    text = f"Said at {uuid.uuid4()}"
    for frame in asyncio.run(listen_and_say(built, uvicorn, text)):
        assert frame["kind"] == "message"
        assert text in str(frame["html"])
