from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.people.forms import CancelForm, RegistrationForm
from portal.people.models import Delegate, State
from portal.people.places import ENDED, NoPlace, cancel_registration, confirm_place, place_in_line, register_delegate
from portal.people.services import find_or_create_user


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.REGISTER)
def register(request: EventRequest) -> HttpResponse:
    """Who is signed in registers at once; others are sent a code first and nothing typed is lost."""
    visitor = request.visitor
    if visitor.is_registered:
        return redirect("portal:registration", request.event.slug)
    kept = request.session.get(_key(request), {})
    form = RegistrationForm(request.POST or None, user=visitor.user, initial=kept)
    if not form.is_valid():
        return render(
            request,
            "portal/register.html",
            {"form": form, "title": "Register"},
            status=422 if form.is_bound else 200,
        )
    request.session[_key(request)] = form.cleaned_data
    if visitor.user:
        return redirect("portal:register_done", request.event.slug)
    return _send_code(request, form)


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


@require_safe
@never_cache
@event_view(Reach.REGISTER)
def register_done(request: EventRequest) -> HttpResponse:
    """Where the code leads: what was typed before it becomes the registration."""
    user, slug = request.visitor.user, request.event.slug
    kept = request.session.get(_key(request))
    if user is None or (kept is None and request.visitor.registration is None):
        return redirect("portal:register", slug)
    if kept:
        values = {key: kept[key] for key in ("name", "organisation", "role", "listed")}
        register_delegate(request.event, user, **values, now=request.visitor.now)
        del request.session[_key(request)]
    return redirect("portal:registration", slug)


def _send_code(request: EventRequest, form: RegistrationForm) -> HttpResponse:
    """The same answer for a known and an unknown address."""
    email = form.cleaned_data["email"].lower()
    find_or_create_user(email, name=form.cleaned_data["name"])
    code_form = RequestLoginCodeForm({"email": email})
    if not code_form.is_valid():
        form.add_error("email", "Too many codes were asked for. Wait five minutes, then try again.")
        return render(request, "portal/register.html", {"form": form, "title": "Register"}, status=429)
    LoginCodeVerificationProcess.initiate(request=request, user=code_form._user, email=email)
    done = reverse("portal:register_done", args=[request.event.slug])
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': done})}")


def _key(request: EventRequest) -> str:
    return f"registration.{request.event.pk}"
