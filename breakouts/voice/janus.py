"""A session with the media server over its websocket: requests answered, events handed on."""

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

logger = logging.getLogger(__name__)

PLUGIN = "janus.plugin.videoroom"
ANSWER_SECONDS = 8
# Janus forgets a session after sixty seconds without a word.
KEEP_ALIVE_SECONDS = 25


class JanusRefused(Exception):
    """An answer that says no, with Janus's own number for why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code


class JanusGone(ConnectionError):
    """The media server does not answer."""


@dataclass(frozen=True)
class Reply:
    """What a plugin says, to a request or by itself; ``sdp`` is the offer or answer that came with it."""

    handle: int
    data: dict[str, Any]
    sdp: str = ""


Heard = Callable[[Reply | None], None]


@asynccontextmanager
async def open_session(url: str, secret: str, heard: Heard) -> AsyncIterator["Janus"]:
    """A session for as long as the block runs; leaving it ends all media that went through it.

    ``heard`` is called with each event, and with None when the server has gone. Raises JanusGone.
    """
    try:
        # Beside us, so never through a proxy for the web.
        socket = await connect(url, subprotocols=[Subprotocol("janus-protocol")], proxy=None, compression=None)
    except (OSError, WebSocketException, TimeoutError) as error:
        raise JanusGone(str(error)) from error
    janus = Janus(socket, secret, heard)
    tasks = [asyncio.create_task(janus.read()), asyncio.create_task(janus.keep_alive())]
    try:
        await janus.begin()
        yield janus
    finally:
        for task in tasks:
            task.cancel()
        await janus.end()


class Janus:
    def __init__(self, socket: ClientConnection, secret: str, heard: Heard) -> None:
        self._socket = socket
        self._secret = secret
        self._heard = heard
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session: int | None = None

    async def begin(self) -> None:
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]

    async def end(self) -> None:
        """Said aloud, so that media stops now and not when the lost connection is noticed."""
        try:
            async with asyncio.timeout(1):
                await self._send({"janus": "destroy"}, "end")
                await self._socket.close()
        except (WebSocketException, TimeoutError):
            logger.info("The media server was gone before its session was ended")

    async def attach(self) -> int:
        """A new handle: one sends, or one receives."""
        return int((await self._ask({"janus": "attach", "plugin": PLUGIN}))["data"]["id"])

    async def request(self, handle: int, body: dict[str, Any], *, offer: str = "", answer: str = "") -> Reply:
        """The plugin's answer. Raises JanusRefused with its number, JanusGone."""
        message: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if offer or answer:
            message["jsep"] = {"type": "offer" if offer else "answer", "sdp": offer or answer}
        reply = _reply(await self._ask(message))
        if "error_code" in reply.data:
            raise JanusRefused(reply.data["error_code"], reply.data.get("error", ""))
        return reply

    async def read(self) -> None:
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        except (WebSocketException, ValueError):
            logger.info("The connection to the media server broke")
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(JanusGone("The media server has gone."))
        self._heard(None)

    async def keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
            await self._send({"janus": "keepalive"}, "alive")

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("janus") == "ack":
            return
        future = self._waiting.get(message.get("transaction", ""))
        if future and not future.done():
            future.set_result(message)
        elif message.get("janus") == "event":
            self._heard(_reply(message))
        elif message.get("janus") == "timeout":
            self._heard(None)

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        transaction = uuid.uuid4().hex
        future = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(message, transaction)
                answer = await future
        except (WebSocketException, TimeoutError) as error:
            raise JanusGone(str(error)) from error
        finally:
            del self._waiting[transaction]
        if answer.get("janus") == "error":
            raise JanusRefused(answer["error"]["code"], answer["error"]["reason"])
        return answer

    async def _send(self, message: dict[str, Any], transaction: str) -> None:
        session = {"session_id": self._session} if self._session else {}
        await self._socket.send(
            json.dumps({**message, **session, "transaction": transaction, "apisecret": self._secret})
        )


def _reply(message: dict[str, Any]) -> Reply:
    data = message.get("plugindata", {}).get("data", {})
    return Reply(message.get("sender", 0), data, message.get("jsep", {}).get("sdp", ""))
