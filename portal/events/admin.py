"""Admin scoped by event: an organiser sees and chooses only what belongs to their own events."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from portal import clock
from portal.events.copying import copy_event
from portal.events.forms import CopyForm
from portal.events.models import Announcement, AuditEntry, Event
from portal.events.services import announce, record
from portal.live.services import revoke, revoke_all
from portal.mail.services import undelivered
from portal.sweeps.services import find_trouble


def scope(queryset: QuerySet[Any], request: HttpRequest, path: str) -> QuerySet[Any]:
    """The rows whose event (at ``path``, or themselves when it is empty) this organiser organises."""
    if request.user.is_superuser:
        return queryset
    return queryset.filter(**{f"{path}__organisers" if path else "organisers": request.user}).distinct()


def event_path_of(model: type[Model]) -> str | None:
    """How a model reaches its event, for the choices of a form field; None when it has none."""
    if model is Event:
        return ""
    names = {field.name for field in model._meta.get_fields()}
    direct = [("event", "event"), ("round", "round__session__event"), ("session", "session__event")]
    found = [path for name, path in direct if name in names]
    return found[0] if found else None


class MomentInput(forms.DateTimeInput):
    """One box of the browser's own for a day and a time: a programme of it fits the screen."""

    input_type = "datetime-local"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/moment.css"]}

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class EventScoped:
    """For ModelAdmin and inlines alike."""

    event_path = "event"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scope(super().get_queryset(request), request, self.event_path)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if isinstance(db_field, models.DateTimeField):
            kwargs |= {"form_class": forms.DateTimeField, "widget": MomentInput}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and not field.widget.is_hidden:
            # For those who cannot see a column's head: lists and inlines have no label of their own.
            field.widget.attrs["aria-label"] = str(field.label or db_field.verbose_name)
        return field

    def _choices(self, field: Any, request: HttpRequest) -> QuerySet[Any]:
        model = field.remote_field.model
        path = event_path_of(model)
        return model._default_manager.all() if path is None else scope(model._default_manager.all(), request, path)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)


class EventScopedAdmin(EventScoped, admin.ModelAdmin):  # type: ignore[type-arg]
    """Changes are written to the audit, beside Django's own history."""

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Also what its own filters ask: a key that is itself a relation, Django takes for a step further."""
        filters = [each for each in self.get_list_filter(request) if isinstance(each, str)]
        return lookup in map(self._key_of, filters) or super().lookup_allowed(lookup, value, request)

    def _key_of(self, path: str) -> str:
        field: Any = get_fields_from_path(self.model, path)[-1]
        return f"{path}__{field.target_field.name}__exact" if field.is_relation else path

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "change")
        return super().log_change(request, obj, message)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "add")
        return super().log_addition(request, obj, message)

    def _record(self, request: HttpRequest, obj: Any, verb: str) -> None:
        event = obj if isinstance(obj, Event) else getattr(obj, "event", None)
        subject = f"{obj._meta.verbose_name}: {obj}"
        record(event, f"{verb} in admin", actor=request.user, subject=subject, now=clock.now())  # type: ignore[arg-type]


_WINDOW = {"first_day", "last_day", "zone", "days_before", "months_after"}


@admin.register(Event)
class EventAdmin(EventScopedAdmin):
    event_path = ""
    list_display = ["name", "first_day", "last_day", "opens", "closes"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["organisers", "access_leads"]
    readonly_fields = ["opens", "closes", "opened_at", "closed_at", "mail", "background"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "strapline", "about", "contact", "privacy"]}),
        ("When", {"fields": ["first_day", "last_day", "zone", "registration_opens"]}),
        ("Coming in", {"fields": ["entry", "capacity", "confirm_hours", "conduct"]}),
        ("Window", {"fields": ["days_before", "months_after", "opens", "closes", "opened_at", "closed_at"]}),
        ("Look", {"fields": ["logo", "brand", "brand_ink", "accent"]}),
        ("Organisers", {"fields": ["organisers", "access_leads"]}),
        ("How it runs", {"fields": ["mail", "background"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        copy = self.admin_site.admin_view(self.copy)
        return [path("<int:pk>/copy/", copy, name="portal_event_copy"), *super().get_urls()]

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Next year's event: asks for its name, address and first day, and says what it will have."""
        event = get_object_or_404(self.get_queryset(request), pk=pk)
        form = CopyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            new, done = copy_event(event, **form.cleaned_data, by=request.user, now=clock.now())  # type: ignore[arg-type]
            made = ", ".join(f"{what} {number}" for what, number in done.items())
            self.message_user(request, f"{new} is made: {made}. You organise it.")
            return redirect("admin:portal_event_change", new.pk)
        agreed = event.delegates.filter(ask_again=True).count()
        context = {"title": f"Copy {event}", "event": event, "form": form, "agreed": agreed, "opts": self.opts}
        return render(request, "admin/portal/event/copy.html", self.admin_site.each_context(request) | context)

    @admin.display(description="opens")
    def opens(self, event: Event) -> str:
        return f"{event.local(event.window.opens):%d %B %Y, %H:%M}" if event.pk else "-"

    @admin.display(description="closes")
    def closes(self, event: Event) -> str:
        return f"{event.local(event.window.closes):%d %B %Y, %H:%M}" if event.pk else "-"

    @admin.display(description="not delivered")
    def mail(self, event: Event) -> str:
        """What could not be delivered, and the way to the words and to all of it."""
        failed = undelivered(event.mails.all()).count() if event.pk else 0
        lists = reverse("admin:portal_outboxmail_changelist") + f"?event__id__exact={event.pk}&delivery=failed"
        said = f"{failed} mail{'' if failed == 1 else 's'} could not be delivered"
        return format_html('<a href="{}">{}</a>', lists, said) if failed else "Everything that was sent has arrived."

    @admin.display(description="in the background")
    def background(self, event: Event) -> str:
        trouble = find_trouble(now=clock.now())
        return render_to_string("portal/_trouble.html", {"trouble": trouble}) if trouble else "All is done that is due."

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """Open pages know until when they may be: with another window everybody is asked again, within five seconds."""
        super().save_model(request, obj, form, change)
        if change and _WINDOW & set(form.changed_data):
            users = [*obj.delegates.values_list("user_id", flat=True), *obj.organisers.values_list("pk", flat=True)]
            revoke_all(users, event=obj.slug, reason="another window")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Who organises no more is asked again on open pages, within five seconds."""
        event: Event = form.instance
        before = set(event.organisers.values_list("pk", flat=True))
        super().save_related(request, form, formsets, change)
        for user_id in before.difference(event.organisers.values_list("pk", flat=True)):
            revoke(user_id, event=event.slug, reason="organises no more")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Only a superuser hands an event, or what people need, to others.
        return self.readonly_fields + ([] if request.user.is_superuser else ["organisers", "access_leads"])


@admin.register(Announcement)
class AnnouncementAdmin(EventScopedAdmin):
    list_display = ["text", "event", "at"]
    list_filter = ["event"]
    search_fields = ["text"]
    fields = ["event", "text"]

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        made = announce(obj.event, obj.text, by=request.user, now=clock.now())  # type: ignore[arg-type]
        obj.pk = made.pk

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditAdmin(EventScopedAdmin):
    list_display = ["at", "verb", "subject", "actor", "event"]
    list_filter = ["event", "verb"]
    search_fields = ["subject", "verb"]
    list_select_related = ["actor", "event"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
