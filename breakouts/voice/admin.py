"""How each event and each room speaks, chosen by its organisers."""

from django.contrib import admin

from breakouts.voice.models import EventVoice, RoomVoice
from portal.events.admin import EventScopedAdmin


@admin.register(EventVoice)
class EventVoiceAdmin(EventScopedAdmin):
    event_path = "event"
    list_display = ["event", "way", "by_floor"]


@admin.register(RoomVoice)
class RoomVoiceAdmin(EventScopedAdmin):
    event_path = "room__round__session__event"
    list_display = ["room", "round", "way", "by_floor"]
    list_filter = ["way", "room__round"]
    list_select_related = ["room__round__session__event"]

    @admin.display(description="round", ordering="room__round")
    def round(self, plan: RoomVoice) -> str:
        return str(plan.room.round)
