from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.html import format_html

from portal.events.admin import EventScoped, EventScopedAdmin
from portal.events.models import Event
from portal.programme.models import Session, Speaker
from portal.programme.services import BadPhoto, square_photo, tell_programme


class SpeakerForm(forms.ModelForm):  # type: ignore[type-arg]
    # Not an ImageField: any shape is accepted, read and drawn anew.
    photo = forms.FileField(required=False, help_text="JPEG, PNG or WebP of any shape; it is cut square.")

    class Meta:
        model = Speaker
        fields = ["event", "name", "title", "about", "photo", "user", "placeholder"]

    def clean_photo(self) -> Any:
        photo = self.cleaned_data["photo"]
        if not isinstance(photo, UploadedFile):
            return photo
        try:
            return square_photo(photo.read())
        except BadPhoto as error:
            raise ValidationError(str(error)) from error


@admin.register(Speaker)
class SpeakerAdmin(EventScopedAdmin):
    form = SpeakerForm
    list_display = ["name", "title", "event", "picture", "placeholder"]
    list_filter = ["event", "placeholder"]
    search_fields = ["name", "title"]
    raw_id_fields = ["user"]
    list_select_related = ["event"]

    @admin.display(description="photo")
    def picture(self, speaker: Speaker) -> str:
        return format_html('<img src="{}" alt="" width="40" height="40">', speaker.photo_url) if speaker.photo else "-"


@admin.register(Session)
class SessionAdmin(EventScopedAdmin):
    list_display = ["title", "kind", "starts", "ends"]
    list_editable = ["starts", "ends"]
    list_filter = ["event", "kind"]
    search_fields = ["title", "speakers__name"]
    filter_horizontal = ["speakers"]
    list_select_related = ["event"]
    fieldsets = [
        (None, {"fields": ["event", "kind", "title", "summary", "starts", "ends", "speakers"]}),
        ("Film of a listed provider", {"fields": ["provider", "embed"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_programme(obj.event)

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        event = obj.event
        super().delete_model(request, obj)
        tell_programme(event)


class SessionInline(EventScoped, admin.TabularInline):  # type: ignore[type-arg]
    """The programme, edited on the event's own page."""

    model = Session
    fields = ["starts", "ends", "kind", "title"]
    extra = 0
    show_change_link = True


def add_programme_to_event() -> None:
    """The event's page belongs to a lower package, so its inline is laid in from here."""
    event_admin = admin.site._registry[Event]
    event_admin.inlines = [*event_admin.inlines, SessionInline]  # type: ignore[misc]

    def save_related(request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        type(event_admin).save_related(event_admin, request, form, formsets, change)
        tell_programme(form.instance)

    event_admin.save_related = save_related  # type: ignore[method-assign]


add_programme_to_event()
