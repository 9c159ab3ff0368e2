"""What the voice page, the gauge and the proxy read."""

from datetime import datetime
from typing import Any

from breakouts.models import Room
from breakouts.voice.models import Caller, Signal
from breakouts.voice.policy import ends_of
from breakouts.voice.providers import is_recorded, plan_of


def channel_of(room_id: int) -> str:
    """The gauge of who is in a room's voice."""
    return f"room.{room_id}.voice"


def find_room(room_id: int) -> Room | None:
    rooms = Room.objects.select_related("round__session__event", "conversation", "voice")
    return rooms.filter(pk=room_id).first()


def find_caller_room(caller: Caller) -> Room:
    return Room.objects.select_related("round__session__event", "conversation", "voice").get(pk=caller.room_id)


def voice_state(room_id: int, now: datetime) -> dict[str, Any]:
    """The gauge's whole state: who is in, who is heard, how, whether it is recorded, and when it ends."""
    room = find_room(room_id)
    if room is None:
        return {"html": "", "people": [], "ends": None, "by_floor": False, "recorded": False}
    people, plan = [person(caller) for caller in room.callers.present()], plan_of(room)
    return {
        "html": count_text(len(people)),
        "people": people,
        "ends": ends_of(room).isoformat(),
        "by_floor": plan.by_floor,
        "recorded": is_recorded(plan),
    }


def person(caller: Caller) -> dict[str, Any]:
    return {
        "id": caller.pk,
        "entry": caller.entry,
        "name": caller.name,
        "microphone": caller.microphone,
        "camera": caller.camera,
        "switched": caller.switched,
        "floor": caller.floor,
        "recorded": caller.recorded,
    }


def count_text(number: int) -> str:
    if not number:
        return "Nobody is in yet."
    return "1 person is in." if number == 1 else f"{number} people are in."


def signals_after(caller_id: int, version: int, limit: int) -> list[Signal]:
    signals = Signal.objects.filter(to=caller_id, version__gt=version).select_related("by")
    return list(signals.order_by("version")[:limit])


def callers_of(user_ids: frozenset[int], room_id: int) -> set[int]:
    """Under which numbers these people are known in the room's voice."""
    return set(Caller.objects.filter(room=room_id, user__in=user_ids).values_list("pk", flat=True))
