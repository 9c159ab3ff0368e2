"""A person's own talk: what waits for them, whom to ask, what was said where."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from networking.access import access_conversation, access_person
from networking.answers import refuse_closed
from networking.direct import inbox, services
from networking.direct.models import State, TalkRequest
from networking.direct.queries import heard_by, search_talk
from networking.direct.titles import name_talks
from networking.forms import AskForm, FindForm
from networking.models import Conversation, Kind
from networking.safety.queries import without_blocks
from networking.services import Refused
from portal.events.policy import Reach
from portal.live.reads import versions_of
from portal.people.access import EventRequest, event_view, explain
from portal.people.models import Delegate
from portal.people.presence import standing
from portal.requests import by_script, number
from portal.written import one_line


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def messages(request: EventRequest) -> HttpResponse:
    delegate = request.visitor.delegate
    if delegate is None:
        return redirect("networking:directory", request.event.slug)
    requests = list(inbox.requests_to([delegate.pk]).select_related("sender", "conversation"))
    sent = list(delegate.requests_sent.filter(state=State.PENDING).select_related("receiver", "conversation"))
    talks = list(inbox.talks_of(delegate).select_related("event"))
    # First, so that what happens to a message meanwhile is told again rather than missed.
    called_in = Conversation.objects.filter(messages__mentions__delegate=delegate).distinct()
    versions = versions_of([each.channel for each in called_in])
    calls = list(inbox.calls_of([delegate.pk]).select_related("message__author", "message__conversation__event")[:20])
    asked = [each.conversation for each in (*requests, *sent) if each.conversation]
    name_talks([*talks, *asked, *(call.message.conversation for call in calls)])
    found = {"requests": requests, "sent": sent, "talks": talks, "calls": calls, "versions": versions}
    context = found | {"title": "Messages", "section": "messages", "find_form": FindForm()}
    return render(request, "networking/direct/messages.html", context)


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def search(request: EventRequest) -> HttpResponse:
    form = FindForm(request.GET)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    # First, so that what happens to a message meanwhile is told again rather than missed.
    versions = versions_of([each.channel for each in heard_by(request.visitor)]) if words else {}
    page = search_talk(request.visitor, words, number(request.GET.get("page")))
    name_talks(message.conversation for message in page)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"title": "Search what was said", "section": "messages", "form": form, "page": page, "words": words}
    context |= {"query": query.urlencode(), "versions": versions}
    return render(request, "networking/direct/search.html", context)


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def person(request: EventRequest, delegate_id: int) -> HttpResponse:
    found = _findable(request, delegate_id)
    delegate = request.visitor.delegate
    assert delegate is not None
    context = {
        "title": found.name if found.listed else "Somebody who spoke here",
        "section": "people",
        "person": found,
        "standing": standing(request.event, request.visitor.now).get(found.pk) if found.listed else None,
        "talk": services.find_talk(delegate, found),
        "asked": delegate.requests_sent.filter(receiver=found, state=State.PENDING, conversation=None).first(),
        "form": AskForm(),
        "may_ask": request.visitor.may(Reach.LOUNGE),
    }
    return render(request, "networking/direct/person.html", context)


@require_POST
@event_view(Reach.LISTEN)
def ask(request: EventRequest, delegate_id: int) -> HttpResponse:
    found, delegate = _findable(request, delegate_id), request.visitor.delegate
    assert delegate is not None
    if not request.visitor.may(Reach.LOUNGE):
        return explain(request)
    words = request.POST.get("words", "")
    try:
        asked = services.ask_to_talk(delegate, found, words=words, now=request.visitor.now)
    except Refused as refused:
        notices.error(request, str(refused))
        return redirect("networking:person", request.event.slug, found.pk)
    if asked.state == State.ACCEPTED and asked.conversation:
        return redirect(asked.conversation.get_absolute_url())
    notices.success(request, f"{found.name} has your request. You will see the answer under Messages.")
    return redirect("networking:messages", request.event.slug)


@require_POST
@event_view(Reach.LISTEN)
def answer(request: EventRequest, request_id: int) -> HttpResponse:
    """``accept`` or not; a request of one's own is taken back."""
    delegate = request.visitor.delegate
    found = _request(request, request_id)
    if delegate is None or delegate.pk not in {found.sender_id, found.receiver_id}:
        raise Http404("No such request.")
    if not request.visitor.may(Reach.LOUNGE):
        return explain(request)
    if delegate.pk == found.sender_id:
        services.withdraw(found, now=request.visitor.now)
        return redirect("networking:messages", request.event.slug)
    try:
        talk = services.answer_request(found, accept="accept" in request.POST, now=request.visitor.now)
    except Refused as refused:
        notices.error(request, str(refused))
        talk = None
    return redirect(talk.get_absolute_url()) if talk else redirect("networking:messages", request.event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LISTEN)
