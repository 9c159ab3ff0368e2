"""Turns a request and an address into an allowed person in an event, or into the one right answer."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import BigAutoField, QuerySet, SlugField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from portal import clock
from portal.events.models import Event
from portal.events.policy import Phase, Reach, may_reach, phase_of
from portal.people.models import Delegate, State, User
from portal.prepared import Blank, Prepared
from portal.requests import beside_page

P = ParamSpec("P")


@dataclass(frozen=True)
class Visitor:
    """Who is asking, in which event, at which moment. Read once a request and handed down."""

    event: Event
    user: User | None
    delegate: Delegate | None
    is_organiser: bool
    now: datetime
    # Registered, and put out by the organisers: they belong nowhere in the event.
    is_suspended: bool = False
    # Their registration in whatever state; they are a delegate only when it is approved.
    registration: Delegate | None = None
    # An organiser who looks at a moment of their choice, with a delegate's rights.
    rehearses: bool = False
    # What was found out for them already: one frame names several channels of one thing.
    found: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def phase(self) -> Phase:
        return phase_of(self.event, self.now)

    @property
    def opens(self) -> datetime:
        return self.event.local(self.event.window.opens)

    @property
    def last_day_open(self) -> date:
        """The last civil day on which anything can be read here, told as "until 11:59pm on"."""
        return self.event.local(self.event.window.closes - timedelta(seconds=1)).date()

    @property
    def is_open(self) -> bool:
        return self.belongs and self.may(Reach.LOBBY)

    @property
    def may_watch(self) -> bool:
        return self.belongs and self.may(Reach.RECORDINGS)

    @property
    def belongs(self) -> bool:
        return self.delegate is not None or self.is_organiser

    @property
    def is_registered(self) -> bool:
        """Has a registration that stands, though perhaps no place yet."""
        return self.registration is not None and self.registration.state != State.CANCELLED

    def may(self, reach: Reach) -> bool:
        """Organisers always, unless they rehearse; others as the clock allows."""
        return (self.is_organiser and not self.rehearses) or may_reach(self.event, reach, self.now)


class EventRequest(HttpRequest):
    """A request inside an event."""

    event: Event
    visitor: Visitor


View = Callable[Concatenate[EventRequest, P], HttpResponseBase]
_PUBLIC = {Reach.FRONT, Reach.REGISTER}


SIGNED_OUT = "You are signed out. Copy what you were writing, then sign in again."

# In the session: the moment an organiser rehearses, by the event's address.
REHEARSALS = "rehearsals"


def event_view(reach: Reach, *, rehearsed: bool = True) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A page of an event: the view gets ``request.event`` and ``request.visitor``, not the slug.

    No such event, or no place in it: 404. Nobody signed in: the sign-in page. Outside the phase: 403 with
    a page that says when. Not ``rehearsed`` is only the page that begins and ends a rehearsal.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, event_slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            visitor = receive(request, event_slug, clock.now())
            inside = cast(EventRequest, request)
            inside.event, inside.visitor = visitor.event, _rehearse(request, visitor) if rehearsed else visitor
            if inside.visitor.rehearses:
                return _read_only(inside, lambda: _refusal(inside, reach) or view(inside, *args, **kwargs))
            return _refusal(inside, reach) or view(inside, *args, **kwargs)

        return inner

    return decorate


def _rehearse(request: HttpRequest, visitor: Visitor) -> Visitor:
    """The same organiser at the moment they chose."""
    moment = request.session.get(REHEARSALS, {}).get(visitor.event.slug) if visitor.is_organiser else None
    return replace(visitor, now=datetime.fromisoformat(moment), rehearses=True) if moment else visitor


def _read_only(request: EventRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Nothing is posted, and what a page writes while it is read is taken back, with whatever it would have told."""
    if request.method not in {"GET", "HEAD"}:
        return render(request, "portal/rehearsing.html", {"title": "This is a rehearsal"}, status=403)
    with transaction.atomic():
        response = answer()
        transaction.set_rollback(True)
    return response


def receive(request: HttpRequest, event_slug: str, now: datetime) -> Visitor:
    """As ``visit`` for whoever's request this is; for a delegate in one query. Raises Http404."""
    found = _find_registered(request.session, event_slug)
    if found is None:
        return visit(request.user, event_slug, now)
    request.user = found.user
    return _as_visitor(found.event, found.user, found, now)


def _find_registered(session: SessionBase, event_slug: str) -> Delegate | None:
    """The registration of whoever holds this session, if it is held as Django's own middleware would have it."""
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return None
    found = _REGISTERED.find(event_slug=event_slug, user=user_id)
    signature = session.get(HASH_SESSION_KEY, "")
    return found if found and constant_time_compare(signature, found.user.get_session_auth_hash()) else None


def _registered() -> QuerySet[Delegate]:
    rows = Delegate.registrations.select_related("event__announced", "user").filter(user__is_active=True)
    return rows.filter(event__slug=Blank("event_slug", SlugField()), user=Blank("user", BigAutoField()))


_REGISTERED = Prepared(_registered)


def visit(user: AbstractBaseUser | AnonymousUser, event_slug: str, now: datetime) -> Visitor:
    """Who this is in the event. Raises Http404 when there is no such event."""
    found = _REGISTERED.find(event_slug=event_slug, user=user.pk) if isinstance(user, User) else None
    event = found.event if found else Event.objects.select_related("announced").filter(slug=event_slug).first()
    if event is None:
        raise Http404("No such event.")
    if not isinstance(user, User):
        return Visitor(event, None, None, False, now)
    return _as_visitor(event, user, found, now)


def _as_visitor(event: Event, user: User, found: Delegate | None, now: datetime) -> Visitor:
    if found and found.suspended_at:
        return Visitor(event, user, None, organises(user, event), now, is_suspended=True)
    if found:
        found.event, found.user = event, user
    delegate = found if found and found.state == State.APPROVED else None
    return Visitor(event, user, delegate, organises(user, event), now, registration=found)


def organises(user: User, event: Event) -> bool:
    return user.is_active and (user.is_superuser or (user.is_staff and event.organisers.contains(user)))


def refuse_suspended(request: EventRequest) -> HttpResponse | None:
    """403: that they were put out of the event, for who was and does not organise it."""
    if not request.visitor.is_suspended or request.visitor.is_organiser:
        return None
    return render(request, "portal/suspended.html", {"title": "You cannot take part just now"}, status=403)


def _refusal(request: EventRequest, reach: Reach) -> HttpResponse | None:
    visitor = request.visitor
    if reach != Reach.FRONT and (refused := refuse_suspended(request)):
        return refused
    if reach not in _PUBLIC:
        if visitor.user is None:
            return _ask_to_sign_in(request)
        if not visitor.belongs and not (visitor.registration and reach == Reach.OWN):
            raise Http404("Not a delegate of this event.")
    return None if visitor.may(reach) else explain(request)


def _ask_to_sign_in(request: EventRequest) -> HttpResponse:
    """The sign-in page; or 401, where a page would take that one for the answer to what it asked."""
    if beside_page(request):
        return JsonResponse({"error": SIGNED_OUT}, status=401)
    return sign_in_first(request.get_full_path())


def sign_in_first(page: str) -> HttpResponse:
    """To the sign-in page, and from there to ``page``."""
    return redirect_to_login(page, reverse("account_request_login_code"))


def explain(request: EventRequest) -> HttpResponse:
    """403: what the phase does not allow, and when it will."""
    context = {"title": "Not open just now", "window": request.event.window, "phase": request.visitor.phase}
    response = render(request, "portal/outside_window.html", context, status=403)
    response["Cache-Control"] = "no-store, private"
    return response
