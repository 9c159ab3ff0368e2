"""How each event and each room speaks, chosen by its organisers."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from breakouts.models import Room
from breakouts.room_choice import NamesRooms
from breakouts.voice.models import EventVoice, RoomVoice, VoicePlan
from breakouts.voice.services import end_voice, hold_to_floor
from portal import clock
from portal.events.admin import EventScopedAdmin


class PlanAdmin(EventScopedAdmin):
    """Who speaks in one way does not hear those who speak in another: where it changes, all come in anew."""

    def rooms_of(self, plan: Any) -> Iterable[Room]:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: VoicePlan, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed, now = set(form.changed_data), clock.now()
        for room in self.rooms_of(obj):
            if {"way", "recorded"} & changed:
                end_voice(room, by=request.user, now=now)  # type: ignore[arg-type]
            elif "by_floor" in changed:
                hold_to_floor(room, now=now)

    def delete_model(self, request: HttpRequest, obj: VoicePlan) -> None:
        rooms = list(self.rooms_of(obj))
        super().delete_model(request, obj)
        for room in rooms:
            end_voice(room, by=request.user, now=clock.now())  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for plan in queryset:
            self.delete_model(request, plan)


@admin.register(EventVoice)
class EventVoiceAdmin(PlanAdmin):
    event_path = "event"
    list_display = ["event", "way", "by_floor", "recorded"]

    def rooms_of(self, plan: EventVoice) -> Iterable[Room]:
        rooms = Room.objects.filter(round__session__event=plan.event, voice=None)
        return rooms.filter(callers__seen_at__isnull=False).distinct()


@admin.register(RoomVoice)
class RoomVoiceAdmin(NamesRooms, PlanAdmin):
    event_path = "room__round__session__event"
    list_display = ["room", "round", "way", "by_floor", "recorded"]
    list_filter = ["way", "room__round"]
    list_select_related = ["room__round__session__event"]

    def rooms_of(self, plan: RoomVoice) -> Iterable[Room]:
        return [plan.room]

    @admin.display(description="round", ordering="room__round")
    def round(self, plan: RoomVoice) -> str:
        return str(plan.room.round)
