"""What happens to what people tell us; my data, and having it erased."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.events.policy import Reach
from portal.events.services import record
from portal.people.access import EventRequest, event_view
from portal.people.models import User
from portal.privacy.periods import PERIODS
from portal.privacy.registry import erasers
from portal.privacy.services import count_spent, erase_person, may_be_erased, pack_person


class EraseForm(forms.Form):
    sure = forms.BooleanField(label="I understand that this cannot be undone")


@require_safe
@event_view(Reach.FRONT)
def privacy(request: EventRequest) -> HttpResponse:
    context = {"title": "Privacy", "periods": PERIODS.values(), "registered": request.visitor.registration}
    return render(request, "portal/privacy.html", context)


@require_safe
@never_cache
@event_view(Reach.OWN)
def my_data(request: EventRequest) -> HttpResponse:
    return render(
        request, "portal/my_data/my_data.html", {"title": "My data", "erasable": may_be_erased(_user(request))}
    )


@require_POST
@never_cache
@event_view(Reach.OWN)
def download(request: EventRequest) -> HttpResponse:
    user, now = _user(request), request.visitor.now
    packed = pack_person(user, now=now)
    record(request.event, "download my data", actor=user, subject="", now=now)
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"'}
    return HttpResponse(packed, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.OWN)
def erase(request: EventRequest) -> HttpResponse:
    """Says what goes and what stays; then does it and signs out."""
    user, form = _user(request), EraseForm(request.POST or None)
    if not may_be_erased(user):
        return redirect("portal:my_data", request.event.slug)
    if request.method == "POST" and form.is_valid():
        erase_person(user, now=request.visitor.now)
        logout(request)
        messages.success(request, "What we held about you is erased, and you are signed out.")
        return redirect("portal:front", request.event.slug)
    stays = list(dict.fromkeys(part.stays for part in erasers().values() if part.stays))
    context = {"title": "Erase my data", "form": form, "stays": stays}
    return render(request, "portal/my_data/erase.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@never_cache
def retention(request: HttpRequest) -> HttpResponse:
    """For those who look after the whole portal: what each period would delete now. Inside the admin."""
    if not request.user.is_superuser:
        raise PermissionDenied
    counts = count_spent(clock.now())
    rows = [(period, counts.get(name, 0)) for name, period in PERIODS.items()]
    return render(request, "admin/portal/retention.html", {"title": "How long data is kept", "rows": rows})


def _user(request: EventRequest) -> User:
    assert request.visitor.user is not None
    return request.visitor.user
