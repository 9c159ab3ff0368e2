"""Pages of those who moderate: the queue of reports, a place's pace, and who was put on hold."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networking.access import access_conversation, access_moderated
from networking.forms import DecisionForm, SlowForm
from networking.leading import may_lead
from networking.message_views import done
from networking.models import Conversation, Message
from networking.safety import services
from networking.safety.models import Outcome, Report
from networking.safety.queries import acts_of, decided_reports, is_hidden, mutes_in, open_reports, unheard_in
from networking.services import remove_message
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.people.models import Delegate, User


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def queue(request: EventRequest) -> HttpResponse:
    _organiser(request)
    return _queue(request, None)


@require_POST
@event_view(Reach.LISTEN)
def decide(request: EventRequest, report_id: int) -> HttpResponse:
    """``sure`` carries out what would put somebody out, which asks first; ``back`` leads to the form as it was."""
    organiser = _organiser(request)
    report = _report(request, report_id)
    form = _form(report, request.POST)
    if not form.is_valid():
        return _queue(request, form, status=422)
    values = form.cleaned_data | {"outcome": Outcome(form.cleaned_data["outcome"])}
    if "back" in request.POST:
        return _queue(request, form)
    if values["outcome"] == Outcome.SUSPENDED and "sure" not in request.POST:
        assert report.about is not None
        return _ask(request, report.about, form=form)
    if services.decide(report, **values, by=organiser, now=request.visitor.now):
        notices.success(request, "Done, and written down. Those who reported it see the outcome.")
    else:
        notices.warning(request, "Somebody had closed this report before you. Nothing was done.")
    return redirect("networking:moderation", request.event.slug)


@require_POST
@event_view(Reach.LISTEN)
def reopen(request: EventRequest, report_id: int) -> HttpResponse:
    organiser = _organiser(request)
    if services.reopen(_report(request, report_id), by=organiser, now=request.visitor.now):
        notices.success(request, "Open again, with what you wrote. Those who reported it read that it waits for you.")
    return redirect("networking:moderation", request.event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def suspend(request: EventRequest, delegate_id: int) -> HttpResponse:
    organiser = _organiser(request)
    person = get_object_or_404(request.event.delegates.select_related("event"), pk=delegate_id)
    if request.method != "POST":
        return _ask(request, person)
    services.suspend(person, by=organiser, now=request.visitor.now)
    notices.success(request, f"{person.name} is out of the event until you let them back in.")
    return redirect("networking:moderation", request.event.slug)


@require_POST
@event_view(Reach.LISTEN)
def restore(request: EventRequest, delegate_id: int) -> HttpResponse:
    organiser = _organiser(request)
    person = get_object_or_404(request.event.delegates.select_related("event"), pk=delegate_id)
    services.restore(person, by=organiser, now=request.visitor.now)
    notices.success(request, f"{person.name} may take part again.")
    return redirect("networking:moderation", request.event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def place(request: EventRequest, conversation_id: int) -> HttpResponse:
    """How fast people may write in one conversation, and who is muted there."""
    found = _led(request, access_conversation(request.visitor, conversation_id))
    form = SlowForm(request.POST if request.method == "POST" else None, initial={"seconds": found.slow_seconds})
    if form.is_valid():
        seconds = form.cleaned_data["seconds"]
        services.slow_down(found, seconds=seconds, by=_moderator(request), now=request.visitor.now)
        notices.success(request, "Saved.")
        return redirect("networking:place", request.event.slug, found.pk)
    mutes = mutes_in(found, request.visitor.now, by_own_names=request.visitor.is_organiser)
    context = {"title": f"Moderate {found.title}", "section": "lounge", "conversation": found, "form": form}
    status = 422 if form.is_bound else 200
    context |= {"mutes": mutes, "unheard": unheard_in(found, request.visitor.delegate)}
    return render(request, "networking/safety/place.html", context, status=status)


@require_POST
@event_view(Reach.LISTEN)
def unmute(request: EventRequest, conversation_id: int, mute_id: int) -> HttpResponse:
    found = _led(request, access_conversation(request.visitor, conversation_id))
    muted = get_object_or_404(found.mutes.select_related("delegate"), pk=mute_id)
    services.unmute(found, muted.delegate, by=_moderator(request), now=request.visitor.now)
    return redirect("networking:place", request.event.slug, found.pk)


@require_POST
@event_view(Reach.LISTEN)
def remove(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    found = access_moderated(request.visitor, conversation_id, message_id)
    remove_message(found, by=_moderator(request), now=request.visitor.now)
    return _done(request, found)


@require_POST
@event_view(Reach.LISTEN)
def mute(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """The author of this message reads on and does not write here for an hour."""
    found = access_moderated(request.visitor, conversation_id, message_id)
    services.mute(found.conversation, found.author, by=_moderator(request), now=request.visitor.now)
    return _done(request, found)


def _queue(request: EventRequest, sent: DecisionForm | None, *, status: int = 200) -> HttpResponse:
    rows = []
    for report in open_reports(request.event):
        form = _form(report)
        rows.append((report, sent if sent is not None and sent.prefix == form.prefix else form))
    context = {
        "title": "Moderation",
        "section": "moderation",
        "rows": rows,
        "decided": decided_reports(request.event),
        "suspended": request.event.delegates.exclude(suspended_at=None).order_by("name"),
        "sent": sent,
    }
    return render(request, "networking/safety/queue.html", context, status=status)


def _report(request: EventRequest, report_id: int) -> Report:
    rows = request.event.reports.select_related(
        "message__author", "message__conversation__event", "question__conversation__event", "about__event"
    )
    return get_object_or_404(rows, pk=report_id)


def _form(report: Report, sent: QueryDict | None = None) -> DecisionForm:
    acts = [(act.value, words) for act, words in acts_of(report).items()]
    # A report that was opened again brings along what was written about it.
    written = {"note": report.note, "answer": report.answer}
    return DecisionForm(sent, prefix=str(report.pk), initial=written, acts=acts)


def _ask(request: EventRequest, person: Delegate, *, form: DecisionForm | None = None) -> HttpResponse:
    """Once more, before somebody is put out of the event; with what was written about a report, where it is of one."""
    context = {"title": f"Put {person.name} out of the event?", "section": "moderation", "person": person, "form": form}
    return render(request, "networking/safety/sure.html", context)


def _organiser(request: EventRequest) -> User:
    if request.visitor.user is None or not request.visitor.is_organiser:
        raise Http404("For organisers.")
    return request.visitor.user


def _moderator(request: EventRequest) -> User:
    assert request.visitor.user is not None
    return request.visitor.user


def _led(request: EventRequest, conversation: Conversation) -> Conversation:
    if not may_lead(request.visitor, conversation):
        raise Http404("For those who lead this conversation.")
    return conversation


def _done(request: EventRequest, found: Message) -> HttpResponse:
    """Back to where it was done: words of somebody they have blocked are not in the talk."""
    if is_hidden(found, request.visitor.delegate):
        return redirect("networking:place", request.event.slug, found.conversation_id)
    return done(request, found)
