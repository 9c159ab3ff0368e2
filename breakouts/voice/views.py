"""The page of a room's voice, and the commands its script sends: each is a form, each is checked anew."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from breakouts.access import access_room
from breakouts.models import Room
from breakouts.policy import has_place, hears_talk, leads
from breakouts.room_page import show_room
from breakouts.services import come_in
from breakouts.taking_part.services import come_to_speak
from breakouts.voice import services
from breakouts.voice.models import Caller
from breakouts.voice.policy import ends_of, is_over, link_opens, may_follow_link, may_take_part, name_in
from breakouts.voice.providers import is_recorded, name_of_meeting, plan_of, provider_of
from breakouts.voice.queries import channel_of, person
from breakouts.voice.recording import whole_of
from breakouts.voice.services import VoiceFull, VoiceRefused
from breakouts.voice.turn import ice_servers
from portal.events.policy import Reach
from portal.live.reads import version_of
from portal.people.access import EventRequest, event_view
from portal.people.models import User
from portal.requests import number

NOT_NOW = "The voice of this room is not open to you now."
Command = Callable[[EventRequest, Room], HttpResponse]


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def page(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """The room with its voice, where a person tries their devices and joins; for a meeting elsewhere, the way there."""
    room = access_room(request.visitor, round_id, room_id)
    if not has_place(request.visitor, room):
        return redirect("breakouts:room", request.event.slug, round_id, room_id)
    context = _page_context(request, room)
    if context["may_join"] and context["provider"].is_embedded:
        return show_room(request, room, call=context)
    return render(request, "breakouts/voice/page.html", context)


def _page_context(request: EventRequest, room: Room) -> dict[str, Any]:
    visitor, plan, session = request.visitor, plan_of(room), room.round.session
    return {
        "title": f"Voice and video: {room.title}",
        "section": "rooms",
        "room": room,
        "round": room.round,
        "plan": plan,
        "provider": provider_of(plan),
        "meeting": name_of_meeting(plan.link),
        "leads": leads(visitor, room),
        "may_join": may_take_part(visitor, room),
        "may_follow": may_follow_link(visitor, room, plan),
        "link_opens": request.event.local(link_opens(room, plan)),
        "starts": request.event.local(session.starts),
        "ends": request.event.local(ends_of(room)),
        "hears_talk": hears_talk(visitor, room),
        "is_over": is_over(room, visitor.now),
        "is_recorded": is_recorded(plan),
        "recording": visitor.is_organiser and whole_of(room) is not None,
        "channel": channel_of(room.pk),
    }


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def link(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    """Leads to the meeting, for this click alone: the address is in no page."""
    room = access_room(request.visitor, round_id, room_id)
    plan = plan_of(room)
    if plan.way != "link" or not has_place(request.visitor, room):
        raise Http404("No meeting here.")
    if not may_follow_link(request.visitor, room, plan):
        return redirect("breakouts:voice", request.event.slug, round_id, room_id)
    _come_in(request, room)
    return HttpResponseRedirect(plan.link)


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def recording(request: EventRequest, round_id: int, room_id: int) -> HttpResponseBase:
    """The voices of a room that is over, for organisers."""
    room = _organised(request, round_id, room_id)
    path = whole_of(room)
    if path is None:
        raise Http404("Nothing was recorded, or it is not ready.")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{room.title}.m4a", content_type="audio/mp4")


@require_POST
@event_view(Reach.LOBBY)
def forget(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
    room = _organised(request, round_id, room_id)
    services.forget_recording(room, by=_user(request), now=request.visitor.now)
    messages.success(request, "The recording is deleted.")
    return redirect("breakouts:voice", request.event.slug, round_id, room_id)


def _organised(request: EventRequest, round_id: int, room_id: int) -> Room:
    room = access_room(request.visitor, round_id, room_id)
    if not request.visitor.is_organiser:
        raise Http404("For organisers.")
    return room


def command(view: Command) -> Callable[..., HttpResponseBase]:
    """A POST of the voice page: 403 or 409 with a plain sentence where it is refused."""

    @require_POST
    @event_view(Reach.LOBBY)
    @wraps(view)
    def inner(request: EventRequest, round_id: int, room_id: int) -> HttpResponse:
        room = access_room(request.visitor, round_id, room_id)
        try:
            response = view(request, room) if may_take_part(request.visitor, room) else _problem(NOT_NOW, 403)
        except VoiceRefused as refused:
            response = _problem(str(refused), 409 if isinstance(refused, VoiceFull) else 403)
        add_never_cache_headers(response)
        return response

    return inner


@command
def enter(request: EventRequest, room: Room) -> HttpResponse:
    name, agrees = name_in(request.visitor, room), request.POST.get("agrees") == "on"
    caller = services.enter_voice(room, _user(request), name, agrees=agrees, now=request.visitor.now)
    _come_in(request, room)
    return JsonResponse(_entrance(request, room, caller))


def _come_in(request: EventRequest, room: Room) -> None:
    visitor = request.visitor
    come_in(visitor.delegate, room, now=visitor.now)
    if visitor.delegate and not leads(visitor, room) and room.is_on(visitor.now):
        come_to_speak(room, visitor.delegate, now=visitor.now)


def _entrance(request: EventRequest, room: Room, caller: Caller) -> dict[str, Any]:
    provider, ends = provider_of(plan_of(room)), ends_of(room)
    way_in = provider.way_in(caller, request.event.slug) if provider.way_in else {}
    return {
        **person(caller),
        **way_in,
        "way": provider.way,
        "version": version_of(caller.channel),
        "ends": ends.isoformat(),
        "ice": ice_servers(
            settings.STUN_URLS, settings.TURN_URLS, settings.TURN_SECRET, name=str(caller.pk), until=ends
        ),
    }


@command
def leave(request: EventRequest, room: Room) -> HttpResponse:
    services.leave_voice(_own(request, room), entry=number(request.POST.get("entry")))
    return HttpResponse(status=204)


@command
def beat(request: EventRequest, room: Room) -> HttpResponse:
    caller = _own(request, room)
    if not services.stay_in_voice(caller.pk, number(request.POST.get("entry")), now=request.visitor.now):
        return _problem("You are not in this room's voice any more.", 403)
    return HttpResponse(status=204)


@command
def switch(request: EventRequest, room: Room) -> HttpResponse:
    wanted = {name: request.POST.get(name) == "on" for name in ("microphone", "camera")}
    caller = _own(request, room)
    is_leader = leads(request.visitor, room)
    caller = services.switch(caller, **wanted, is_leader=is_leader, now=request.visitor.now)
    return JsonResponse(person(caller))


@command
def signal(request: EventRequest, room: Room) -> HttpResponse:
    services.send_signal(_own(request, room), _other(request, room), request.POST.get("body", ""))
    return HttpResponse(status=204)


@command
def lead(request: EventRequest, room: Room) -> HttpResponse:
    """Who speaks, and until when: for those who lead the room."""
    if not leads(request.visitor, room):
        raise Http404("For those who lead this room.")
    _act(request, room, request.POST.get("act", ""))
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    messages.success(request, "Done.")
    return redirect("breakouts:voice", request.event.slug, room.round_id, room.pk)


def _act(request: EventRequest, room: Room, act: str) -> None:
    by, now = _user(request), request.visitor.now
    if act == "end":
        services.end_voice(room, by=by, now=now)
        return
    if act in ("by_floor", "freely"):
        services.require_floor(room, act == "by_floor", by=by, now=now)
        return
    other = _other(request, room)
    if act == "give":
        services.give_floor(room, other.user, other.name, by=by, now=now)
    elif act == "take":
        services.take_floor(room, other.user, by=by, now=now)
    elif act == "mute":
        services.mute(other, by=by, now=now)
    else:
        raise VoiceRefused("That cannot be done here.")


def _problem(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"problem": sentence}, status=status)


def _user(request: EventRequest) -> User:
    assert request.visitor.user is not None
    return request.visitor.user


def _own(request: EventRequest, room: Room) -> Caller:
    return get_object_or_404(Caller, room=room, user=_user(request))


def _other(request: EventRequest, room: Room) -> Caller:
    return get_object_or_404(
        Caller.objects.select_related("user", "room"), room=room, pk=number(request.POST.get("to"))
    )
