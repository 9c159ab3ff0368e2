"""How what was done in a room is answered: by script in JSON, by plain form back in the room with a sentence."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from breakouts.models import Room
from portal.people.access import EventRequest
from portal.requests import by_script


class SeeOther(HttpResponseRedirect):
    status_code = 303


def room_address(room: Room, name: str = "room") -> str:
    return reverse(f"breakouts:{name}", args=[room.event.slug, room.round_id, room.pk])


def done(request: EventRequest, room: Room, said: str, *, to: str = "room") -> HttpResponse:
    if by_script(request):
        return JsonResponse({"said": said})
    messages.success(request, said)
    return SeeOther(room_address(room, to))


def refuse(request: EventRequest, room: Room, why: str, *, status: int = 422, to: str = "room") -> HttpResponse:
    if by_script(request):
        return JsonResponse({"error": why}, status=status)
    messages.error(request, why)
    return SeeOther(room_address(room, to))
