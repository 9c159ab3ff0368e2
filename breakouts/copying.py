"""Next year's rounds and rooms: their shape, and neither those who led them nor last time's meeting links."""

from breakouts.arranging import add_room, open_round
from breakouts.models import Room, Round
from breakouts.voice.models import EventVoice, RoomVoice, VoicePlan, Way
from portal.events.copying import Copy, register_copier


def connect() -> None:
    register_copier("rooms", copy_rooms)


def copy_rooms(copy: Copy) -> int:
    """An extra room was opened for one day's crowd, and is not copied."""
    for plan in EventVoice.objects.filter(event=copy.old).exclude(way=Way.LINK):
        EventVoice.objects.create(event=copy.new, **_plan(plan))
    rounds = Round.objects.filter(session__event=copy.old).select_related("session")
    return sum(_copy_round(copy, old) for old in rounds)


def _copy_round(copy: Copy, old: Round) -> int:
    new = open_round(copy.find(old.session))
    Round.objects.filter(pk=new.pk).update(release_after=old.release_after)
    rooms = list(old.rooms.filter(sister_of=None).order_by("position", "pk"))
    for room in rooms:
        _copy_room(room, new)
    return len(rooms)


def _copy_room(old: Room, round: Round) -> None:
    new = add_room(
        round, title=old.title, theme=old.theme, capacity=old.capacity, access=old.access,
        pseudonyms_allowed=old.pseudonyms_allowed,
    )  # fmt: skip
    for plan in RoomVoice.objects.filter(room=old).exclude(way=Way.LINK):
        RoomVoice.objects.create(room=new, **_plan(plan))


def _plan(plan: VoicePlan) -> dict[str, object]:
    return {"way": plan.way, "minutes_before": plan.minutes_before, "by_floor": plan.by_floor}
