"""A room's notes: read by all who have a place in it, written by a few, kept as they are typed."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_inside, access_led
from breakouts.answers import SeeOther, done, room_address
from breakouts.models import Room
from breakouts.notes.forms import NoteForm
from breakouts.notes.models import Note, Section
from breakouts.notes.queries import history_of, notes_of
from breakouts.notes.services import Changed, NoteRefused, name_note_taker, save_note
from breakouts.policy import leads
from breakouts.taking_part.queries import name_in, present
from portal.events.policy import Reach
from portal.people.access import EventRequest, Visitor, event_view
from portal.requests import by_script, number

# To finish a sentence after the room has closed.
GRACE = timedelta(minutes=30)


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def notes(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    return _page(request, access_inside(request.visitor, round_id, room_id))


@require_POST
@event_view(Reach.CHOOSE)
def save(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """By script: JSON with the version, or 409 with what stands there now. By plain form: the page, the text kept."""
    visitor = request.visitor
    room = access_inside(visitor, round_id, room_id)
    form = NoteForm(request.POST)
    if visitor.user is None or not may_write(visitor, room) or not form.is_valid():
        raise Http404("Not for this person to write.")
    values = form.cleaned_data | {"section": Section(form.cleaned_data["section"])}
    try:
        note = save_note(room, **values, by=visitor.user, by_name=_writer(visitor, room), now=visitor.now)
    except NoteRefused as refused:
        return _refuse(request, room, form, refused)
    if by_script(request):
        return JsonResponse({"version": note.version if note else 0})
    messages.success(request, "Saved.")
    return SeeOther(f"{room_address(room, 'notes')}#note-{values['section']}")


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def history(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """How the notes came about; also what was typed and did not go in."""
    room = access_inside(request.visitor, round_id, room_id)
    if not may_read_history(request.visitor, room):
        raise Http404("For those who write the notes.")
    context = {
        "title": "How the notes came about",
        "section": "rooms",
        "room": room,
        "round": room.round,
        "wordings": history_of(room),
    }
    return render(request, "breakouts/notes/history.html", context)


@require_POST
@event_view(Reach.CHOOSE)
def take_notes(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """Those who lead the room name who of those in it writes its notes; without a part, nobody but they."""
    room = access_led(request.visitor, round_id, room_id)
    assert request.visitor.user is not None
    chosen = number(request.POST.get("part"))
    part = get_object_or_404(present(room.parts.select_related("delegate")), pk=chosen) if chosen else None
    name_note_taker(room, part.delegate if part else None, by=request.visitor.user, now=request.visitor.now)
    said = f"{part.name} takes the notes." if part else "Nobody but facilitators takes notes now."
    return done(request, room, said, to="room_people")


def may_write(visitor: Visitor, room: Room) -> bool:
    """Who leads the room and its note-taker, from its start until half an hour after its end."""
    session = room.round.session
    if not visitor.is_organiser and not session.starts <= visitor.now < room.closes + GRACE:
        return False
    return may_read_history(visitor, room)


def may_read_history(visitor: Visitor, room: Room) -> bool:
    return leads(visitor, room) or (visitor.delegate is not None and _taker(room) == visitor.delegate.pk)


def notes_context(visitor: Visitor, room: Room) -> dict[str, Any]:
    return {
        "notes": notes_of(room),
        "may_write": may_write(visitor, room),
        "may_read_history": may_read_history(visitor, room),
        "taker": name_in(room, room.note_taker.delegate) if _taker(room) else "",
    }


def _taker(room: Room) -> int | None:
    return room.note_taker.delegate_id if hasattr(room, "note_taker") else None


def _writer(visitor: Visitor, room: Room) -> str:
    return name_in(room, visitor.delegate) if visitor.delegate else str(visitor.user)


def _refuse(request: EventRequest, room: Room, form: NoteForm, refused: NoteRefused) -> HttpResponse:
    changed = refused.note if isinstance(refused, Changed) else None
    if not by_script(request):
        return _page(request, room, form=form, changed=changed, problem=str(refused), status=409 if changed else 422)
    body: dict[str, Any] = {"error": str(refused)}
    if changed:
        body |= {"version": changed.version, "text": changed.text, "by": changed.by_name}
    return JsonResponse(body, status=409 if changed else 422)


def _page(
    request: EventRequest,
    room: Room,
    *,
    form: NoteForm | None = None,
    changed: Note | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """With a refused form, its text stays in its box, to be sent again over what stands there now."""
    context = notes_context(request.visitor, room) | {
        "title": f"Notes of {room.title}",
        "section": "rooms",
        "room": room,
        "round": room.round,
        "problem": problem,
        "changed": changed,
        "typed": form.cleaned_data if form else None,
    }
    return render(request, "breakouts/notes/notes.html", context, status=status)
