"""One person's line to a room of the media server: what they send, and what they are sent."""

import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from breakouts.voice.janus import Janus, JanusRefused, Reply
from breakouts.voice.providers import MOST_HEARD
from breakouts.voice.recording import folder_of

logger = logging.getLogger(__name__)

EXISTS_ALREADY = 427
NO_SUCH_FEED = 428
NOT_PUBLISHED = 435
BITRATE = 512_000

Tell = Callable[[dict[str, Any]], Awaitable[None]]
Unheard = Callable[[], Awaitable[set[int]]]


@dataclass(frozen=True)
class Ticket:
    """Who comes into which room, for the how manieth time, and when it ends."""

    caller_id: int
    entry: int
    name: str
    room_id: int
    ends: datetime
    # They agreed to it.
    is_recorded: bool = False

    @property
    def feed(self) -> int:
        """Their number in Janus. Each coming has its own: the one before may not be gone there yet."""
        return (self.caller_id << 16) | (self.entry & 0xFFFF)


def caller_of(feed: int) -> int:
    return feed >> 16


class Line:
    """``tell`` gets what the browser must know: an offer of what others send, and whose each part is.

    ``unheard`` gives the callers whom this person has blocked: what they send is not asked for.
    """

    def __init__(self, janus: Janus, ticket: Ticket, tell: Tell, unheard: Unheard) -> None:
        self._janus, self._ticket, self._tell, self._unheard = janus, ticket, tell, unheard
        self._sender = self._receiver = self._private_id = 0
        self._there: set[int] = set()
        self._taken: set[int] = set()
        self._offered = False
        self.is_sending = False

    async def open(self) -> None:
        """Makes the room unless it is there, and comes in without sending anything."""
        self._sender = await self._janus.attach()
        await self._make_room()
        joining = {"request": "join", "ptype": "publisher", "id": self._ticket.feed, "display": self._ticket.name}
        reply = await self._janus.request(self._sender, {**joining, **self._room, "pin": _secret(self._ticket, "pin")})
        self._private_id = reply.data["private_id"]
        self._note(reply.data.get("publishers", []))
        await self._receive()

    async def send(self, offer: str) -> None:
        reply = await self._janus.request(self._sender, {"request": "publish", **self._recording}, offer=offer)
        self.is_sending = True
        await self._tell({"answer": reply.sdp})

    async def stop_sending(self) -> None:
        if not self.is_sending:
            return
        self.is_sending = False
        try:
            await self._janus.request(self._sender, {"request": "unpublish"})
        except JanusRefused as refused:
            if refused.code != NOT_PUBLISHED:
                raise

    async def take_answer(self, answer: str) -> None:
        """The browser takes what was offered; what changed meanwhile is offered next."""
        await self._janus.request(self._receiver, {"request": "start"}, answer=answer)
        self._offered = False
        await self._receive()

    async def hear(self, reply: Reply) -> bool:
        """Follows what Janus says by itself. False when it has put this person out."""
        if reply.handle == self._receiver:
            await self._offer(reply)
            return True
        if reply.data.get("leaving") == "ok" or reply.data.get("videoroom") == "destroyed":
            return False
        self._note(reply.data.get("publishers", []))
        self._there -= {reply.data.get("unpublished"), reply.data.get("leaving")}
        await self._receive()
        return True

    @property
    def _room(self) -> dict[str, Any]:
        return {"room": room_number(self._ticket)}

    @property
    def _recording(self) -> dict[str, Any]:
        """The room's secret, without which nobody records in it; a name of its own each time somebody speaks."""
        if not self._ticket.is_recorded:
            return {"record": False}
        name = f"{self._ticket.feed}-{uuid.uuid4().hex}"
        return {"record": True, "filename": name, "secret": _secret(self._ticket, "secret")}

    async def _make_room(self) -> None:
        rules = {
            "publishers": MOST_HEARD, "bitrate": BITRATE, "videocodec": "vp8,h264", "fir_freq": 10,
            "is_private": True, "permanent": False, "record": False, "lock_record": True,
        }  # fmt: skip
        if settings.JANUS_RECORDINGS:
            rules["rec_dir"] = str(folder_of(self._ticket.room_id))
        secrets = {name: _secret(self._ticket, name) for name in ("pin", "secret")}
        wanted = {"request": "create", "admin_key": settings.JANUS_ADMIN_KEY, **self._room, **rules, **secrets}
        try:
            await self._janus.request(self._sender, wanted)
        except JanusRefused as refused:
            if refused.code != EXISTS_ALREADY:
                raise

    def _note(self, publishers: Iterable[dict[str, Any]]) -> None:
        self._there |= {publisher["id"] for publisher in publishers if not publisher.get("dummy")}

    async def _receive(self) -> None:
        """Asks for those who began to send; Janus itself takes away who stopped. One offer at a time."""
        new = self._there - self._taken
        unheard = await self._unheard() if new else set()
        wanted = {feed for feed in new if caller_of(feed) not in unheard}
        if self._offered or not wanted:
            return
        streams = [{"feed": feed} for feed in sorted(wanted)]
        try:
            await self._offer(await (self._ask_more(streams) if self._receiver else self._ask_first(streams)))
        except JanusRefused as refused:
            if refused.code != NO_SUCH_FEED:
                raise
            logger.info("Somebody stopped sending before they could be received")

    async def _ask_first(self, streams: list[dict[str, Any]]) -> Reply:
        receiver = await self._janus.attach()
        joining = {"request": "join", "ptype": "subscriber", "private_id": self._private_id, "streams": streams}
        reply = await self._janus.request(receiver, {**joining, **self._room, "pin": _secret(self._ticket, "pin")})
        self._receiver = receiver
        return reply

    async def _ask_more(self, streams: list[dict[str, Any]]) -> Reply:
        return await self._janus.request(self._receiver, {"request": "subscribe", "streams": streams})

    async def _offer(self, reply: Reply) -> None:
        streams = [each for each in reply.data.get("streams", []) if each.get("active") and each.get("feed_id")]
        if "streams" in reply.data:
            self._taken = {each["feed_id"] for each in streams}
        if reply.sdp:
            self._offered = True
            feeds = {each["mid"]: caller_of(each["feed_id"]) for each in streams}
            await self._tell({"offer": reply.sdp, "feeds": feeds})


def room_number(ticket: Ticket) -> int:
    """Ours alone on a media server that others may share, and not to be guessed."""
    return int(_secret(ticket, "number")[:12], 16)


def _secret(ticket: Ticket, use: str) -> str:
    return salted_hmac("breakouts.voice", f"{use} of room {ticket.room_id}", algorithm="sha256").hexdigest()
