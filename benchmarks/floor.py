"""The least a broadcast costs in Python: ``websockets`` alone, telling everyone what anyone says."""

import asyncio
import sys
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

here: set[ServerConnection] = set()


async def handle(connection: ServerConnection) -> None:
    here.add(connection)
    try:
        async for message in connection:
            broadcast(here, message)
    finally:
        here.discard(connection)


def answer(connection: ServerConnection, request: Request) -> Response | None:
    return connection.respond(HTTPStatus.OK, "") if request.path == "/healthz" else None


async def main(port: int) -> None:
    async with serve(handle, "127.0.0.1", port, compression=None, process_request=answer, ping_interval=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
