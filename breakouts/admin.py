"""Rounds with their rooms, and who sits where."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from breakouts import admin_views
from breakouts.arranging import NotArranged, assign_seat, check_assignment, check_places, note_changes, save_room
from breakouts.models import NONE, Room, Round, Seat, Waiting
from breakouts.room_choice import NamesRooms
from breakouts.services import free_seat, lock_round, tell_places
from breakouts.settling import settle
from networking.models import is_shown
from portal import clock
from portal.events.admin import EventScoped, EventScopedAdmin

USUAL_ROOMS = 3


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Room
        fields = ["position", "title", "theme", "hosts", "access", "capacity", "locked", "pseudonyms_allowed"]
        # Narrow, so that two stand side by side.
        widgets = {
            "title": forms.TextInput(attrs={"size": 24}),
            "theme": forms.Textarea(attrs={"rows": 2, "cols": 60}),
            "hosts": forms.TextInput(attrs={"size": 24}),
            "access": forms.TextInput(attrs={"size": 24}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = self.instance.pk is not None

    def clean(self) -> dict[str, Any]:
        """A page that was opened before a room was ended, locked or resized, and says nothing of it, leaves it so."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            return cleaned
        return cleaned | {name: getattr(self.instance, name) for name in cleaned if self._is_left(name)}

    def _is_left(self, name: str) -> bool:
        return name in (self._meta.fields or ()) and name not in self.changed_data

    def clean_capacity(self) -> int:
        """Counts under the round's lock: the admin saves in the transaction in which it checks."""
        capacity: int = self.cleaned_data["capacity"]
        try:
            # A room that is over its places with a reason keeps nobody from saving the rest of the round.
            if self.instance.pk is not None and "capacity" in self.changed_data:
                check_places(self.instance, capacity, now=clock.now())
        except NotArranged as refused:
            raise ValidationError(str(refused)) from None
        return capacity


