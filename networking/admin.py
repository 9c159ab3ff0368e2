from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from networking.models import Conversation, Kind, Message, Wording
from networking.services import remove_message
from portal import clock
from portal.events.admin import EventScopedAdmin


@admin.register(Conversation)
class ConversationAdmin(EventScopedAdmin):
    list_display = ["title", "kind", "event", "open_to", "said"]
    list_filter = ["event", "kind"]
    search_fields = ["title"]
    list_select_related = ["event"]
    readonly_fields = ["event", "kind", "session", "open_to"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # What two people say to each other is theirs.
        found = super().get_queryset(request).exclude(kind=Kind.DIRECT)
        return found.annotate(said_count=Count("messages", distinct=True))

    @admin.display(description="messages")
    def said(self, conversation: Any) -> int:
        return conversation.said_count

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WordingInline(admin.TabularInline):  # type: ignore[type-arg]
    """What it said before it was changed."""

    model = Wording
    fields = ["text", "until"]
    readonly_fields = ["text", "until"]
    extra = 0
    verbose_name_plural = "earlier wordings"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Message)
class MessageAdmin(EventScopedAdmin):
    """To find what was said and to take it off every page. Nobody rewrites another's words."""

    event_path = "conversation__event"
    list_display = ["at", "author", "text", "conversation", "removed_at"]
    list_filter = ["conversation__event", "conversation__kind", ("removed_at", admin.EmptyFieldListFilter)]
    search_fields = ["text", "author__name"]
    list_select_related = ["author", "conversation"]
    date_hierarchy = "at"
    actions = ["remove"]
    inlines = [WordingInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of direct talk only what was reported."""
        found = super().get_queryset(request)
        return found.filter(~Q(conversation__kind=Kind.DIRECT) | Q(reports__isnull=False)).distinct()

    @admin.action(description="Remove from every page")
    def remove(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        for message in chosen.select_related("conversation__event", "author"):
            remove_message(message, by=request.user, now=clock.now())  # type: ignore[arg-type]
        self.message_user(request, "Removed. A note stands in their place.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_add_permission
    has_change_permission = has_add_permission


# Registered by being imported.
from networking.polls import admin as polls  # noqa: E402, F401
from networking.questions import admin as questions  # noqa: E402, F401
from networking.safety import admin as safety  # noqa: E402, F401
