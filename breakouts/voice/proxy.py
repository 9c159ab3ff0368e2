"""The socket between a browser and the media server: it holds the rights, the secrets and the line.

The browser says ``publish``, ``unpublish``, ``answer`` and ``beat`` and nothing else; what Janus is told is
written here. When a right ends the line ends, and with it all that went through it.
"""

import asyncio
import json
import logging
from datetime import datetime
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db.models import Q

from breakouts.voice.janus import JanusGone, JanusRefused, Reply, open_session
from breakouts.voice.line import Line, Ticket
from breakouts.voice.models import Caller, Way
from breakouts.voice.policy import ends_of
from breakouts.voice.providers import plan_of, provider_of
from breakouts.voice.queries import callers_of, channel_of
from breakouts.voice.services import leave_voice, stay_in_voice, still_may
from portal import clock
from portal.live.access import choose_hearable, identify
from portal.live.gateway import TOO_MANY, session_key
from portal.live.hub import current_hub
from portal.live.registry import Channel, find_channel
from portal.live.rounds import REFUSED, SIGNED_OUT, refusal_of
from portal.live.sockets import Socket

logger = logging.getLogger(__name__)

NO_MEDIA_SERVER = 4502
LONGEST = 65_536
WORDS = {"publish", "unpublish", "answer", "beat"}
GONE = "The sound and pictures of this room do not work just now. You can go on in writing."


