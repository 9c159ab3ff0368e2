"""Looking at the portal as it will be at a chosen moment: for organisers, to read only."""

from datetime import datetime

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.events.admin import MomentInput
from portal.events.models import Event
from portal.events.policy import Phase, Reach, boundaries
from portal.people.access import REHEARSALS, EventRequest, event_view

BEGINS = {
    Phase.ANNOUNCED: "Registration opens",
    Phase.REGISTRATION: "The portal opens",
    Phase.OPEN: "The live day begins",
    Phase.LIVE: "On demand begins",
    Phase.ON_DEMAND: "The portal closes",
}


class MomentForm(forms.Form):
    """Civil time of the event's zone."""

    moment = forms.DateTimeField(label="Day and time", widget=MomentInput)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.FRONT, rehearsed=False)
def rehearsal(request: EventRequest) -> HttpResponse:
    """Choosing a moment, and going back to the present. Raises Http404 for who does not organise the event."""
    event = request.event
    if not request.visitor.is_organiser:
        raise Http404("Not an organiser of this event.")
    if "stop" in request.POST:
        request.session[REHEARSALS] = _others(request)
        return redirect("portal:rehearsal", event.slug)
    form = MomentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["moment"].replace(tzinfo=event.tz)
        request.session[REHEARSALS] = _others(request) | {event.slug: chosen.isoformat()}
        return redirect("portal:front", event.slug)
    context = {"title": "Rehearsal", "section": "rehearsal", "form": form, "moments": moments_of(event)}
    return render(request, "portal/rehearsal.html", context, status=422 if request.method == "POST" else 200)


def moments_of(event: Event) -> list[tuple[str, datetime]]:
    """The boundaries of the window and the starts of the sessions, in their order."""
    ends = [(BEGINS[phase], event.local(moment)) for phase, moment in boundaries(event)]
    starts = [(session.title, event.local(session.starts)) for session in event.sessions.all()]
    return sorted(ends + starts, key=lambda each: each[1])


def _others(request: EventRequest) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(REHEARSALS, {})
    return {slug: moment for slug, moment in kept.items() if slug != request.event.slug}
