"""Choosing a room in the admin: rounds have rooms of one title, and so have this year's event and last year's."""

from typing import Any

from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.text import Truncator

from breakouts.models import Room

LONGEST = 60  # characters of a title, so that the box fits the screen


class RoomChoice(ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, room: Any) -> str:
        day = room.event.local(room.round.session.starts)
        return f"{Truncator(room.title).chars(LONGEST)} ({room.round}, {day:%-d %B %Y})"


class NamesRooms:
    """For a ModelAdmin before EventScopedAdmin."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Room:
            kwargs["form_class"] = RoomChoice
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(field, RoomChoice):
            rooms: Any = field.queryset
            by_time = rooms.order_by("round__session__starts", "position", "pk")
            field.queryset = by_time.select_related("round__session__event")
        return field
