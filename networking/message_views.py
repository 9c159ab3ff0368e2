"""One message: its own address, and what may be done with it there or beside it."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from networking import changes, reactions
from networking.access import access_message
from networking.answers import refuse_closed, status_of
from networking.direct.titles import name_talks
from networking.forms import EditForm
from networking.frames import message_frame
from networking.leading import may_lead
from networking.models import Message, ReactionKind
from networking.policy import may_speak
from networking.safety.queries import mute_of
from networking.services import Refused
from networking.standing import muted_words
from portal.events.policy import Reach
from portal.live.reads import version_of
from portal.people.access import EventRequest, event_view
from portal.people.models import Delegate
from portal.requests import by_script


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def message(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    # First, so that what happens to it meanwhile is told again rather than missed.
    version = version_of(f"conversation.{conversation_id}")
    return _page(request, access_message(request.visitor, conversation_id, message_id), version=version)


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def acts(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """The same forms alone, to be shown in the conversation."""
    found = access_message(request.visitor, conversation_id, message_id)
    return render(request, "networking/_acts.html", context_of(request, found))


@require_POST
@event_view(Reach.LISTEN)
def react(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    """``with`` a kind of reaction, or ``without`` it: asked twice, it is the same."""
    found = access_message(request.visitor, conversation_id, message_id)
    delegate, take_back = speaker_here(request, found), "without" in request.POST
    kind = request.POST.get("without" if take_back else "with", "")
    if delegate is None or not found.is_shown:
        return refuse_closed(request)
    muted = _mute_words(request, found)
    if muted:
        return JsonResponse({"error": muted}, status=403) if by_script(request) else _page(request, found, status=403)
    if kind not in ReactionKind.values:
        return _page(request, found, status=422)
    act = reactions.take_reaction_back if take_back else reactions.react
    act(found, delegate, ReactionKind(kind), now=request.visitor.now)
    return done(request, found)


@require_POST
@event_view(Reach.LISTEN)
def edit(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    found, _ = _own(request, conversation_id, message_id)
    delegate = speaker_here(request, found)
    if delegate is None:
        return refuse_closed(request)
    form = EditForm(request.POST)
    try:
        changes.edit_message(found, request.POST.get("text", ""), by=delegate, now=request.visitor.now)
    except Refused as refused:
        status = status_of(refused)
        if by_script(request):
            return JsonResponse({"error": str(refused)}, status=status)
        form.is_valid()
        form.add_error("text", str(refused))
        return _page(request, found, edit_form=form, status=status)
    return done(request, found)


@require_POST
@event_view(Reach.LISTEN)
def take_back(request: EventRequest, conversation_id: int, message_id: int) -> HttpResponse:
    # Also when the conversation is over: what one said is one's own to take back.
    found, author = _own(request, conversation_id, message_id)
    changes.take_back(found, by=author, now=request.visitor.now)
    return done(request, found)


def context_of(request: EventRequest, found: Message) -> dict[str, Any]:
    visitor = request.visitor
    muted = _mute_words(request, found)
    speaks = not muted and may_speak(visitor, found.conversation)
    own = visitor.delegate is not None and found.author_id == visitor.delegate.pk
    chosen = reactions.chosen_by(visitor.delegate, [found]).get(found.pk, set())
    editable = own and speaks and visitor.now < found.edit_ends
    return {
        "conversation": found.conversation,
        "message": found,
        "may_speak": speaks,
        "muted": muted,
        "may_moderate": may_lead(visitor, found.conversation),
        "is_own": own,
        "choices": [{"kind": kind, "chosen": kind in chosen} for kind in ReactionKind],
        "edit_form": EditForm(initial={"text": found.text}) if editable else None,
    }


def _mute_words(request: EventRequest, found: Message) -> str:
    """Until when this person is muted where it was said; nothing for who is not."""
    delegate, now = request.visitor.delegate, request.visitor.now
    muted = mute_of(found.conversation, delegate, now) if delegate else None
    return muted_words(request.event, muted.until) if muted else ""


def speaker_here(request: EventRequest, found: Message) -> Delegate | None:
    return request.visitor.delegate if may_speak(request.visitor, found.conversation) else None


def done(request: EventRequest, found: Message) -> HttpResponse:
    """By script the message as it is now; else back to where it was said."""
    if by_script(request):
        frame = message_frame(found)
        return JsonResponse({"version": frame.version, "kind": frame.kind, "html": frame.html, "id": found.pk})
    return redirect(f"{found.conversation.get_absolute_url()}?at={found.pk}#message-{found.pk}")


def _own(request: EventRequest, conversation_id: int, message_id: int) -> tuple[Message, Delegate]:
    """One's own message, and oneself. Raises Http404 for another's, as for one that never was."""
    found, delegate = access_message(request.visitor, conversation_id, message_id), request.visitor.delegate
    if delegate is None or found.author_id != delegate.pk:
        raise Http404("No such message of yours.")
    return found, delegate


def _page(request: EventRequest, found: Message, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    name_talks([found.conversation])
    context = {"title": f"{found.author_name} in {found.conversation.title}", "section": "lounge"}
    return render(request, "networking/message.html", context | context_of(request, found) | more, status=status)
