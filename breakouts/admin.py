"""Rounds with their rooms, and who sits where."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from breakouts.models import Room, Round, Seat
from breakouts.services import free_seat, lock_round, open_room, tell_places
from portal import clock
from portal.events.admin import EventScoped, EventScopedAdmin


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Room
        fields = ["position", "title", "theme", "hosts", "capacity", "pseudonyms_allowed"]
        widgets = {"theme": forms.Textarea(attrs={"rows": 2})}

    def clean_capacity(self) -> int:
        """Counts under the round's lock: the admin saves in the transaction in which it checks."""
        capacity: int = self.cleaned_data["capacity"]
        if self.instance.pk is None:
            return capacity
        lock_round(self.instance.round_id)
        seated = self.instance.seats.count()
        if capacity < seated:
            people = "1 person has" if seated == 1 else f"{seated} people have"
            raise ValidationError(f"{people} a place in this room already: it cannot have fewer places than that.")
        return capacity


class RoomInline(EventScoped, admin.TabularInline):  # type: ignore[type-arg]
    model = Room
    form = RoomForm
    event_path = "round__session__event"
    extra = 0
    readonly_fields = ["seated"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(seats_held=Count("seats", distinct=True))

    @admin.display(description="seated")
    def seated(self, room: Room) -> int:
        return getattr(room, "seats_held", 0)


@admin.register(Round)
class RoundAdmin(EventScopedAdmin):
    event_path = "session__event"
    list_display = ["session", "starts", "rooms", "places", "seated", "event_name"]
    list_filter = ["session__event"]
    search_fields = ["session__title", "rooms__title"]
    list_select_related = ["session__event"]
    inlines = [RoomInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The session is the round's identity: another session is another round.
        return ["session"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("rooms").annotate(held=Count("seats", distinct=True))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A new room gets its conversation."""
        rooms = formset.save(commit=False)
        for room in formset.deleted_objects:
            room.delete()
        for room in rooms:
            room.save() if room.pk else open_room(room)
        tell_places(form.instance)

    @admin.display(description="starts", ordering="session__starts")
    def starts(self, round: Round) -> str:
        return f"{round.event.local(round.session.starts):%d %B %Y, %H:%M}"

    @admin.display(description="rooms")
    def rooms(self, round: Round) -> int:
        return len(round.rooms.all())

    @admin.display(description="places")
    def places(self, round: Round) -> int:
        return sum(room.capacity for room in round.rooms.all())

    @admin.display(description="seated")
    def seated(self, round: Any) -> int:
        return int(round.held)

    @admin.display(description="event", ordering="session__event")
    def event_name(self, round: Round) -> str:
        return round.event.name


@admin.register(Seat)
class SeatAdmin(EventScopedAdmin):
    """Who sits where. Delegates choose for themselves; an organiser can free a seat."""

    event_path = "round__session__event"
    list_display = ["delegate", "organisation", "room", "round", "chosen_at"]
    list_filter = ["round__session__event", "round", "room"]
    search_fields = ["delegate__name", "delegate__organisation", "delegate__user__email", "room__title"]
    list_select_related = ["delegate", "room", "round__session"]

    @admin.display(description="organisation", ordering="delegate__organisation")
    def organisation(self, seat: Seat) -> str:
        return seat.delegate.organisation

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Seat) -> None:
        lock_round(obj.round_id)
        free_seat(obj, now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for seat in queryset.order_by("round_id", "pk"):
            self.delete_model(request, seat)


# Registered by being imported.
from breakouts.hosting import admin as hosting  # noqa: E402, F401
from breakouts.voice import admin as voice  # noqa: E402, F401
