from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.events.admin import EventScopedAdmin
from portal.people.models import Attendance, Delegate, User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People over all events: for superusers."""

    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_staff", "is_superuser", "is_active", "last_login"]
    readonly_fields = ["last_login"]


@admin.register(Delegate)
class DelegateAdmin(EventScopedAdmin):
    list_display = ["name", "organisation", "role", "event", "listed", "registered_at"]
    list_filter = ["event", "role", "listed"]
    search_fields = ["name", "organisation", "user__email"]
    readonly_fields = ["user", "registered_at", "told_open_at"]
    fields = [
        "event",
        "user",
        "name",
        "organisation",
        "role",
        "interests",
        "listed",
        "registered_at",
        "told_open_at",
    ]
    list_select_related = ["event"]

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
