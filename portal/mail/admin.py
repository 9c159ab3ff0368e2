from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.mail.models import OutboxMail


@admin.register(OutboxMail)
class OutboxMailAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was mailed, what waits and what failed: for superusers."""

    list_display = ["subject", "to", "created_at", "sent_at", "attempts", "error"]
    list_filter = ["sent_at", "attempts"]
    search_fields = ["to", "subject"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
