"""What a page missed, from an ordinary address: for those who fell behind, and those without sockets."""

import hashlib
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from portal import clock
from portal.live import reads, wire
from portal.live.access import find_start
from portal.live.registry import Channel, ask_hidden_from, find_channel, is_skipped


@require_safe
def catch_up(request: HttpRequest, event_slug: str, channel: str) -> HttpResponse:
    """A log's frames after ``?after=``, or a gauge's state; 304 when nothing came."""
    response = _answer(request, event_slug, channel)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _answer(request: HttpRequest, event_slug: str, name: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    channel, start = _find(request.user, event_slug, name)
    if channel is None or start is None:
        return JsonResponse({"error": "not_found"}, status=404)
    if channel.kind.frames_after:
        return _log(request, channel, ask_hidden_from(request.user.pk, event_slug), start)
    return _gauge(request, channel)


def _find(user: AbstractBaseUser, event_slug: str, name: str) -> tuple[Channel | None, int | None]:
    """Here it is decided what a person may hear, and from where on. What they must not see is left out below."""
    channel = find_channel(name)
    return channel, find_start(user, event_slug, channel, clock.now()) if channel else None


def _log(request: HttpRequest, channel: Channel, unheard: frozenset[int], start: int) -> HttpResponse:
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        return JsonResponse({"error": "bad_after"}, status=400)
    if int(after) >= reads.version_of(channel.name):
        return HttpResponse(status=304)
    frames, upto = reads.frames_since(channel, int(after))
    more = len(frames) >= reads.MOST_FRAMES
    messages: list[dict[str, Any]] = [
        wire.log_message(channel.name, frame)
        for frame in frames
        if not is_skipped(frame.by, frame.row, unheard=unheard, start=start)
    ]
    return JsonResponse({"channel": channel.name, "version": upto, "frames": messages, "more": more})


def _gauge(request: HttpRequest, channel: Channel) -> HttpResponse:
    state = reads.state_of(channel, clock.now())
    response = JsonResponse({"channel": channel.name, "kind": "gauge", "state": state})
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    conditional = get_conditional_response(request, etag=response["ETag"], response=response)
    return conditional or response
