from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

from portal import clock
from portal.events.admin import EventScopedAdmin, scope
from portal.events.models import Event
from portal.events.services import record
from portal.live.services import revoke
from portal.mail.services import undelivered
from portal.people import places
from portal.people.leaving import say_farewell
from portal.people.models import Attendance, Delegate, State, StateChange, User
from portal.people.resources import DelegateResource
from portal.people.services import end_sessions


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People over all events: for superusers."""

    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_staff", "is_superuser", "is_active", "last_login"]
    readonly_fields = ["last_login"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A right that is taken away here ends on open pages too, within five seconds."""
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_sessions(obj, reason="switched off")
        elif change and {"is_staff", "is_superuser"} & set(form.changed_data):
            for slug in Event.objects.values_list("slug", flat=True):
                revoke(obj.pk, event=slug, reason="other rights")

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As one who leaves all their events: their places go to who waits."""
        for delegate in Delegate.registrations.filter(user=obj).select_related("event", "user").order_by("event", "pk"):
            say_farewell(delegate, clock.now())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for user in queryset:
            self.delete_model(request, user)


class StateChangeInline(admin.TabularInline):  # type: ignore[type-arg]
    model = StateChange
    readonly_fields = ["at", "state", "why", "by"]
    extra = 0
    can_delete = False
    verbose_name_plural = "what became of the registration"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)


@admin.register(Delegate)
class DelegateAdmin(ExportMixin, EventScopedAdmin):
    """Everyone who registered, in whatever state. Places are given and taken by the services alone."""

    list_display = ["name", "organisation", "role", "event", "standing", "registered_at", "decide"]
    list_filter = ["event", "state", "role", "region", "listed"]
    search_fields = ["name", "full_name", "organisation", "user__email"]
    readonly_fields = ["user", "standing", "conduct_agreed_at", "registered_at", "not_delivered"]
    fieldsets = [
        (None, {"fields": ["event", "user", "standing", "registered_at", "not_delivered"]}),
        ("Who", {"fields": ["full_name", "name", "pronouns"]}),
        ("Work", {"fields": ["organisation", "region", "profession", "grade", "role", "interests"]}),
        ("Agreed", {"fields": ["conduct_agreed_at", "recorded", "listed", "ask_again"]}),
    ]
    list_select_related = ["event"]
    inlines = [StateChangeInline]
    actions = ["admit", "refuse", "cancel"]
    resource_classes = [DelegateResource]
    formats = [CSV, XLSX]
    export_form_class = ExportForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delegate]:
        found = Delegate.registrations.order_by(*self.get_ordering(request) or ["name"])
        return scope(found, request, self.event_path)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Where one is to be chosen, only who is in; their list shows whoever registered."""
        found, twice = super().get_search_results(request, queryset, search_term)
        chooses = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return (found.filter(state=State.APPROVED) if chooses else found), twice

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.admit_one))
        return [path("<int:pk>/admit/", decide, name="portal_delegate_admit"), *super().get_urls()]

    @admin.display(description="state", ordering="state")
    def standing(self, delegate: Delegate) -> str:
        return "Holds an offer" if delegate.has_offer(clock.now()) else delegate.get_state_display()

    @admin.display(description="mail not delivered")
    def not_delivered(self, delegate: Delegate) -> str:
        sent = delegate.event.mails.filter(to__iexact=delegate.user.email)
        # What they need is for the access leads alone.
        failed = undelivered(sent.exclude(key__startswith="arranged."))
        return "; ".join(f"{mail.subject}: {mail.error}" for mail in failed[:5]) or "None"

    @admin.display(description="decide")
    def decide(self, delegate: Delegate) -> str:
        """One click, with the list's own form and token."""
        if delegate.state != State.APPLIED:
            return ""
        address = reverse("admin:portal_delegate_admit", args=[delegate.pk])
        button = '<button type="submit" class="button" formaction="{}" aria-label="Admit {}">Admit</button>'
        return format_html(button, address, delegate.name)

    def admit_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._each(request, self.get_queryset(request).filter(pk=pk), places.admit_delegate)
        return redirect("admin:portal_delegate_changelist")

    @admin.action(description="Admit: give a place, or one in line")
    def admit(self, request: HttpRequest, queryset: QuerySet[Delegate]) -> None:
        self._each(request, queryset, places.admit_delegate)

    @admin.action(description="Refuse")
    def refuse(self, request: HttpRequest, queryset: QuerySet[Delegate]) -> None:
        self._each(request, queryset, partial(places.refuse_delegate, why=""))

    @admin.action(description="Cancel the registration")
    def cancel(self, request: HttpRequest, queryset: QuerySet[Delegate]) -> None:
        self._each(request, queryset, partial(places.cancel_registration, why="Cancelled by an organiser"))

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Delegate) -> None:
        """As one who leaves: their places go to who waits, and their open pages are asked again within five seconds."""
        say_farewell(obj, clock.now())
        super().delete_model(request, obj)
        revoke(obj.user_id, event=obj.event.slug, reason="registration deleted")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for delegate in queryset.select_related("event", "user"):
            self.delete_model(request, delegate)

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        for event in Event.objects.filter(pk__in=queryset.values("event")):
            record(event, "export delegates", actor=request.user, subject="", now=clock.now())  # type: ignore[arg-type]
        return super().get_export_data(file_format, request, queryset, **kwargs)

    def _each(self, request: HttpRequest, queryset: QuerySet[Delegate], act: Callable[..., Delegate]) -> None:
        for delegate in queryset.order_by("registered_at", "pk"):
            after = act(delegate, by=request.user, now=clock.now())
            self.message_user(request, f"{after.name}: {after.get_state_display().lower()}.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Attendance)
class AttendanceAdmin(EventScopedAdmin):
    event_path = "delegate__event"
    list_display = ["delegate", "day", "phase", "first_seen", "last_seen"]
    list_filter = ["delegate__event", "day", "phase"]
    search_fields = ["delegate__name"]
    list_select_related = ["delegate"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
