"""Protected files: every request is checked, and nothing is ever whole in memory.

The views are async for the stock ASGI handler, so a long film holds no thread. Behind nginx they only
check, and nginx sends (ACCEL_PREFIX).
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from library import store
from library.models import Document, Recording
from library.policy import may_read, may_watch
from library.ranges import Span, UnsatisfiableRange, read_range
from portal import clock
from portal.people.access import visit

BLOCK = 128 * 1024  # bytes
# Everything that is played; no other name is ever joined to a folder.
PLAYED = re.compile(
    r"(?P<top>master\.m3u8|film\.mp4|poster\.jpg)"
    r"|[0-9]{3,4}p/(index\.m3u8|init(_[0-9])?\.mp4|segment_[0-9]{5}\.m4s)",
    re.ASCII,
)
CAPTIONS = "captions.vtt"
TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt; charset=utf-8",
}
HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Served:
    """A file this person may have."""

    path: Path
    content_type: str
    filename: str
    attachment: bool


async def document(request: HttpRequest, event_slug: str, document_id: int) -> HttpResponseBase:
    return await _deliver(request, _find_document, event_slug, document_id)


async def recording(request: HttpRequest, event_slug: str, recording_id: int, name: str) -> HttpResponseBase:
    return await _deliver(request, _find_recording, event_slug, recording_id, name)


def _find_document(request: HttpRequest, event_slug: str, document_id: int) -> Served:
    visitor = visit(request.user, event_slug, clock.now())
    found = Document.objects.filter(pk=document_id, event=visitor.event).first()
    if found is None or not may_read(visitor, found):
        raise Http404
    version = found.newest
    if version is None:
        raise Http404
    return Served(store.document_path(version.key), version.content_type, version.filename, attachment=True)


def _find_recording(request: HttpRequest, event_slug: str, recording_id: int, name: str) -> Served:
    visitor = visit(request.user, event_slug, clock.now())
    rows = Recording.objects.select_related("session")
    found = rows.filter(pk=recording_id, session__event=visitor.event).first()
    if found is None or not may_watch(visitor, found):
        raise Http404
    path = played_path(found, name)
    return Served(path, TYPES[path.suffix], Path(name).name, attachment=False)


def played_path(recording: Recording, name: str) -> Path:
    """The file of a player's name. Raises Http404 for any name but those that are played."""
    folder = store.recording_folder(recording.key)
    if name == CAPTIONS and recording.captions:
        return folder / recording.captions
    if not PLAYED.fullmatch(name) or not recording.stream:
        raise Http404
    return folder / recording.stream / name


async def _deliver(request: HttpRequest, find, *args: object) -> HttpResponseBase:  # type: ignore[no-untyped-def]
    """The one hop to a thread reads the session, the person, the row and the file's size."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        served, file, size = await sync_to_async(_open)(request, find, *args)
    except (Http404, OSError):
        # One answer for absent, forbidden and lost.
        raise Http404("No such file.") from None
    headers = HEADERS | {
        "Content-Disposition": content_disposition_header(served.attachment, served.filename) or "inline",
    }
    if file is None:
        return _hand_over(served, headers)
    return _answer(request, file, served, size, headers)


def _open(request: HttpRequest, find, *args: object) -> tuple[Served, BinaryIO | None, int]:  # type: ignore[no-untyped-def]
    served: Served = find(request, *args)
    size = served.path.stat().st_size
    return served, None if settings.ACCEL_PREFIX else served.path.open("rb"), size


def _hand_over(served: Served, headers: dict[str, str]) -> HttpResponse:
    """nginx sends the file, ranges included."""
    response = HttpResponse(content_type=served.content_type, headers=headers)
    inside = served.path.relative_to(store.root()).as_posix()
    response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX.rstrip('/')}/{quote(inside)}"
    return response


def _answer(
    request: HttpRequest, file: BinaryIO, served: Served, size: int, headers: dict[str, str]
) -> HttpResponseBase:
    # A file never changes under its name, so its name is its tag.
    headers["ETag"] = f'"{served.path.parent.name[-12:]}-{served.path.name[:60]}"'
    try:
        span = read_range(_range_of(request, headers["ETag"]), size)
    except UnsatisfiableRange:
        file.close()
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if span:
        headers["Content-Range"] = span.content_range
    part = span or Span(0, size, size)
    headers["Content-Length"] = str(part.length)
    return _send(request, file, part, status=206 if span else 200, kind=served.content_type, headers=headers)


def _range_of(request: HttpRequest, etag: str) -> str:
    """The header, unless it is meant for another version of the file."""
    wanted = request.headers.get("If-Range", etag)
    return request.headers.get("Range", "") if wanted == etag and request.method == "GET" else ""


def _send(
    request: HttpRequest, file: BinaryIO, part: Span, *, status: int, kind: str, headers: dict[str, str]
) -> HttpResponseBase:
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, content_type=kind, headers=headers)
    response = StreamingHttpResponse(_read(file, part), status=status, content_type=kind, headers=headers)
    # Closes the file of a response that is never read.
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


async def _read(file: BinaryIO, part: Span) -> AsyncIterator[bytes]:
    left = part.length
    try:
        await asyncio.to_thread(file.seek, part.start)
        while left > 0 and (block := await asyncio.to_thread(file.read, min(BLOCK, left))):
            left -= len(block)
            yield block
    finally:
        file.close()
