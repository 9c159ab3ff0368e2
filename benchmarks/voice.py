"""
A room of thirty on a real media server: `make bench-voice` (needs Janus, and aiortc from requirements/voice.txt).

Three speak, one of them with a camera; all thirty hear and see. Prints when the last one did, what it cost, and how
fast a person whose seat is taken away hears nothing more. The last line is the same as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import VideoFrame
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.house import EVENT, HOST, ROOT, House, Person, house
from tests.servers import running_janus

PEOPLE, SPEAKERS, PATIENCE = 30, 3, 60.0
NONE = RTCConfiguration(iceServers=[])


class Camera(VideoStreamTrack):
    """Small and slow: thirty decode it on this machine."""

    frames = 0

    async def recv(self) -> VideoFrame:
        await asyncio.sleep(0.2)
        frame = VideoFrame(160, 120, "yuv420p")
        frame.pts, frame.time_base = self.frames * 18_000, Fraction(1, 90_000)
        self.frames += 1
        return frame


@dataclass
class Caller:
    """A browser's part, without a browser."""

    person: Person
    port: int
    address: str
    speaks: bool = False
    shows: bool = False
    heard: Counter[tuple[str, str]] = field(default_factory=Counter)
    cut_at: float = 0.0
    receiving: RTCPeerConnection | None = None
    sending: RTCPeerConnection | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def post(self, name: str, **fields: Any) -> dict[str, Any]:
        headers = self.person.form_headers | {"Origin": f"https://{HOST}"}
        url = f"http://localhost:{self.port}{self.address}{name}/"
        request = Request(url, urlencode(fields).encode(), headers)
        answer = await asyncio.to_thread(lambda: urlopen(request, timeout=20).read())
        return dict(json.loads(answer)) if answer else {}

    async def come_in(self) -> None:
        entrance = await self.post("enter")
        url = f"ws://localhost:{self.port}{entrance['socket']}"
        self.socket = await connect(url, additional_headers=list(self.person.headers.items())[1:], proxy=None)
        self.tasks.append(asyncio.create_task(self.listen()))
        if self.speaks:
            await self.post("switch", microphone="on", camera="on" if self.shows else "")
            await self.publish()

    async def publish(self) -> None:
        self.sending = RTCPeerConnection(NONE)
        self.sending.addTrack(AudioStreamTrack())
        if self.shows:
            self.sending.addTrack(Camera())
        await self.sending.setLocalDescription(await self.sending.createOffer())
        await self.socket.send(json.dumps({"publish": self.sending.localDescription.sdp}))

    async def listen(self) -> None:
        try:
            async for text in self.socket:
                await self.hear(json.loads(text))
        except ConnectionClosed:
            pass
        self.cut_at = time.monotonic()

    async def hear(self, message: dict[str, Any]) -> None:
        if "answer" in message and self.sending:
            await self.sending.setRemoteDescription(RTCSessionDescription(message["answer"], "answer"))
        if "offer" in message:
            pc = self.receiving or self.open()
            await pc.setRemoteDescription(RTCSessionDescription(message["offer"], "offer"))
            await pc.setLocalDescription(await pc.createAnswer())
            await self.socket.send(json.dumps({"answer": pc.localDescription.sdp}))

    def open(self) -> RTCPeerConnection:
        self.receiving = RTCPeerConnection(NONE)
        self.receiving.on("track", lambda track: self.tasks.append(asyncio.create_task(self.count(track))))
        return self.receiving

    async def count(self, track: Any) -> None:
        try:
            while await track.recv():
                self.heard[track.kind, track.id] += 1
        except MediaStreamError:
            return

    def hears(self, audio: int, video: int) -> bool:
        kinds = Counter(kind for (kind, _), frames in self.heard.items() if frames > 5)
        return kinds["audio"] >= audio and kinds["video"] >= video

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        for pc in filter(None, (self.receiving, self.sending)):
            await pc.close()
        await self.socket.close()


def main() -> None:
    if sys.argv[1:2] == ["furnish"]:
        furnish()
        return
    with running_janus() as janus, house(PEOPLE) as built:
        figures = fill_room(built, janus, SPEAKERS)
    print(json.dumps({"voice": figures}))


def fill_room(built: House, janus: dict[str, str], speakers: int) -> dict[str, float]:
    """Everybody of the house in one room; the last one's seat is taken away when all have heard all."""
    built.environment |= janus
    made = json.loads(run(built, "furnish").splitlines()[-1])
    return asyncio.run(measure(built, made, speakers))


def run(built: House, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.voice", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=built.environment, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


async def measure(built: House, made: dict[str, Any], speakers: int) -> dict[str, float]:
    server = built.serve()
    callers = [
        Caller(person, server.port, made["address"], speaks=number < speakers, shows=number == 0)
        for number, person in enumerate(built.people)
    ]
    started = time.monotonic()
    cpu = server.cpu
    await asyncio.gather(*(caller.come_in() for caller in callers))
    entered = time.monotonic() - started
    await until(lambda: all(each.hears(speakers - each.speaks, 1 - each.shows) for each in callers))
    heard = time.monotonic() - started
    figures = {"people": len(callers), "speakers": speakers, "entered_s": entered, "all_heard_s": heard}
    figures["portal_cpu_s"] = server.cpu - cpu
    figures |= await cut(callers[-1])
    for caller in callers:
        await caller.close()
    rounded = {name: round(value, 2) for name, value in figures.items()}
    for name, value in rounded.items():
        print(f"{name:>20} {value}")
    return rounded


async def cut(caller: Caller) -> dict[str, float]:
    """The seat given up: how long until the line is closed and the last sound has come."""
    started = time.monotonic()
    leave = caller.address.rpartition("/voice/")[0].rpartition("/")[0] + "/leave/"
    headers = caller.person.form_headers | {"Accept": "text/html"}
    status = await asyncio.to_thread(post_once, caller.port, leave, headers)
    assert status == 303, status
    await until(lambda: bool(caller.cut_at))
    frames = -1
    while frames != (frames := caller.heard.total()):
        last = time.monotonic()
        await asyncio.sleep(0.3)
    return {"line_cut_s": caller.cut_at - started, "silent_s": last - started}


def post_once(port: int, path: str, headers: dict[str, str]) -> int:
    """The page it leads to is drawn with files that are not collected here."""
    connection = HTTPConnection("localhost", port, timeout=20)
    connection.request("POST", path, b"", headers)
    return connection.getresponse().status


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


def furnish() -> None:
    """A room that is on now, with a seat for everybody."""
    from datetime import timedelta

    import django

    django.setup()
    from breakouts.models import Seat
    from breakouts.services import add_room, open_round
    from networking.services import seat_participant
    from portal import clock
    from portal.models import Event, Session

    now, event = clock.now(), Event.objects.get(slug=EVENT)
    times = {"starts": now - timedelta(minutes=1), "ends": now + timedelta(minutes=30)}
    opened = open_round(Session.objects.create(event=event, kind="round", title="Round", **times))
    room = add_room(opened, title="Room", theme="", capacity=PEOPLE)
    for delegate in event.delegates.all():
        Seat.objects.create(round=opened, room=room, delegate=delegate, chosen_at=now)
        seat_participant(room.conversation, delegate, now=now)
    print(json.dumps({"address": f"/{EVENT}/rooms/{opened.pk}/{room.pk}/voice/"}))


if __name__ == "__main__":
    main()
