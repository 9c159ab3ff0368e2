"""How each event and each room speaks, chosen by its organisers."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from breakouts.models import Room
from breakouts.voice.models import EventVoice, RoomVoice
from breakouts.voice.services import end_voice
from portal.events.admin import EventScopedAdmin


@admin.register(EventVoice)
class EventVoiceAdmin(EventScopedAdmin):
    event_path = "event"
    list_display = ["event", "way", "by_floor", "recorded"]

    def save_model(self, request: HttpRequest, obj: EventVoice, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"way", "recorded"} & set(form.changed_data):
            for room in Room.objects.filter(
                round__session__event=obj.event, voice=None, callers__seen_at__isnull=False
            ).distinct():
                end_voice(room)


@admin.register(RoomVoice)
class RoomVoiceAdmin(EventScopedAdmin):
    event_path = "room__round__session__event"
    list_display = ["room", "round", "way", "by_floor", "recorded"]
    list_filter = ["way", "room__round"]
    list_select_related = ["room__round__session__event"]

    def save_model(self, request: HttpRequest, obj: RoomVoice, form: Any, change: bool) -> None:
        """Who speaks in one way does not hear those who speak in another: all come in anew."""
        super().save_model(request, obj, form, change)
        if {"way", "recorded"} & set(form.changed_data):
            end_voice(obj.room)

    def delete_model(self, request: HttpRequest, obj: RoomVoice) -> None:
        room = obj.room
        super().delete_model(request, obj)
        end_voice(room)

    @admin.display(description="round", ordering="room__round")
    def round(self, plan: RoomVoice) -> str:
        return str(plan.room.round)
