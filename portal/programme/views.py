"""The pages everybody sees: the front, the lobby, the programme, a session, a speaker."""

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.events.policy import Phase, Reach, boundaries
from portal.people.access import EventRequest, event_view
from portal.people.services import see
from portal.programme.context import NEWS_FOR
from portal.programme.live import present
from portal.programme.models import Kind, Session
from portal.programme.queries import agenda
from portal.programme.whereabouts import find_url
from portal.requests import by_script, number
from portal.sweeps.services import find_trouble

# Far more than a day brings.
MOST_NEWS = 100
TALKED = {Kind.KEYNOTE, Kind.SHOWCASE, Kind.TALK}


@require_safe
@never_cache
@event_view(Reach.FRONT)
def front(request: EventRequest) -> HttpResponse:
    visitor, event = request.visitor, request.event
    ends = dict(boundaries(event))
    context = {
        "title": event.name,
        "phase": visitor.phase,
        "opens": event.local(event.window.opens),
        "closes": event.local(event.window.closes),
        "registration_opens": ends.get(Phase.ANNOUNCED),
        "may_register": visitor.may(Reach.REGISTER) and not visitor.is_registered,
        "may_enter": visitor.belongs and visitor.may(Reach.LOBBY),
        "speakers": event.speakers.exclude(placeholder=True).order_by("pk")[:6],
    }
    return render(request, "portal/front.html", context)


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def lobby(request: EventRequest) -> HttpResponse:
    visitor, event = request.visitor, request.event
    if visitor.user and visitor.delegate and not visitor.rehearses:
        see(event.slug, {visitor.user.pk: True}, visitor.now)
    announcements = list(event.announcements.all()[:MOST_NEWS])
    context = {
        "title": "Lobby",
        "section": "lobby",
        "here": len(present(event, visitor.now)),
        "announcements": announcements,
        # It stands on the page itself.
        "announced": None,
        "announcements_version": announcements[0].version if announcements else 0,
        "phase": visitor.phase,
        "trouble": find_trouble(now=visitor.now) if visitor.is_organiser and not visitor.rehearses else None,
    }
    return render(request, "portal/lobby.html", context)


@require_POST
@event_view(Reach.PROGRAMME)
def close_announcement(request: EventRequest) -> HttpResponse:
    """Has the announcement of that ``version`` no more on this browser's pages, and goes back to where one was."""
    event, to = request.event, request.POST.get("next", "")
    home = reverse("portal:front", args=[event.slug])
    response = JsonResponse({}) if by_script(request) else redirect(to if to.startswith(home) else home)
    closed = f"{request.user.pk}.{number(request.POST.get('version'))}"
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie("announced", closed, NEWS_FOR, path=home, secure=secure, httponly=True, samesite="Lax")
    return response


@require_safe
@never_cache
@event_view(Reach.PROGRAMME)
def programme(request: EventRequest) -> HttpResponse:
    days = agenda(request.event, request.visitor.now)
    return render(request, "portal/programme.html", {"title": "Programme", "section": "programme", "days": days})


@require_safe
@never_cache
@event_view(Reach.PROGRAMME)
def session(request: EventRequest, session_id: int) -> HttpResponse:
    """A slot of the programme with its speakers; film and talk are laid in from above."""
    found = get_object_or_404(Session.objects.prefetch_related("speakers__event"), pk=session_id, event=request.event)
    found.event = request.event
    elsewhere = find_url(found)
    context = {
        "title": found.title,
        "section": "programme",
        "session": found,
        "starts": request.event.local(found.starts),
        "ends": request.event.local(found.ends),
        "is_on": found.is_on(request.visitor.now),
        "is_over": found.ends <= request.visitor.now,
        "elsewhere": elsewhere if elsewhere != found.get_absolute_url() else "",
        "talked": found.kind in TALKED,
    }
    return render(request, "portal/session.html", context)


@require_safe
@never_cache
@event_view(Reach.FRONT)
def speaker(request: EventRequest, speaker_id: int) -> HttpResponse:
    found = get_object_or_404(request.event.speakers, pk=speaker_id)
    found.event = request.event
    sessions = found.sessions.all() if request.visitor.belongs and request.visitor.may(Reach.PROGRAMME) else []
    return render(request, "portal/speaker.html", {"title": found.name, "speaker": found, "sessions": sessions})


@require_safe
@event_view(Reach.FRONT)
def photo(request: EventRequest, speaker_id: int) -> HttpResponse:
    found = get_object_or_404(request.event.speakers, pk=speaker_id)
    return _picture(found.photo)


@require_safe
@event_view(Reach.FRONT)
def logo(request: EventRequest) -> HttpResponse:
    return _picture(request.event.logo)


@require_safe
@event_view(Reach.FRONT)
def theme_css(request: EventRequest) -> HttpResponse:
    """The organiser's colours as custom properties; each was checked when it was saved."""
    event = request.event
    given = {"--brand": event.brand, "--brand-ink": event.brand_ink, "--accent": event.accent}
    lines = "".join(f"{name}:{value};" for name, value in given.items() if value)
    return HttpResponse(f":root{{{lines}}}\n", content_type="text/css", headers={"Cache-Control": "max-age=300"})


@require_safe
@event_view(Reach.FRONT)
def accessibility(request: EventRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html", {"title": "Accessibility"})


def _picture(file) -> HttpResponse:  # type: ignore[no-untyped-def]
    """Small, re-encoded by us, so sent in one go."""
    if not file:
        raise Http404("No picture.")
    try:
        data = file.read()
    except OSError:
        raise Http404("No picture.") from None
    response = HttpResponse(data, content_type="image/jpeg" if file.name.endswith(".jpg") else "image/png")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