class VoiceProxy(AsyncWebsocketConsumer):
    """A listener of the hub like any tab, so that what is revoked reaches it within seconds."""

    channel_layer_alias = None

    socket: Socket | None = None
    ticket: Ticket | None = None
    work: asyncio.Task[None] | None = None
    ending: asyncio.TimerHandle | None = None
    is_known = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hang_up()

    async def connect(self) -> None:
        self.hub = current_hub()
        self.inbox: asyncio.Queue[dict[str, Any] | Reply | None] = asyncio.Queue()
        # Accepts first: a browser is not shown the reason of a refused handshake.
        await self.accept()
        async with self.hub.knocking():
            code = await self._come_in()
        if code:
            await self.close(code)
        else:
            self.work = asyncio.create_task(self._serve())

    async def disconnect(self, code: int) -> None:
        self._hang_up()
        if self.ticket:
            await self.hub.ask(_leave, self.ticket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None or self.socket.closing:
            return
        self.socket.heard_at = asyncio.get_running_loop().time()
        command = decode(text_data)
        if command is None or self.bucket.wait_for_token(self.socket.heard_at):
            await self.hub.end(self.socket, TOO_MANY)
        elif "beat" in command:
            await self._check()
        else:
            self.inbox.put_nowait(command)

    # Rights

    async def _come_in(self) -> int:
        """A close code, or 0: they are a listener of the hub, and have a ticket."""
        route, key = self.scope["url_route"]["kwargs"], session_key(self.scope)
        caller = await self.hub.ask(identify, key, route["event"], clock.now()) if key else None
        if caller is None:
            return SIGNED_OUT
        if code := refusal_of(caller.admission):
            return code
        ticket = await self.hub.ask(find_ticket, caller.holder.user_id, route["caller"], route["entry"])
        if ticket is None:
            return REFUSED["forbidden"]
        # No await between counting the sockets and being one of them.
        if not self.hub.crowd.has_room(caller.holder.user_id):
            return TOO_MANY
        now = asyncio.get_running_loop().time()
        self.socket = Socket(caller.holder, write=self._told, shut=self._shut, heard_at=now)
        self.socket.until, self.socket.unheard = caller.admission.until, caller.unheard
        self.bucket = self.hub.enter(self.socket)
        if self.bucket.wait_for_token(now):
            return TOO_MANY
        self.ticket = ticket
        if not await self._listen(self.socket, ticket):
            return REFUSED["forbidden"]
        self._end_at(ticket.ends)
        return 0

    async def _listen(self, socket: Socket, ticket: Ticket) -> bool:
        """Hears who is in, and hears of it when this person may not be."""
        found = [find_channel(name) for name in (f"voice.{ticket.caller_id}", channel_of(ticket.room_id))]
        channels: list[Channel] = [channel for channel in found if channel]
        while True:
            rights = socket.rights
            verdict = await self.hub.ask(choose_hearable, socket.holder, channels, clock.now())
            if {channel.name for channel in channels} - verdict.hearable.keys():
                return False
            joined = [await self.hub.join(socket, channel, rights=rights) for channel in channels]
            if all(joined):
                return True

    async def _told(self, text: str) -> None:
        """What the hub would write to a page."""
        message = json.loads(text)
        if message.get("error") == "forbidden" and self.socket:
            await self.hub.end(self.socket, REFUSED["forbidden"])
        elif state := message.get("state"):
            await self._follow(state)

    async def _follow(self, state: dict[str, Any]) -> None:
        assert self.ticket is not None
        if state.get("ends"):
            self._end_at(datetime.fromisoformat(state["ends"]))
        mine = next((each for each in state["people"] if each["id"] == self.ticket.caller_id), None)
        is_in = mine is not None and mine["entry"] == self.ticket.entry
        if not is_in and self.is_known and self.socket:
            await self.hub.end(self.socket, REFUSED["forbidden"])
        self.is_known = self.is_known or is_in
        if mine and not (mine["microphone"] or mine["camera"]):
            self.inbox.put_nowait({"check": True})

    async def _check(self) -> None:
        """Every twenty seconds: renews the place, and asks again what the clock or an organiser changed."""
        assert self.ticket is not None
        if not await self.hub.ask(_renew, self.ticket) and self.socket:
            await self.hub.end(self.socket, REFUSED["forbidden"])

    def _end_at(self, ends: datetime) -> None:
        if self.ending:
            self.ending.cancel()
        loop, seconds = asyncio.get_running_loop(), (ends - clock.now()).total_seconds()
        self.ending = loop.call_later(max(0.0, seconds), lambda: loop.create_task(self._shut(REFUSED["closed"])))

    async def _shut(self, code: int) -> None:
        self._hang_up()
        await self.close(code)

    def _hang_up(self) -> None:
        """The line first: whatever else fails, nothing is heard of this person from here on."""
        if self.work:
            self.work.cancel()
        if self.ending:
            self.ending.cancel()
        if self.socket:
            self.socket.closing = True
            self.hub.leave(self.socket)

    # The line

    async def _serve(self) -> None:
        assert self.ticket is not None
        try:
            async with open_session(settings.JANUS_URL, settings.JANUS_SECRET, self.inbox.put_nowait) as janus:
                line = Line(janus, self.ticket, self._tell, self._unheard)
                await line.open()
                while (item := await self.inbox.get()) is not None:
                    if not await self._handle(line, item):
                        break
        except (JanusGone, JanusRefused) as error:
            logger.warning("A line to the media server failed: %s", error)
        await self._tell({"problem": GONE})
        self.work = None
        await self._shut(NO_MEDIA_SERVER)

    async def _handle(self, line: Line, item: dict[str, Any] | Reply) -> bool:
        if isinstance(item, Reply):
            return await line.hear(item)
        if "publish" in item and await self._may_send():
            await line.send(str(item["publish"]))
        elif "answer" in item:
            await line.take_answer(str(item["answer"]))
        elif "unpublish" in item or not await self._may_send():
            await line.stop_sending()
        return True

    async def _may_send(self) -> bool:
        """As the rows have it: a gauge may be older than the click."""
        assert self.ticket is not None
        return await self.hub.ask(may_send, self.ticket)

    async def _unheard(self) -> set[int]:
        if self.socket is None or self.ticket is None or not self.socket.unheard:
            return set()
        return await self.hub.ask(callers_of, self.socket.unheard, self.ticket.room_id)

    async def _tell(self, message: dict[str, Any]) -> None:
        await self.send(json.dumps(message))


def decode(text: str | None) -> dict[str, Any] | None:
    """A command of one known word, or None."""
    if text is None or len(text) > LONGEST:
        return None
    try:
        command = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return command if isinstance(command, dict) and len(command) == 1 and command.keys() <= WORDS else None


def find_ticket(user_id: int, caller_id: int, entry: int) -> Ticket | None:
    """None for who is not in, for another's, and where the room does not speak through the media server."""
    callers = Caller.objects.present().select_related("room__round__session__event")
    caller = callers.filter(pk=caller_id, entry=entry, user=user_id).first()
    if caller is None or provider_of(plan_of(caller.room)).way != Way.JANUS:
        return None
    return Ticket(caller.pk, caller.entry, caller.name, caller.room_id, ends_of(caller.room), caller.recorded)


def may_send(ticket: Ticket) -> bool:
    heard = Q(microphone=True) | Q(camera=True)
    return Caller.objects.present().filter(heard, pk=ticket.caller_id, entry=ticket.entry).exists()


def _renew(ticket: Ticket) -> bool:
    now = clock.now()
    caller = Caller.objects.select_related("user", "room").filter(pk=ticket.caller_id).first()
    return caller is not None and still_may(caller, now) and stay_in_voice(ticket.caller_id, ticket.entry, now=now)


def _leave(ticket: Ticket) -> None:
    caller = Caller.objects.filter(pk=ticket.caller_id).first()
    if caller:
        leave_voice(caller, entry=ticket.entry)
