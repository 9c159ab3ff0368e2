"""Registering, one thing a page. Who is signed out proves an address first, so that every answer can be kept."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.events.models import Event
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, sign_in_first
from portal.people.invitations.services import find_invitation
from portal.people.models import User
from portal.people.places import ENDED, NoPlace
from portal.people.services import find_or_create_user
from portal.people.wizard.forms import AddressForm
from portal.people.wizard.services import answers_so_far, change_registration, keep_answers, register_from_answers
from portal.people.wizard.steps import BY_SLUG, STEPS, Step, before, next_step, said_by, summary_of

TYPED = "registering.typed"
page = require_http_methods(["GET", "HEAD", "POST"])


@page
@never_cache
@event_view(Reach.REGISTER)
def register(request: EventRequest) -> HttpResponse:
    """The way in: an address to prove, or the first page that is not answered yet."""
    if request.visitor.is_registered:
        return redirect("portal:registration", request.event.slug)
    if request.visitor.user:
        return _onwards(request)
    form = AddressForm(request.POST or None)
    return _send_code(request, form) if form.is_valid() else _draw_door(request, form)


@page
@never_cache
@event_view(Reach.REGISTER)
def step(request: EventRequest, slug: str) -> HttpResponse:
    """One page of questions. What is posted signed out waits in the browser's session for its person."""
    found, visitor = _find(slug), request.visitor
    if visitor.user is None:
        return _sign_in_first(request, found)
    if visitor.is_registered:
        return redirect("portal:registration", request.event.slug)
    said = answers_so_far(request.event, visitor.user, visitor.registration)
    form = _form(request, found, said.get(slug) or _guess(request.event, found, visitor.user))
    if request.method == "POST" and form.is_valid():
        keep_answers(request.event, visitor.user, found, form.cleaned_data, now=visitor.now)
        return _onwards(request)
    earlier = before(found)
    back = _address(request, earlier) if earlier else f"/{request.event.slug}/"
    caption = f"Step {STEPS.index(found) + 1} of {len(STEPS)}"
    return _draw(request, found, form, back=back, caption=caption, submit="Continue")


@page
@never_cache
@event_view(Reach.REGISTER)
def check(request: EventRequest) -> HttpResponse:
    """Everything that was said, each with its own way back; one button registers."""
    visitor = request.visitor
    if visitor.user is None or visitor.is_registered:
        return redirect("portal:register", request.event.slug)
    answers = answers_so_far(request.event, visitor.user, visitor.registration)
    if next_step(answers):
        return _onwards(request)
    if request.method == "POST":
        return _finish(request, visitor.user, answers)
    context = {"title": "Check your answers", "summary": summary_of(answers), "back": _address(request, STEPS[-1])}
    return render(request, "portal/register_check.html", context)


@page
@never_cache
@event_view(Reach.OWN)
def change(request: EventRequest, slug: str) -> HttpResponse:
    """The same page for who is registered: it changes the registration itself."""
    found, registration = _find(slug), request.visitor.registration
    if registration is None or registration.state in ENDED or slug == "conduct":
        raise Http404("Nothing to change.")
    form = _form(request, found, said_by(registration)[slug])
    back = reverse("portal:registration", args=[request.event.slug])
    if request.method == "POST" and form.is_valid():
        change_registration(registration, found, form.cleaned_data, now=request.visitor.now)
        return redirect(back)
    return _draw(request, found, form, back=back, caption="Your registration", submit="Save")


def _find(slug: str) -> Step:
    if slug not in BY_SLUG:
        raise Http404("No such page.")
    return BY_SLUG[slug]


def _form(request: EventRequest, step: Step, said: Mapping[str, Any]) -> forms.Form:
    """What is posted; or what was posted as the session ended; or what was said before."""
    if request.method == "POST":
        return step.form(request.POST)
    kept = request.session.pop(TYPED, None)
    if kept and kept["at"] == request.path:
        return step.form(QueryDict(kept["typed"]))
    return step.form(initial=dict(said))


def _guess(event: Event, step: Step, user: User) -> dict[str, str]:
    """What the organisers wrote in the invitation, to be looked over; or the name we know."""
    invitation = find_invitation(event, user)
    known = {field: getattr(invitation, field, "") for field in step.form.base_fields} if invitation else {}
    return known | ({"full_name": known.get("full_name") or user.name} if step.slug == "name" else {})


def _draw(request: EventRequest, step: Step, form: forms.Form, **context: str) -> HttpResponse:
    wrong = request.method == "POST"
    context = {"title": step.title, "told": f"portal/steps/{step.slug}.html" if step.told else "", **context}
    return render(request, "portal/register_step.html", {**context, "form": form}, status=422 if wrong else 200)


def _draw_door(request: EventRequest, form: AddressForm, status: int = 200) -> HttpResponse:
    status = 422 if form.is_bound and status == 200 else status
    return render(request, "portal/register.html", {"form": form, "title": "Register"}, status=status)


def _onwards(request: EventRequest) -> HttpResponse:
    visitor = request.visitor
    assert visitor.user is not None
    coming = next_step(answers_so_far(request.event, visitor.user, visitor.registration))
    return redirect(
        _address(request, coming) if coming else reverse("portal:register_check", args=[request.event.slug])
    )


def _address(request: EventRequest, step: Step) -> str:
    return reverse("portal:register_step", args=[request.event.slug, step.slug])


def _finish(request: EventRequest, user: User, answers: dict[str, Any]) -> HttpResponse:
    try:
        register_from_answers(request.event, user, answers, now=request.visitor.now)
    except NoPlace as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:registration", request.event.slug)


def _sign_in_first(request: EventRequest, step: Step) -> HttpResponse:
    if request.method == "POST":
        typed = QueryDict(mutable=True)
        for name in step.form.base_fields:
            typed.setlist(name, [value[:1000] for value in request.POST.getlist(name)[:20]])
        request.session[TYPED] = {"at": request.path, "typed": typed.urlencode()}
    return sign_in_first(request.path)


def _send_code(request: EventRequest, form: AddressForm) -> HttpResponse:
    """The same answer for a known and an unknown address."""
    email = form.cleaned_data["email"].lower()
    find_or_create_user(email, name="")
    code_form = RequestLoginCodeForm({"email": email})
    if not code_form.is_valid():
        form.add_error("email", "Too many codes were asked for. Wait five minutes, then try again.")
        return _draw_door(request, form, 429)
    LoginCodeVerificationProcess.initiate(request=request, user=code_form._user, email=email)
    onwards = reverse("portal:register", args=[request.event.slug])
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': onwards})}")
