"""Pages of a delegate's own safety: report, block, and what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networking.access import access_audience, access_message, access_person, access_question
from networking.forms import AnnounceForm, ReportForm
from networking.safety import services
from networking.safety.models import Announce, Block, Reason, Report
from networking.services import Refused
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, explain
from portal.requests import by_script

Send = Callable[[Reason, str], Report]


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def safety(request: EventRequest) -> HttpResponse:
    """Whom I blocked, and what became of what I reported."""
    delegate = request.visitor.delegate
    if delegate is None:
        return redirect("networking:directory", request.event.slug)
    context = {
        "title": "Your safety here",
        "section": "people",
        "blocks": delegate.blocks.select_related("blocked").order_by("blocked__name"),
        "reports": delegate.reports.select_related("about", "message__author", "question__asker").order_by("-pk"),
    }
    return render(request, "networking/safety/safety.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def report_message(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    found = access_message(request.visitor, conversation_id, message_id)
    reporter, now = request.visitor.delegate, request.visitor.now
    if reporter is None or reporter.pk == found.author_id or not found.may_be_reported:
        return explain(request)
    context = {"said": found, "cancel_url": found.get_absolute_url(), "person": found.author}

    def send(reason: Reason, words: str) -> Report:
        return services.report_message(found, reporter, reason=reason, words=words, now=now)

    return _report(request, send, context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def report_question(request: EventRequest, conversation_id: int, question_id: int) -> HttpResponse:
    visitor = request.visitor
    found = access_question(visitor, access_audience(visitor, conversation_id), question_id)
    reporter, now = visitor.delegate, visitor.now
    if reporter is None or reporter.pk == found.asker_id:
        return explain(request)

    def send(reason: Reason, words: str) -> Report:
        return services.report_question(found, reporter, reason=reason, words=words, now=now)

    cancel = reverse("networking:questions", args=[request.event.slug, conversation_id])
    return _report(request, send, {"asked": found, "cancel_url": cancel})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def report_person(request: EventRequest, delegate_id: int) -> HttpResponse:
    person, reporter = access_person(request.visitor, delegate_id), request.visitor.delegate
    assert reporter is not None
    now = request.visitor.now

    def send(reason: Reason, words: str) -> Report:
        return services.report_person(person, reporter, reason=reason, words=words, now=now)

    return _report(request, send, {"person": person})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LOBBY)
def block(request: EventRequest, delegate_id: int) -> HttpResponse:
    """Asks once, saying what it does; then it is so."""
    person, delegate = access_person(request.visitor, delegate_id), request.visitor.delegate
    assert delegate is not None
    if request.method != "POST":
        context = {"title": f"Block {person.name}?", "section": "people", "person": person}
        return render(request, "networking/safety/block.html", context)
    services.block(delegate, person, now=request.visitor.now)
    notices.success(request, f"You have blocked {person.name}.")
    return redirect("networking:safety", request.event.slug)


@require_POST
@event_view(Reach.LOBBY)
def unblock(request: EventRequest, delegate_id: int) -> HttpResponse:
    """Anybody can be unblocked, also who has left the event since."""
    delegate = request.visitor.delegate
    found = Block.objects.filter(blocker=delegate, blocked_id=delegate_id).select_related("blocked").first()
    if delegate is not None and found is not None:
        services.unblock(delegate, found.blocked)
        notices.success(request, f"You hear {found.blocked.name} again.")
    return redirect("networking:safety", request.event.slug)


@require_POST
@event_view(Reach.LISTEN)
def announce(request: EventRequest) -> HttpResponse:
    """What a screen reader says of talk, on all devices of this person."""
    form, delegate = AnnounceForm(request.POST), request.visitor.delegate
    if delegate is None or not form.is_valid():
        return JsonResponse({"error": "Choose one of the three."}, status=422)
    services.choose_announcements(delegate, Announce(form.cleaned_data["announce"]))
    if by_script(request):
        return JsonResponse({"announce": form.cleaned_data["announce"]})
    notices.success(request, "Saved.")
    return redirect("networking:lounge", request.event.slug)


def _report(request: EventRequest, send: Send, more: dict[str, Any]) -> HttpResponse:
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            send(Reason(form.cleaned_data["reason"]), form.cleaned_data["words"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            notices.success(request, "Thank you. The organisers will look at it, and you will see here what they did.")
            return redirect("networking:safety", request.event.slug)
    context = {"title": "Report this to the organisers", "section": "people", "form": form, "submit": "Send"}
    status = 422 if form.is_bound else 200
    return render(request, "networking/safety/report.html", context | more, status=status)
