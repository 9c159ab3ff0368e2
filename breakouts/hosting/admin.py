"""Who leads a room, who was removed from one, and the calls for help."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from breakouts.hosting.models import MOST_FACILITATORS, Facilitator, HelpCall, Removal
from breakouts.hosting.services import appoint, dismiss, finish_call, forgive
from breakouts.room_choice import NamesRooms
from portal import clock
from portal.events.admin import EventScopedAdmin

ROOM_EVENT = "room__round__session__event"


class FacilitatorForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        room, delegate = values.get("room"), values.get("delegate")
        if not room or not delegate:
            return values
        if room.event != delegate.event:
            raise ValidationError("That delegate belongs to another event.")
        if room.removals.filter(delegate=delegate).exists():
            raise ValidationError(f"{delegate.name} was removed from this room.")
        others = room.facilitators.exclude(delegate=delegate).count()
        if others >= MOST_FACILITATORS:
            raise ValidationError(f"{room.title} has two facilitators. Take one of them out first.")
        return values


@admin.register(Facilitator)
class FacilitatorAdmin(NamesRooms, EventScopedAdmin):
    """Two delegates a room. They need no seat in it."""

    form = FacilitatorForm
    event_path = ROOM_EVENT
    list_display = ["delegate", "room", "round"]
    list_filter = ["room__round__session__event"]
    list_select_related = ["delegate", "room__round__session"]
    search_fields = ["delegate__name", "room__title"]
    autocomplete_fields = ["delegate"]

    @admin.display(description="round")
    def round(self, facilitator: Facilitator) -> str:
        return str(facilitator.room.round)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Facilitator, form: Any, change: bool) -> None:
        made = appoint(obj.room, obj.delegate, by=request.user, now=clock.now())  # type: ignore[arg-type]
        obj.pk, obj.place = made.pk, made.place

    def delete_model(self, request: HttpRequest, obj: Facilitator) -> None:
        dismiss(obj, by=request.user, now=clock.now())  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for facilitator in queryset.select_related("room__round__session__event", "delegate"):
            self.delete_model(request, facilitator)


class LookedUp(EventScopedAdmin):
    """To look back, and to end what should be over."""

    event_path = ROOM_EVENT

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission


@admin.register(Removal)
class RemovalAdmin(LookedUp):
    """Deleting one lets them choose the room again."""

    list_display = ["delegate", "room", "reason", "by", "at"]
    list_filter = ["room__round__session__event"]
    list_select_related = ["delegate", "room", "by"]

    def delete_model(self, request: HttpRequest, obj: Removal) -> None:
        forgive(obj, by=request.user, now=clock.now())  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for removal in queryset.select_related("room__round__session__event", "delegate"):
            self.delete_model(request, removal)


@admin.register(HelpCall)
class HelpCallAdmin(LookedUp):
    list_display = ["room", "at", "words", "by", "taken_by", "done_at"]
    list_filter = ["room__round__session__event"]
    list_select_related = ["room", "by", "taken_by"]
    actions = ["finish"]

    @admin.action(description="Done")
    def finish(self, request: HttpRequest, chosen: Any) -> None:
        for call in chosen.select_related("room__round__session__event"):
            finish_call(call, by=request.user, now=clock.now())  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
