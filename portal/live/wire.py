"""Text on its way: frames to and from browsers, messages between our own processes."""

import json
from typing import Any, NamedTuple

from django.utils.crypto import salted_hmac

from portal.live.registry import Frame

MAX_BYTES = 8 * 1024
MAX_CHANNELS = 50

_REVOKED = "!"
_TOUCHED = "~"
_TYPING = "?"


class BadFrame(Exception):
    """What a client sent is not a command."""


class TooLong(Exception):
    """What a client sent is over MAX_BYTES."""


class Command(NamedTuple):
    """What a client asks: channels to hear, to leave, and what it has of them; where it is typing; if it is away."""

    listen: list[str]
    unlisten: list[str]
    beat: dict[str, int] | None
    typing: str = ""
    away: bool | None = None


class Hint(NamedTuple):
    """A message of our own: ``text`` is the finished frame of a log; empty for a touched gauge.

    ``by`` is the user whose words it carries, 0 for nobody's; ``row`` what it is of, 0 where that is for all alike.
    A passing notice is no event of the log.
    """

    channel: str
    version: int
    text: str
    by: int = 0
    row: int = 0
    is_passing: bool = False

    @property
    def is_revocation(self) -> bool:
        return self.channel == _REVOKED


def encode(message: dict[str, Any]) -> str:
    """ASCII only: a lone surrogate in an echoed name must not break the socket's UTF-8."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


def log_frame(channel: str, frame: Frame, *, after: int | None = None) -> str:
    """``after`` is told where versions between it and this frame have nothing left to show."""
    return encode(log_message(channel, frame) | ({} if after is None else {"after": after}))


def log_message(channel: str, frame: Frame) -> dict[str, Any]:
    return {
        "channel": channel,
        "version": frame.version,
        "kind": frame.kind,
        "html": frame.html,
        "body": frame.body,
    }


def skipped(channel: str, version: int, *, after: int) -> str:
    return encode({"channel": channel, "version": version, "kind": "skipped", "after": after})


def gauge_frame(channel: str, state: dict[str, Any]) -> str:
    return encode({"channel": channel, "kind": "gauge", "state": state})


def decode(text: str | None) -> Command:
    """Raises BadFrame or TooLong; nothing a client sends raises anything else."""
    if text is None:
        raise BadFrame
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TooLong
    frame = _parse(text)
    if not frame or not frame.keys() <= {"listen", "unlisten", "beat", "typing", "away"}:
        raise BadFrame
    beat = _versions(frame["beat"]) if "beat" in frame else None
    typing = _names([frame["typing"]])[0] if "typing" in frame else ""
    away = frame.get("away")
    if "away" in frame and not isinstance(away, bool):
        raise BadFrame
    return Command(_names(frame.get("listen", [])), _names(frame.get("unlisten", [])), beat, typing, away)


def _parse(text: str) -> dict[str, Any]:
    try:
        frame = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(frame, dict):
        raise BadFrame
    return frame


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON.")


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_CHANNELS:
        raise BadFrame
    if not all(isinstance(name, str) and len(name) <= 100 for name in value):
        raise BadFrame
    return list(dict.fromkeys(value))


def _versions(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or len(value) > MAX_CHANNELS:
        raise BadFrame
    if not all(type(version) is int and version >= 0 for version in value.values()):
        raise BadFrame
    return value


def pack_frame(channel: str, frame: Frame) -> str:
    """The finished text travels, so that no listening process encodes it again."""
    head = f"{channel} {frame.version}" + (f" {frame.by} {frame.row}" if frame.by or frame.row else "")
    return f"{head}\n{log_frame(channel, frame)}"


def pack_touch(channel: str) -> str:
    return f"{channel} {_TOUCHED}\n"


def writer_key(channel: str, user_id: int) -> str:
    """By which a page knows who writes in a channel; it says nothing outside of it."""
    return salted_hmac("live.writer", f"{channel}.{user_id}").hexdigest()[:16]


def pack_typing(channel: str, user_id: int) -> str:
    told = {"channel": channel, "kind": "typing", "by": writer_key(channel, user_id)}
    return f"{channel} {_TYPING} {user_id}\n{encode(told)}"


def pack_revocation(revocation_id: int) -> str:
    return f"{_REVOKED} {revocation_id}\n"


def unpack(payload: str) -> Hint:
    """Raises ValueError when it is not one of ours."""
    head, _, text = payload.partition("\n")
    channel, _, numbers = head.partition(" ")
    version, *more = numbers.split(" ")
    by, row = [*map(int, more), 0, 0][:2]
    number = 0 if version in (_TOUCHED, _TYPING) else int(version)
    return Hint(channel, number, text, by, row, is_passing=version == _TYPING)