class RoomInline(EventScoped, admin.StackedInline):  # type: ignore[type-arg]
    """One room under the other: side by side their fields do not fit the screen, nor does what is wrong with one."""

    model = Room
    form = RoomForm
    event_path = "round__session__event"
    # What changes on the day stands first.
    fields = [
        ("title", "capacity", "position"), ("seated", "waiting", "locked", "sister"), "theme",
        ("hosts", "access"), "pseudonyms_allowed", "goes_with_it",
    ]  # fmt: skip
    readonly_fields = ["seated", "waiting", "sister", "goes_with_it"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else USUAL_ROOMS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rooms: Any = super().get_queryset(request)
        rooms = rooms.counted(clock.now(), NONE).annotate(sisters_open=Count("sisters", distinct=True))
        return rooms.annotate(
            notes_kept=Count("notes", filter=~Q(notes__text=""), distinct=True),
            said=Count("conversation__messages", filter=is_shown("conversation__messages__"), distinct=True),
        )

    @admin.display(description="seated")
    def seated(self, room: Any) -> str:
        if room.pk is None:
            return "0"
        return f"{room.seated} and {room.held} held" if room.held else str(room.seated)

    @admin.display(description="in line")
    def waiting(self, room: Room) -> int:
        return getattr(room, "in_line", 0)

    @admin.display(description="deleting it also deletes")
    def goes_with_it(self, room: Any) -> str:
        if room.pk is None:
            return ""
        if not (room.notes_kept or room.said):
            return "Nothing: no notes were written, and nothing was said."
        return f"Its notes ({room.notes_kept} with words) and the way to its talk ({room.said} messages)."

    @admin.display(description="extra room")
    def sister(self, room: Room) -> str:
        if room.pk is None:
            return ""
        url = reverse("admin:breakouts_round_sister", args=[room.round_id, room.pk])
        label = "Open an extra room"
        return format_html(
            '<button class="button" name="known" value="{}" formaction="{}" formnovalidate aria-label="{} like {}">'
            "{}</button>",
            getattr(room, "sisters_open", 0), url, label, room.title, label,
        )  # fmt: skip


@admin.register(Round)
class RoundAdmin(EventScopedAdmin):
    event_path = "session__event"
    list_display = ["session", "starts", "rooms", "places", "seated", "event_name"]
    list_filter = ["session__event"]
    search_fields = ["session__title", "rooms__title"]
    list_select_related = ["session__event"]
    inlines = [RoomInline]
    change_form_template = "admin/breakouts/round/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:round_id>/import/", self._view(admin_views.import_page), name="breakouts_round_import"),
            path("<int:round_id>/sister/<int:room_id>/", self._view(admin_views.sister), name="breakouts_round_sister"),
        ]
        return [*own, *super().get_urls()]

    def _view(self, view: Any) -> Any:
        def inner(request: HttpRequest, round_id: int, **more: int) -> HttpResponseBase:
            rounds = self.get_queryset(request).select_related("session__event")
            return view(request, rounds, round_id, **more)

        return self.admin_site.admin_view(inner)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The session is the round's identity: another session is another round.
        return ["session"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("rooms").annotate(held=Count("seats", distinct=True))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A new room gets its conversation, and whoever waits for what has come free has it."""
        rooms, now = formset.save(commit=False), clock.now()
        round = lock_round(form.instance.pk)
        for room in formset.deleted_objects:
            room.delete()
        for room in rooms:
            save_room(room)
        note_changes(round, dict(formset.changed_objects), by=request.user, now=now)  # type: ignore[arg-type]
        settle(round, now=now)

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


class SeatForm(forms.ModelForm):  # type: ignore[type-arg]
    """Assigns or moves; the reason is asked for only where it is needed."""

    class Meta:
        model = Seat
        fields = ["delegate", "room", "beyond_places"]

    beyond_places = forms.CharField(
        label="Reason",
        required=False,
        max_length=250,
        help_text="Needed only to seat somebody in a full or a locked room. It is written down.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        room, delegate = cleaned.get("room"), cleaned.get("delegate") or getattr(self.instance, "delegate", None)
        if room is None or delegate is None:
            return cleaned
        self._check(room, delegate, cleaned.get("beyond_places") or "")
        return cleaned

    def _check(self, room: Room, delegate: Any, reason: str) -> None:
        if self.instance.pk and room.round_id != self.instance.round_id:
            self.add_error("room", "This room is in another round. A seat moves within its round.")
            return
        try:
            if Seat.objects.filter(delegate=delegate, room=room).exists():
                return
            check_assignment(room, delegate, reason, now=clock.now())
        except NotArranged as refused:
            self.add_error("room", str(refused))


@admin.register(Seat)
class SeatAdmin(NamesRooms, EventScopedAdmin):
    """Who sits where. Delegates choose for themselves; an organiser can assign, move and free."""

    event_path = "round__session__event"
    form = SeatForm
    autocomplete_fields = ["delegate"]
    list_display = ["delegate", "organisation", "room", "round", "chosen_at", "taken_up_at", "beyond_places"]
    list_filter = ["round__session__event", "round", "room"]
    search_fields = ["delegate__name", "delegate__organisation", "delegate__user__email", "room__title"]
    list_select_related = ["delegate", "room", "round__session"]

    @admin.display(description="organisation", ordering="delegate__organisation")
    def organisation(self, seat: Seat) -> str:
        return seat.delegate.organisation

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["delegate"] if obj else []

    def save_model(self, request: HttpRequest, obj: Seat, form: Any, change: bool) -> None:
        """By the service: whoever has a seat in the round already is moved."""
        reason, by = form.cleaned_data["beyond_places"], request.user
        seat = assign_seat(form.cleaned_data["room"], obj.delegate, by=by, now=clock.now(), reason=reason)  # type: ignore[arg-type]
        obj.pk, obj.round = seat.pk, seat.round

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Seat) -> None:
        round = lock_round(obj.round_id)
        # As it is now: its holder may have moved while the page was open.
        rows = round.seats.select_related("room__conversation", "delegate__event", "round__session")
        if seat := rows.filter(pk=obj.pk).first():
            free_seat(seat, now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for seat in queryset.order_by("round_id", "pk"):
            self.delete_model(request, seat)


@admin.register(Waiting)
class WaitingAdmin(EventScopedAdmin):
    """The lines, in their order. An organiser can take somebody out; only seats are assigned."""

    event_path = "round__session__event"
    list_display = ["delegate", "room", "round", "since", "offered_until"]
    list_filter = ["round__session__event", "round", "room"]
    search_fields = ["delegate__name", "delegate__user__email", "room__title"]
    list_select_related = ["delegate", "room", "round__session"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Waiting) -> None:
        round = lock_round(obj.round_id)
        obj.delete()
        tell_places(round)
        settle(round, now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for wish in queryset.order_by("round_id", "pk"):
            self.delete_model(request, wish)


# Registered by being imported.
from breakouts.hosting import admin as hosting  # noqa: E402, F401
from breakouts.voice import admin as voice  # noqa: E402, F401