def group(request: EventRequest, conversation_id: int) -> HttpResponse:
    """Who is in a direct talk, asking one more, and leaving."""
    talk, delegate = _talk(request, conversation_id)
    if request.method == "POST":
        return _invite(request, talk, delegate)
    present = Delegate.objects.filter(participations__conversation=talk, participations__until=None)
    people = without_blocks(request.event.delegates.filter(listed=True, suspended_at=None), delegate)
    words = one_line(request.GET.get("words", ""))[:100]
    found = people.filter(name__icontains=words).exclude(pk__in=present).order_by("name")[:12] if words else []
    context = {"title": "Who is in this talk", "section": "messages", "conversation": talk, "found": found}
    context |= {"present": present.order_by("name"), "form": FindForm(initial={"words": words}), "words": words}
    return render(request, "networking/direct/group.html", context)


@require_POST
@event_view(Reach.LISTEN)
def leave(request: EventRequest, conversation_id: int) -> HttpResponse:
    talk, delegate = _talk(request, conversation_id)
    services.leave_talk(talk, delegate, now=request.visitor.now)
    notices.success(request, "You have left the talk.")
    return redirect("networking:messages", request.event.slug)


@require_POST
@event_view(Reach.LISTEN)
def read(request: EventRequest, conversation_id: int) -> HttpResponse:
    """Marks what was read, for all devices of this person."""
    found = access_conversation(request.visitor, conversation_id)
    if request.visitor.delegate is None:
        return refuse_closed(request)
    up_to = number(request.POST.get("up_to"))
    services.mark_read(found, request.visitor.delegate, up_to=up_to or 10**17)
    if by_script(request):
        return JsonResponse({"read": True})
    return redirect("networking:messages", request.event.slug)


def _invite(request: EventRequest, talk: Conversation, delegate: Delegate) -> HttpResponse:
    found = _findable(request, number(request.POST.get("person")))
    if not request.visitor.may(Reach.LOUNGE):
        return explain(request)
    try:
        services.invite(talk, delegate, found, now=request.visitor.now)
        notices.success(request, f"{found.name} is asked to join.")
    except Refused as refused:
        notices.error(request, str(refused))
    return redirect("networking:group", request.event.slug, talk.pk)


def _findable(request: EventRequest, delegate_id: int) -> Delegate:
    """Who blocked whom, they do not find each other."""
    found = access_person(request.visitor, delegate_id)
    if not without_blocks(Delegate.objects.filter(pk=found.pk), request.visitor.delegate).exists():
        raise Http404("No such person.")
    return found


def _talk(request: EventRequest, conversation_id: int) -> tuple[Conversation, Delegate]:
    talk = access_conversation(request.visitor, conversation_id)
    if talk.kind != Kind.DIRECT or request.visitor.delegate is None:
        raise Http404("No such talk.")
    return talk, request.visitor.delegate


def _request(request: EventRequest, request_id: int) -> TalkRequest:
    related = ("sender__event", "receiver__event", "conversation__event")
    return get_object_or_404(TalkRequest.objects.select_related(*related), pk=request_id, event=request.event)
