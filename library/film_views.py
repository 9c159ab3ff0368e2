"""The organiser's page of one film, inside the admin: upload in parts, captions, publish.

Each view gets the recordings this organiser may see.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from library.filetypes import BadFile
from library.forms import CaptionsField
from library.models import Recording, State
from library.recordings import (
    NotAllowed,
    add_captions,
    publish_recording,
    retry_recording,
    unpublish_recording,
)
from library.uploads import MAX_PART, BadUpload, WrongOffset, begin_upload, receive_part
from portal import clock
from portal.written import keepable

Rows = QuerySet[Recording]


def percent(recording: Recording) -> int:
    """How far the upload is, then how far the making of the stream is."""
    if recording.state == State.UPLOADING:
        return 100 * recording.received // recording.size if recording.size else 0
    return recording.progress


@require_safe
def film_page(request: HttpRequest, rows: Rows, recording_id: int) -> HttpResponse:
    recording = get_object_or_404(rows, pk=recording_id)
    context = {
        **admin.site.each_context(request),
        "title": f"Film of “{recording}”",
        "opts": Recording._meta,
        "recording": recording,
        "percent": percent(recording),
        "may_upload": recording.may_become(State.UPLOADING),
        "may_publish": recording.may_become(State.PUBLISHED) and recording.state != State.WITHDRAWN,
        "may_unpublish": recording.state == State.PUBLISHED,
        "may_retry": recording.state == State.FAILED and 0 < recording.size == recording.received,
        "is_busy": recording.state in {State.UPLOADED, State.PROCESSING},
        "addresses": recording.urls() if recording.stream else None,
    }
    return render(request, "admin/library/recording/film.html", context)


@require_safe
def state(request: HttpRequest, rows: Rows, recording_id: int) -> HttpResponse:
    return _told(get_object_or_404(rows, pk=recording_id))


@require_POST
def begin(request: HttpRequest, rows: Rows, recording_id: int) -> HttpResponse:
    """Form fields ``mark`` and ``size``; answers where the upload goes on."""
    recording = get_object_or_404(rows, pk=recording_id)
    size = request.POST.get("size", "")
    if not size.isdecimal() or len(size) > 18:
        return _refused("Choose a film first.")
    mark = keepable(request.POST.get("mark", ""))[:300]
    return _tried(
        lambda: begin_upload(recording, mark=mark, size=int(size), by=request.user, now=clock.now())  # type: ignore[arg-type]
    )


@require_POST
def part(request: HttpRequest, rows: Rows, recording_id: int) -> HttpResponse:
    """Raw bytes, with the headers Upload-Offset and Upload-Source; 409 says where they belong instead."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > MAX_PART:
        return _refused("A part can be at most 8 MB.", 413)
    if request.content_type != "application/octet-stream":
        return _refused("Send the film as raw bytes.", 415)
    recording = get_object_or_404(rows, pk=recording_id)
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isdecimal() or len(offset) > 18:
        return _refused("Say where this part belongs.", 400)
    source = request.headers.get("Upload-Source", "")
    return _tried(
        lambda: receive_part(
            recording, source=source, offset=int(offset), data=request.body, by=request.user, now=clock.now()  # type: ignore[arg-type]
        )
    )  # fmt: skip


@require_POST
def act(request: HttpRequest, rows: Rows, recording_id: int) -> HttpResponse:
    """Publish, take back, try again, or put captions beside the film."""
    recording = get_object_or_404(rows, pk=recording_id)
    acts: dict[str, Callable[..., Any]] = {
        "publish": publish_recording, "unpublish": unpublish_recording, "retry": retry_recording,
    }  # fmt: skip
    wanted = request.POST.get("act", "")
    try:
        if wanted == "captions":
            _take_captions(request, recording)
        elif wanted in acts:
            acts[wanted](recording, by=request.user, now=clock.now())
        messages.success(request, f"{recording}: done.")
    except (NotAllowed, BadFile) as error:
        messages.error(request, str(error))
    return redirect("admin:library_recording_film", recording_id)


def _take_captions(request: HttpRequest, recording: Recording) -> None:
    """Raises BadFile."""
    field = CaptionsField()
    file = request.FILES.get("captions")
    if file is None:
        raise BadFile("Choose the captions first.")
    data = file.read(field.limit)
    add_captions(recording, data=data, by=request.user, now=clock.now())  # type: ignore[arg-type]


def _tried(write: Callable[[], Recording]) -> HttpResponse:
    try:
        return _told(write())
    except WrongOffset as error:
        return JsonResponse({"offset": error.offset, "error": str(error)}, status=409)
    except BadUpload as error:
        return _refused(str(error))


def _told(recording: Recording) -> JsonResponse:
    told = {
        "state": recording.state,
        "label": recording.get_state_display(),
        "source": recording.source,
        "offset": recording.received,
        "size": recording.size,
        "percent": percent(recording),
        "error": recording.error,
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _refused(words: str, status: int = 422) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
