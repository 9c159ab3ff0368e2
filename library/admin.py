"""Documents with their versions, and recordings from upload to publication."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from library import film_views
from library.filetypes import DOCUMENTS
from library.forms import CaptionsField, CheckedFileField
from library.models import Document, DocumentVersion, Recording
from library.recordings import (
    NotAllowed,
    add_captions,
    publish_recording,
    retry_recording,
    unpublish_recording,
)
from library.services import add_version
from portal import clock
from portal.events.admin import EventScopedAdmin


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    file = CheckedFileField(
        kinds=DOCUMENTS,
        required=False,
        label="New version",
        help_text="PDF, PPTX, ODP, DOCX, XLSX, ODT or ODS, at most 10 MB. Earlier versions are kept.",
    )

    class Meta:
        model = Document
        fields = ["event", "title", "summary", "category", "session", "speaker", "published", "position"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is None and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose the file to share.")
        return cleaned


class VersionInline(admin.TabularInline):  # type: ignore[type-arg]
    """What was uploaded, newest first; a version is never changed."""

    model = DocumentVersion
    fields = ("number", "filename", "size", "uploaded_at", "uploaded_by")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)


@admin.register(Document)
class DocumentAdmin(EventScopedAdmin):
    form = DocumentForm
    inlines = [VersionInline]
    list_display = ["title", "category", "session", "speaker", "published", "open_file", "event"]
    list_editable = ["published"]
    list_filter = ["event", "category", "published"]
    list_select_related = ["event", "session", "speaker"]
    search_fields = ["title", "summary", "speaker__name", "session__title"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*DocumentForm.Meta.fields, "file"]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=forms.ModelForm, **kwargs)

    @admin.display(description="file")
    def open_file(self, document: Document) -> str:
        return format_html('<a href="{}">Open</a>', document.get_absolute_url())

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        given = form.cleaned_data.get("file")
        if given:
            add_version(obj, filename=given[0], data=given[1], by=request.user, now=clock.now())  # type: ignore[arg-type]


class RecordingForm(forms.ModelForm):  # type: ignore[type-arg]
    captions_file = CaptionsField(
        required=False, label="Captions", help_text="WebVTT (.vtt), UTF-8, at most 1 MB. They replace what was there."
    )

    class Meta:
        model = Recording
        fields = ["session", "captions_reviewed"]


@admin.register(Recording)
class RecordingAdmin(EventScopedAdmin):
    event_path = "session__event"
    form = RecordingForm
    list_display = ["session", "event_name", "state", "done", "has_captions", "captions_reviewed", "film"]
    list_filter = ["state", "session__event"]
    list_select_related = ["session__event"]
    search_fields = ["session__title", "session__speakers__name"]
    actions = ["publish", "unpublish", "retry"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["state", "done", "error", "has_captions", "published_at", "film"] if obj else []
        return ["session", *shown, "captions_file", "captions_reviewed"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["state", "done", "error", "has_captions", "published_at", "film"]
        return ["session", *shown] if obj else shown

    @admin.display(description="event", ordering="session__event")
    def event_name(self, recording: Recording) -> str:
        return recording.event.name

    @admin.display(description="done")
    def done(self, recording: Recording) -> str:
        return f"{film_views.percent(recording)}%"

    @admin.display(description="has captions", boolean=True)
    def has_captions(self, recording: Recording) -> bool:
        return bool(recording.captions)

    @admin.display(description="film")
    def film(self, recording: Recording) -> str:
        url = reverse("admin:library_recording_film", args=[recording.pk])
        return format_html('<a href="{}">Upload and publish</a>', url)

    def save_model(self, request: HttpRequest, obj: Recording, form: Any, change: bool) -> None:
        given = form.cleaned_data.get("captions_file")
        if change:
            # Only what the form holds: the worker writes the rest meanwhile.
            obj.save(update_fields=["captions_reviewed"])
        else:
            super().save_model(request, obj, form, change)
        if given:
            add_captions(obj, data=given, by=request.user, now=clock.now())  # type: ignore[arg-type]
            Recording.objects.filter(pk=obj.pk).update(captions_reviewed=obj.captions_reviewed)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        # A recording is added to be filled.
        return redirect("admin:library_recording_film", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        pages = {
            "film": film_views.film_page,
            "begin": film_views.begin,
            "part": film_views.part,
            "state": film_views.state,
            "act": film_views.act,
        }
        own = [
            path(f"<int:recording_id>/{name}/", self._view(view), name=f"library_recording_{name}")
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def _view(self, view: Any) -> Any:
        def inner(request: HttpRequest, recording_id: int) -> HttpResponseBase:
            rows = self.get_queryset(request).select_related("session__event")
            return view(request, rows, recording_id)

        return self.admin_site.admin_view(inner)

    @admin.action(description="Publish selected films")
    def publish(self, request: HttpRequest, rows: QuerySet[Recording]) -> None:
        self._each(request, rows, publish_recording, "Published")

    @admin.action(description="Take selected films back")
    def unpublish(self, request: HttpRequest, rows: QuerySet[Recording]) -> None:
        self._each(request, rows, unpublish_recording, "Taken back")

    @admin.action(description="Make selected films ready again")
    def retry(self, request: HttpRequest, rows: QuerySet[Recording]) -> None:
        self._each(request, rows, retry_recording, "Waiting to be made ready")

    def _each(self, request: HttpRequest, rows: QuerySet[Recording], do: Any, done: str) -> None:
        now = clock.now()
        for row in rows:
            try:
                do(row, by=request.user, now=now)
                self.message_user(request, f"{done}: {row}")
            except NotAllowed as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
