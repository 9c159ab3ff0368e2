"""The library, films of sessions, and the speaker's own page."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from library.forms import SearchForm, SlidesForm
from library.models import State
from library.queries import (
    categories_for,
    documents_for,
    documents_of_session,
    film_of,
    films_for,
    talks_of,
    to_row,
)
from library.services import MAX_FILE, upload_slides
from portal import clock
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, refuse_suspended, sign_in_first, visit
from portal.programme.models import Session, Speaker

A_PAGE = 40
# What a form adds to the file it carries.
FORM_ROOM = 64 * 1024


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def documents(request: EventRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "category": ""}
    found = documents_for(request.visitor, category=asked["category"], words=asked["q"])
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Library",
        "section": "library",
        "form": form,
        "asked": asked,
        "page": page,
        "rows": [to_row(document) for document in page],
        "filters": _filters(request, asked["category"], asked["q"]),
        "query": urlencode({key: value for key, value in asked.items() if value}),
        "may_watch": request.visitor.may(Reach.RECORDINGS),
    }
    return render(request, "library/documents.html", context)


def _filters(request: EventRequest, chosen: str, words: str) -> list[dict[str, object]]:
    base = reverse("library:documents", args=[request.event.slug])
    counted = categories_for(request.visitor)
    choices = [("", "Everything", sum(number for _, number in counted)), *((c, c, n) for c, n in counted)]
    return [
        {
            "text": text,
            "count": number,
            "current": value == chosen,
            "url": f"{base}?{urlencode({k: v for k, v in (('category', value), ('q', words)) if v})}",
        }
        for value, text, number in choices
    ]


@require_safe
@never_cache
@event_view(Reach.PROGRAMME)
def session_panel(request: EventRequest, session_id: int) -> HttpResponse:
    """What a session's page lays in: its film, if it may be watched now, and what there is to read."""
    return render(request, "library/session_panel.html", _session_context(request, session_id))


@require_safe
@never_cache
@event_view(Reach.PROGRAMME)
def session_film(request: EventRequest, session_id: int) -> HttpResponse:
    context = _session_context(request, session_id)
    return render(request, "library/session_film.html", {**context, "section": "programme"})


def _session_context(request: EventRequest, session_id: int) -> dict[str, object]:
    session = get_object_or_404(Session, pk=session_id, event=request.event)
    session.event = request.event
    film = film_of(request.visitor, session)
    may_read = request.visitor.may(Reach.LOBBY)
    return {
        "title": session.title,
        "session": session,
        "film": film,
        "addresses": film.urls() if film else None,
        "is_preview": film is not None and film.state == State.READY,
        "rows": documents_of_session(request.visitor, session) if may_read else [],
        "is_over": session.ends <= request.visitor.now,
    }


@require_safe
@never_cache
@event_view(Reach.RECORDINGS)
def recordings(request: EventRequest) -> HttpResponse:
    context = {
        "title": "Films",
        "section": "films",
        "films": films_for(request.visitor),
        "until": request.visitor.last_day_open,
    }
    return render(request, "library/recordings.html", context)


def _enter_as_speaker(request: HttpRequest, event_slug: str) -> list[Speaker]:
    """The speakers this person is, in every phase. Raises Http404 for everybody else who is signed in."""
    visitor = visit(request.user, event_slug, clock.now())
    inside = cast(EventRequest, request)
    inside.event, inside.visitor = visitor.event, visitor
    if visitor.user is None:
        return []
    rows = visitor.event.speakers.filter(user=visitor.user).prefetch_related("sessions__event")
    speakers = list(rows)
    if not speakers:
        raise Http404("Not a speaker of this event.")
    return speakers


def _turn_away(request: HttpRequest) -> HttpResponse | None:
    """Who is not signed in, and who was put out of the event."""
    inside = cast(EventRequest, request)
    if inside.visitor.user is None:
        return sign_in_first(reverse("library:speaker", args=[inside.event.slug]))
    return refuse_suspended(inside)


@require_safe
@never_cache
def speaker(request: HttpRequest, event_slug: str) -> HttpResponse:
    speakers = _enter_as_speaker(request, event_slug)
    return _turn_away(request) or _speaker_page(request, speakers)


def _speaker_page(
    request: HttpRequest, speakers: list[Speaker], *, refused: dict[int, SlidesForm] | None = None, status: int = 200
) -> HttpResponse:
    refused = refused or {}
    talks = [
        {
            "session": talk.session,
            "starts": talk.session.event.local(talk.session.starts),
            "ends": talk.session.event.local(talk.session.ends),
            "row": to_row(talk.slides, in_session=True) if talk.slides else None,
            "versions": len(talk.slides.versions.all()) if talk.slides else 0,
            "form": refused.get(talk.session.pk) or SlidesForm(auto_id=f"id_{talk.session.pk}_%s"),
        }
        for _, talk in talks_of(speakers)
    ]
    wrong = next(iter(refused.values()), None)
    context = {"title": "Your talks", "section": "speaker", "talks": talks, "form": wrong}
    return render(request, "library/speaker.html", context, status=status)


@csrf_exempt  # Only so that the length is looked at before anything is read; the inner view is protected.
@require_POST
@never_cache
def speaker_upload(request: HttpRequest, event_slug: str, session_id: int) -> HttpResponse:
    if _is_too_long(request):
        return render(request, "413.html", status=413)
    return _upload(request, event_slug, session_id)


def _is_too_long(request: HttpRequest) -> bool:
    """No length at all counts as too long: nobody reads a body that may never end."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return not length.isdigit() or int(length) > MAX_FILE + FORM_ROOM


@csrf_protect
def _upload(request: HttpRequest, event_slug: str, session_id: int) -> HttpResponse:
    speakers = _enter_as_speaker(request, event_slug)
    if refused := _turn_away(request):
        return refused
    session = get_object_or_404(Session.objects.select_related("event"), pk=session_id, speakers__in=speakers)
    own = next(speaker for speaker in speakers if session in speaker.sessions.all())
    form = SlidesForm(request.POST, request.FILES, auto_id=f"id_{session.pk}_%s")
    if not form.is_valid():
        return _speaker_page(request, speakers, refused={session.pk: form}, status=422)
    name, data = form.cleaned_data["slides"]
    upload_slides(session, own, filename=name, data=data, by=request.user, now=clock.now())  # type: ignore[arg-type]
    messages.success(request, f"Your slides for “{session.title}” are in the library.")
    return redirect("library:speaker", event_slug)
