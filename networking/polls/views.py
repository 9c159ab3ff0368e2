"""Polls beside a conversation: read, voted in and led, each by plain form or by script."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networking.access import access_audience, access_led
from networking.answers import refuse_closed
from networking.leading import may_lead
from networking.models import Conversation
from networking.polls.forms import PollForm, initial_of
from networking.polls.frames import render_results
from networking.polls.models import SHOWN, Poll, State
from networking.polls.policy import may_vote
from networking.polls.queries import ballot, desk, show_poll
from networking.polls.services import cast_vote, draft_poll, move_poll, redraft_poll, show_results
from networking.services import Refused
from networking.views import heading
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.requests import by_script, number

CLOSED = "You can see the polls here, but not vote just now."
ACTS = {"open": State.OPEN, "close": State.CLOSED, "remove": State.REMOVED}


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def page(request: EventRequest, conversation_id: int) -> HttpResponse:
    return _page(request, access_audience(request.visitor, conversation_id))


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def panel(request: EventRequest, conversation_id: int) -> HttpResponse:
    """The polls alone, to be laid into another page."""
    found = access_audience(request.visitor, conversation_id)
    return render(request, "networking/polls/_panel.html", _context(request, found))


@require_POST
@event_view(Reach.LISTEN)
def vote(request: EventRequest, conversation_id: int) -> HttpResponse:
    """``poll`` holds its number, ``poll-<number>`` the chosen options. A repeat changes nothing."""
    visitor = request.visitor
    found = access_audience(visitor, conversation_id)
    if not may_vote(visitor, found) or visitor.delegate is None:
        return refuse_closed(request, CLOSED)
    poll = get_object_or_404(found.polls, pk=number(request.POST.get("poll")), state__in=SHOWN)
    chosen = [number(value) for value in request.POST.getlist(f"poll-{poll.pk}")]
    try:
        cast_vote(poll, visitor.delegate, chosen)
    except Refused as refused:
        return _refuse(request, found, refused)
    if by_script(request):
        return JsonResponse({"id": poll.pk, "html": render_results(show_poll(poll))})
    notices.success(request, "Your vote is counted. You can change it while the poll is open.")
    return redirect(f"{reverse('networking:polls', args=[request.event.slug, found.pk])}#poll-{poll.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def run(request: EventRequest, conversation_id: int) -> HttpResponse:
    """Every poll with what may be done with it, and the form for a new one."""
    found = access_led(request.visitor, conversation_id)
    form = PollForm(request.POST or None, auto_id="poll_%s")
    if form.is_valid():
        try:
            draft_poll(found, **form.cleaned_data, by=request.visitor.user, now=request.visitor.now)
        except Refused as refused:
            form.add_error("options" if form.cleaned_data["text"] else "text", str(refused))
        else:
            return redirect("networking:run_polls", request.event.slug, found.pk)
    return _run_page(request, found, form=form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def redraft(request: EventRequest, conversation_id: int, poll_id: int) -> HttpResponse:
    found = access_led(request.visitor, conversation_id)
    poll = get_object_or_404(found.polls, pk=poll_id, state=State.DRAFT)
    form = PollForm(request.POST or None, initial=initial_of(poll))
    if form.is_valid():
        try:
            redraft_poll(poll, **form.cleaned_data, by=request.visitor.user, now=request.visitor.now)
        except Refused as refused:
            form.add_error("options" if form.cleaned_data["text"] else "text", str(refused))
        else:
            return redirect("networking:run_polls", request.event.slug, found.pk)
    context = {
        "form": form,
        "submit": "Save",
        "cancel_url": reverse("networking:run_polls", args=[request.event.slug, found.pk]),
    }
    context |= heading("Change the draft", found)
    return render(request, "layouts/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@event_view(Reach.LISTEN)
def act(request: EventRequest, conversation_id: int) -> HttpResponse:
    """``act`` is open, close, remove, show or hide; ``poll`` holds the number."""
    found = access_led(request.visitor, conversation_id)
    poll = get_object_or_404(found.polls.exclude(state=State.REMOVED), pk=number(request.POST.get("poll")))
    try:
        _act(request, poll, request.POST.get("act", ""))
    except Refused as refused:
        return _run_page(request, found, errors=[str(refused)], status=409)
    return redirect(f"{reverse('networking:run_polls', args=[request.event.slug, found.pk])}#poll-{poll.pk}")


def _act(request: EventRequest, poll: Poll, name: str) -> None:
    by, now = request.visitor.user, request.visitor.now
    if name in {"show", "hide"}:
        show_results(poll, shown=name == "show", by=by, now=now)
    elif name in ACTS:
        move_poll(poll, ACTS[name], by=by, now=now)
    else:
        raise Http404("No such act.")


def _page(
    request: EventRequest, found: Conversation, *, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    context = _context(request, found) | heading("Polls", found) | {"errors": errors or []}
    return render(request, "networking/polls/page.html", context, status=status)


def _context(request: EventRequest, found: Conversation) -> dict[str, Any]:
    visitor = request.visitor
    return {
        "conversation": found,
        "ballot": ballot(found, visitor.delegate),
        "may_vote": may_vote(visitor, found),
        "may_lead": may_lead(visitor, found),
    }


def _run_page(request: EventRequest, found: Conversation, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "conversation": found,
        "desk": desk(found),
        "form": PollForm(auto_id="poll_%s"),
        "errors": [],
    }
    context |= heading("Run the polls", found) | more
    return render(request, "networking/polls/run.html", context, status=status)


def _refuse(request: EventRequest, found: Conversation, refused: Refused) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"error": str(refused)}, status=409)
    return _page(request, found, errors=[str(refused)], status=409)
