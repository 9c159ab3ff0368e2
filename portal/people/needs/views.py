"""The access lead's page. Nobody else finds it, whatever else they organise."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, sign_in_first
from portal.people.models import User
from portal.people.needs.services import arrange_need, coming_needs, reopen_need, take_need
from portal.written import lines


def lead_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For the event's access leads. Everyone else who is signed in: 404."""

    @wraps(view)
    @event_view(Reach.FRONT)
    def inner(request: EventRequest, /, **kwargs: Any) -> HttpResponse:
        user = request.visitor.user
        if user is None:
            return sign_in_first(request.path)
        if not request.event.access_leads.contains(user):
            raise Http404("Not the access lead.")
        return view(request, user, **kwargs)

    return inner


@require_safe
@never_cache
@lead_view
def needs(request: EventRequest, lead: User) -> HttpResponse:
    found = list(coming_needs(request.event))
    context = {
        "title": "Access needs",
        "section": "needs",
        "waiting": [need for need in found if need.arranged_at is None],
        "arranged": [need for need in found if need.arranged_at],
        "lead": lead,
    }
    return render(request, "portal/needs.html", context)


@require_POST
@lead_view
def act_on_need(request: EventRequest, lead: User, need_id: int) -> HttpResponse:
    """One of three: take it on, have it arranged, open it again."""
    need = get_object_or_404(coming_needs(request.event), pk=need_id)
    now, act = request.visitor.now, request.POST.get("act")
    if act == "take":
        take_need(need, owner=lead, now=now)
    elif act == "arrange":
        note = lines(request.POST.get("note", ""))[:500]
        arrange_need(need, note=note, by=lead, now=now)
    elif act == "reopen":
        reopen_need(need, by=lead, now=now)
    return redirect("portal:needs", request.event.slug)
