"""The one consumer: it decides who may listen, and hands the listener to the hub."""

import asyncio
import logging
import math
from collections.abc import Mapping
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.cookie import parse_cookie

from portal import clock
from portal.live import wire
from portal.live.access import Caller, Verdict, choose_hearable, identify
from portal.live.hub import current_hub
from portal.live.registry import Channel, find_channel
from portal.live.rounds import SIGNED_OUT, refusal_of
from portal.live.services import tell_typing
from portal.live.sockets import SLOW_READER, Bucket, Socket

logger = logging.getLogger(__name__)

BAD_FRAMES = 4400
TOO_MANY = 4429
# As 503; the server library sends none of the reserved codes for it (1001, 1012).
RESTARTING = 4503
_FLUSH_SECONDS = 0.2
_STRIKES = 3
_TYPING_SECONDS = 2.0
_RETRY_SECONDS = 2
# Within the time after which a page fetches for itself.
_TRIES, _TRY_SECONDS = 4, 0.5


class Gateway(AsyncWebsocketConsumer):
    """A socket of one tab, in one event. It tells; commands go over HTTP (docs/live.md)."""

    channel_layer_alias = None

    socket: Socket | None = None
    bucket: Bucket
    strikes = 0
    typed_at = -60.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Leaves the hub however the connection ends, cancellation included."""
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            await self._say_goodbye()
            raise
        finally:
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the parent's, without its trip to a thread per frame: queries here tidy up themselves."""
        handlers = {
            "websocket.connect": self.websocket_connect,
            "websocket.receive": self.websocket_receive,
            "websocket.disconnect": self.websocket_disconnect,
        }
        await handlers[message["type"]](message)

    async def connect(self) -> None:
        self.hub = current_hub()
        key = session_key(self.scope)
        if not key:
            await self.close(SIGNED_OUT)
            return
        async with self.hub.knocking():
            caller = await self._identify(key)
            if caller is None:
                await self.close(SIGNED_OUT)
            elif code := self._refusal(caller):
                await self._refuse(code)
            elif self.bucket.wait_for_token(_now()):
                self._leave()
                await self._refuse(TOO_MANY)
            else:
                await self.accept()

    async def disconnect(self, code: int) -> None:
        self._leave()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        socket = self.socket
        if socket is None or socket.closing:
            return
        socket.heard_at = _now()
        if seconds := self.bucket.wait_for_token(_now()):
            await self._slow_down(socket, seconds)
            return
        try:
            command = wire.decode(text_data)
        except wire.TooLong:
            await socket.tell(wire.encode({"error": "too_long"}))
        except wire.BadFrame:
            await self._strike(socket)
        else:
            await self._obey(socket, command)

    # Entering

    async def _identify(self, key: str) -> Caller | None:
        """Asked again when anything was revoked meanwhile, so that no revocation falls between."""
        event = self.scope["url_route"]["kwargs"]["event"]
        while True:
            revoked = self.hub.revoked
            caller = await self.hub.ask(identify, key, event, clock.now())
            if self.hub.revoked == revoked:
                return caller

    def _refusal(self, caller: Caller) -> int:
        """A close code, or 0 for whoever is let in: they are in the hub from here on."""
        holder, admission = caller.holder, caller.admission
        if code := refusal_of(admission):
            return code
        if not self.hub.crowd.has_room(holder.user_id):
            return TOO_MANY
        direct = self.scope.get("live.direct")
        self.socket = Socket(holder, write=self.send, shut=self.close, heard_at=_now(), direct=direct)
        self.socket.until, self.socket.unheard = admission.until, caller.unheard
        self.bucket = self.hub.enter(self.socket)
        return 0

    async def _refuse(self, code: int) -> None:
        """Accepts first: a browser is not shown the reason of a refused handshake."""
        await self.accept()
        await self.close(code)

    async def _say_goodbye(self) -> None:
        """A server that stops cancels us: told so, pages come back spread over half a minute."""
        if self.socket is not None and not self.socket.closing:
            await self.socket.close(RESTARTING)
            await asyncio.sleep(_FLUSH_SECONDS)

    def _leave(self) -> None:
        if self.socket is not None:
            self.socket.closing = True
            self.hub.leave(self.socket)

    # Commands

    async def _obey(self, socket: Socket, command: wire.Command) -> None:
        for name in command.unlisten:
            self.hub.part(socket, name)
        if command.typing in socket.channels and _now() - self.typed_at >= _TYPING_SECONDS:
            self.typed_at = _now()
            if not self.hub.is_crowded(command.typing):
                await self.hub.ask(tell_typing, command.typing, socket.holder.user_id, clock.now())
        if command.away is not None and command.away != socket.away:
            # Told with the newcomers, within a second or two.
            socket.away, socket.witnessed = command.away, False
        if command.listen:
            await self._listen(socket, command.listen, command.beat or {})
        if command.beat is not None:
            await self._beat(socket, command.beat)

    async def _listen(self, socket: Socket, names: list[str], has: Mapping[str, int]) -> None:
        """``has`` says of channels which version the page has: it is told what came since."""
        missed = {name: has[name] for name in names if name in has and name not in socket.channels}
        channels: list[Channel] = []
        for name in names:
            channel = find_channel(name)
            if channel is None:
                await _tell_error(socket, name, "unknown")
            elif len(socket.channels | {c.name for c in channels} | {name}) > wire.MAX_CHANNELS:
                await _tell_error(socket, name, "too_many")
            else:
                channels.append(channel)
        try:
            await self._join(socket, sorted(channels, key=_is_gauge), missed)
        except Exception:
            logger.exception("Listening failed")
            seconds = _RETRY_SECONDS
            await socket.tell(wire.encode({"error": "slow_down", "seconds": seconds}))

    async def _join(self, socket: Socket, waiting: list[Channel], missed: Mapping[str, int]) -> None:
        while waiting:
            rights = socket.rights
            verdict = await self.hub.ask(choose_hearable, socket.holder, waiting, clock.now())
            if code := refusal_of(verdict.admission):
                await self.hub.end(socket, code)
                return
            waiting = await self._join_hearable(socket, waiting, missed, verdict, rights)

    async def _join_hearable(
        self, socket: Socket, channels: list[Channel], missed: Mapping[str, int], verdict: Verdict, rights: int
    ) -> list[Channel]:
        """Returns those to ask about again, because rights changed meanwhile."""
        for place, channel in enumerate(channels):
            if channel.name not in verdict.hearable:
                await _tell_error(socket, channel.name, "forbidden")
            elif not await self.hub.join(socket, channel, rights=rights, start=verdict.hearable[channel.name]):
                return channels[place:]
            elif channel.name in missed:
                await self._bring_up(socket, channel.name, missed[channel.name])
        return []

    async def _beat(self, socket: Socket, has: dict[str, int]) -> None:
        """``has`` is what the client has seen; the answer is what there is, from memory."""
        known = {name: self.hub.version_of(name) for name in has if name in socket.channels}
        versions = {name: version for name, version in known.items() if version is not None}
        await socket.tell(wire.encode({"beat": versions}))
        if any(self.hub.leaves_behind(socket, name, version) for name, version in has.items()):
            await self.hub.end(socket, SLOW_READER)

    async def _bring_up(self, socket: Socket, name: str, has: int) -> None:
        """Tried again while the database is away: a page that fetches what it missed costs many times as much."""
        for _ in range(_TRIES):
            try:
                await self.hub.bring_up(socket, name, has)
                return
            except Exception:
                logger.exception("Telling what was missed failed")
                await asyncio.sleep(_TRY_SECONDS)

    # Manners

    async def _strike(self, socket: Socket) -> None:
        self.strikes += 1
        await socket.tell(wire.encode({"error": "bad_frame"}))
        if self.strikes >= _STRIKES:
            await self.hub.end(socket, BAD_FRAMES)

    async def _slow_down(self, socket: Socket, seconds: float) -> None:
        if self.bucket.is_out_of_patience:
            await self.hub.end(socket, TOO_MANY)
            return
        whole = math.ceil(seconds)
        await socket.tell(wire.encode({"error": "slow_down", "seconds": whole}))


def _is_gauge(channel: Channel) -> bool:
    """Words are listened to first: they are told while many who come back wait for tallies."""
    return channel.kind.frames_after is None


async def _tell_error(socket: Socket, name: str, error: str) -> None:
    await socket.tell(wire.encode({"channel": name, "error": error}))


def session_key(scope: Any) -> str:
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(header.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


def _now() -> float:
    return asyncio.get_running_loop().time()
