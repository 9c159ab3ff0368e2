"""Saying how I take part, and raising my hand."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from breakouts.access import access_inside, enters
from breakouts.answers import SeeOther, refuse, room_address
from breakouts.models import Room
from breakouts.taking_part.forms import PartForm
from breakouts.taking_part.models import Manner
from breakouts.taking_part.queries import part_of
from breakouts.taking_part.services import PartRefused, lower_hand, raise_hand, take_part
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.requests import by_script

CLOSED = "This room is not open just now."
UNREGISTERED = "You organise without being registered: register to take part."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LOBBY)
def part(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """How I take part: asked on entering, changed here."""
    room = access_inside(request.visitor, round_id, room_id)
    delegate = request.visitor.delegate
    if delegate is None or not enters(request.visitor, room):
        return refuse(request, room, CLOSED if delegate else UNREGISTERED, status=403)
    if request.method != "POST":
        return entering(request, room, PartForm(room=room, initial=_present_answer(request, room)))
    form = PartForm(request.POST, room=room)
    if form.is_valid():
        values = form.cleaned_data
        try:
            manner, name = Manner(values["manner"]), values.get("known_as", "")
            take_part(room, delegate, manner, known_as=name, now=request.visitor.now)
        except PartRefused as refused:
            form.add_error("known_as", str(refused))
        else:
            return SeeOther(room_address(room))
    return entering(request, room, form, status=422)


def entering(request: EventRequest, room: Room, form: PartForm | None = None, *, status: int = 200) -> HttpResponse:
    """The page that asks."""
    context = {
        "title": room.title,
        "section": "rooms",
        "room": room,
        "round": room.round,
        "form": form or PartForm(room=room),
        "submit": "Go in",
        "known": part_of(room, request.visitor.delegate),
    }
    return render(request, "breakouts/taking_part/entering.html", context, status=status)


@require_POST
@event_view(Reach.LOBBY)
def hand(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """``up`` raises it, anything else lowers it: each says what shall be, so a repeat changes nothing."""
    room = access_inside(request.visitor, round_id, room_id)
    delegate = request.visitor.delegate
    if delegate is None or not enters(request.visitor, room):
        return refuse(request, room, CLOSED if delegate else UNREGISTERED, status=403)
    act = raise_hand if "up" in request.POST else lower_hand
    act(room, delegate, now=request.visitor.now)
    if by_script(request):
        return JsonResponse({"raised": "up" in request.POST})
    messages.success(request, "Your hand is up." if "up" in request.POST else "Your hand is down.")
    return SeeOther(room_address(room))


def _present_answer(request: EventRequest, room: Room) -> dict[str, str]:
    known = part_of(room, request.visitor.delegate)
    return {"manner": known.manner, "known_as": known.known_as} if known else {}
