from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.people.forms import CancelForm
from portal.people.models import Delegate, State
from portal.people.places import ENDED, NoPlace, cancel_registration, confirm_place, place_in_line
from portal.people.wizard.steps import said_by, summary_of


@require_safe
@never_cache
@event_view(Reach.OWN)
def account(request: EventRequest) -> HttpResponse:
    """Behind the name in the header: the ways to everything that is one's own."""
    return render(request, "portal/account.html", {"title": "Your account", "section": "account"})


@require_safe
@never_cache
@event_view(Reach.OWN)
def registration(request: EventRequest) -> HttpResponse:
    """Where it stands, what was said, and what can be done about it."""
    visitor = request.visitor
    found = visitor.registration
    context = {
        "title": "Your registration",
        "registration": found,
        "offered": found is not None and found.has_offer(visitor.now),
        "held_until": found and found.offered_until and request.event.local(found.offered_until),
        "line": place_in_line(found) if found and found.state == State.WAITING else None,
        "summary": summary_of(said_by(found), changing=True) if visitor.is_registered and found else [],
        "may_register": visitor.may(Reach.REGISTER),
    }
    return render(request, "portal/registration.html", context)


@require_POST
@event_view(Reach.OWN)
def confirm(request: EventRequest) -> HttpResponse:
    """Takes the place that is held; the page says so when it no longer is."""
    try:
        confirm_place(_own(request), now=request.visitor.now)
    except NoPlace as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:registration", request.event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.OWN)
def cancel(request: EventRequest) -> HttpResponse:
    found, form = _own(request), CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"] or "Cancelled by themselves"
        cancel_registration(found, by=found.user, why=why, now=request.visitor.now)
        return redirect("portal:registration", request.event.slug)
    return render(request, "portal/registration_cancel.html", {"title": "Cancel your registration", "form": form})


def _own(request: EventRequest) -> Delegate:
    """A registration that still stands. Raises Http404 for who has none."""
    found = request.visitor.registration
    if found is None or found.state in ENDED:
        raise Http404("Not registered.")
    return found
