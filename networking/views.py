"""Conversations: their pages, and saying something in them."""

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from networking.access import access_conversation, access_lounge, access_session_conversation
from networking.answers import refuse_closed, status_of
from networking.direct.inbox import first_unread, read_mark
from networking.direct.queries import company_of
from networking.direct.titles import name_talks
from networking.forms import AnnounceForm, MessageForm, OpenTableForm
from networking.joining import first_heard
from networking.leading import may_lead
from networking.mentions import find_names
from networking.models import Conversation, Kind, Message, author_key, is_shown
from networking.policy import may_speak
from networking.queries import history
from networking.safety.queries import announce_of, hidden_from
from networking.services import Refused, Said, find_said, say_message
from networking.standing import muted_words, pace_words, standing_in, turn_after, turn_of
from networking.tables import tables_with_talk
from portal.events.policy import Reach
from portal.people.access import EventRequest, Visitor, event_view
from portal.requests import by_script, number
from portal.written import keepable

SECTIONS = {
    Kind.LOUNGE: "lounge",
    Kind.TABLE: "lounge",
    Kind.ROOM: "rooms",
    Kind.SESSION: "programme",
    Kind.DIRECT: "messages",
}


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def lounge(request: EventRequest) -> HttpResponse:
    """Everyone's talk, and the tables beside it."""
    may_open = request.visitor.delegate is not None and request.visitor.may(Reach.LOUNGE)
    tables = {
        "tables": tables_with_talk(request.event, request.visitor.delegate),
        "table_form": OpenTableForm(),
        "may_open": may_open,
    }
    return _page(request, access_lounge(request.visitor), **tables)


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def conversation(request: EventRequest, conversation_id: int) -> HttpResponse:
    return _page(request, access_conversation(request.visitor, conversation_id, standing=True))


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def session_conversation(request: EventRequest, session_id: int) -> HttpResponse:
    return _page(request, access_session_conversation(request.visitor, session_id))


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def panel(request: EventRequest, conversation_id: int) -> HttpResponse:
    """The conversation alone, to be laid into another page."""
    found = access_conversation(request.visitor, conversation_id, standing=True)
    return render(request, "networking/_panel.html", _context(request, found))


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def session_panel(request: EventRequest, session_id: int) -> HttpResponse:
    found = access_session_conversation(request.visitor, session_id)
    return render(request, "networking/_panel.html", _context(request, found))


@require_POST
@event_view(Reach.LISTEN)
def say(request: EventRequest, conversation_id: int) -> HttpResponse:
    """By script: JSON with the message, or why not. By plain form: back to the page, the text kept on an error."""
    visitor = request.visitor
    found = access_conversation(visitor, conversation_id, standing=True)
    form = MessageForm(request.POST)
    if not may_speak(visitor, found) or visitor.delegate is None:
        repeated = _said_before(visitor, form)
        return _answer(request, found, repeated) if repeated else refuse_closed(request)
    if not form.is_valid():
        return _refuse(request, found, form, Refused("This form is broken. Reload the page and send it again."))
    text, client_id = form.cleaned_data["text"], form.cleaned_data["client_id"]
    try:
        answered = _answered(found, form.cleaned_data["reply_to"], first_heard(visitor.delegate, found))
        said = say_message(found, visitor.delegate, text, client_id=client_id, reply_to=answered, now=visitor.now)
    except Refused as refused:
        return _refuse(request, found, form, refused)
    return _answer(request, found, said)


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def names(request: EventRequest, conversation_id: int) -> HttpResponse:
    """JSON with the names in the room that begin with ``start``, for who is writing there."""
    visitor = request.visitor
    found = access_conversation(visitor, conversation_id, standing=True)
    if not may_speak(visitor, found) or visitor.delegate is None:
        return refuse_closed(request)
    return JsonResponse({"names": find_names(found, visitor.delegate, keepable(request.GET.get("start", ""))[:100])})


def heading(title: str, found: Conversation) -> dict[str, str]:
    """What a page about a conversation is called, and where in the portal it is."""
    return {"title": title, "caption": found.title, "section": SECTIONS[Kind(found.kind)]}


def _page(request: EventRequest, found: Conversation, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    name_talks([found])
    if found.kind == Kind.DIRECT and request.visitor.delegate:
        more["company"] = company_of(found, request.visitor.delegate, request.visitor.now)
    context = _context(request, found) | more | {"title": found.title, "section": SECTIONS[Kind(found.kind)]}
    return render(request, "networking/conversation.html", context, status=status)


def _context(request: EventRequest, found: Conversation) -> dict[str, Any]:
    before, at = number(request.GET.get("before")), number(request.GET.get("at"))
    visitor = request.visitor
    first = first_heard(visitor.delegate, found)
    answered = _answered(found, number(request.GET.get("reply")), first)
    unheard = hidden_from(visitor.user.pk, visitor.event.slug) if visitor.user else frozenset()
    leads = may_lead(visitor, found)
    until = standing_in(found, visitor.delegate, visitor.now).muted_until if visitor.delegate else None
    mark = read_mark(visitor.delegate, found)
    read = history(found, before=before or None, at=at or None, unheard=unheard, first=first)
    return {
        "conversation": found,
        "history": read,
        "may_speak": may_speak(visitor, found),
        "muted": muted_words(request.event, until) if until else "",
        "pace": pace_words(found.slow_seconds),
        "turn": turn_of(found, visitor.delegate, visitor.now) if visitor.delegate else None,
        "may_moderate": leads,
        "announce": AnnounceForm(initial={"announce": announce_of(visitor.delegate)}),
        "form": MessageForm(initial={"client_id": uuid.uuid4(), "reply_to": answered and answered.pk}),
        "may_clear": leads or (visitor.delegate is not None and found.opened_by_id == visitor.delegate.pk),
        "answered": answered,
        "read_to": 0 if mark.is_called else mark.read_to,
        "first_unread": first_unread(read.messages, mark.read_to, visitor.delegate),
        "me": author_key(found.pk, visitor.user.pk) if visitor.user else "",
        "is_lounge": found.kind == Kind.LOUNGE,
        "before": read.later,
    }


def _answered(found: Conversation, message_id: int | None, first: int) -> Message | None:
    """The message that is replied to; one of another conversation is none, nor one from before ``first``."""
    if not message_id or message_id < first:
        return None
    shown = found.messages.filter(is_shown(), added_by=None)
    return shown.select_related("author").filter(pk=message_id).first()


def _said_before(visitor: Visitor, form: MessageForm) -> Said | None:
    """What this repeats, where the answer was lost and the conversation has been closed meanwhile."""
    if visitor.delegate is None or not form.is_valid():
        return None
    return find_said(visitor.delegate, form.cleaned_data["client_id"])


def _answer(request: EventRequest, found: Conversation, said: Said) -> HttpResponse:
    if by_script(request):
        frame = said.frame
        turn = turn_after(found, said.message.at, request.visitor.now)
        answer = {"version": frame.version, "html": frame.html, "id": said.message.pk, "turn": turn and asdict(turn)}
        return JsonResponse(answer, status=201)
    return redirect(found.get_absolute_url() + "#latest")


def _refuse(request: EventRequest, found: Conversation, form: MessageForm, refused: Refused) -> HttpResponse:
    status = status_of(refused)
    if by_script(request):
        return JsonResponse({"error": str(refused)}, status=status)
    form.add_error("text", str(refused))
    return _page(request, found, form=form, status=status)
