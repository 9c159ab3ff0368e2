from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from networking.safety.models import Block, Mute, Report
from portal.events.admin import EventScopedAdmin


class ReadOnly(EventScopedAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """To look back. Reports are decided in the moderation page of the event."""

    list_display = ["at", "reason", "about", "reporter", "outcome", "decided_by"]
    list_filter = ["event", "outcome", "reason"]
    search_fields = ["about__name", "words", "note"]
    list_select_related = ["about", "reporter", "decided_by"]


@admin.register(Mute)
class MuteAdmin(ReadOnly):
    event_path = "conversation__event"
    list_display = ["delegate", "conversation", "at", "until", "by"]
    list_select_related = ["delegate", "conversation", "by"]


@admin.register(Block)
class BlockAdmin(ReadOnly):
    """Whom somebody blocks is theirs: nobody but a superuser sees it, to help when asked."""

    event_path = "blocker__event"
    list_display = ["blocker", "blocked", "at"]
    list_select_related = ["blocker", "blocked"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    has_module_permission = has_view_permission
