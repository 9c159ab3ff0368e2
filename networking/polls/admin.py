from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from networking.polls.models import Option, Poll, State
from networking.polls.services import move_poll, show_results
from networking.services import Refused
from portal import clock
from portal.events.admin import EventScoped, EventScopedAdmin


class OptionInline(EventScoped, admin.TabularInline):  # type: ignore[type-arg]
    """Answers can be written while the poll is a draft; then people have voted on them."""

    model = Option
    event_path = "poll__conversation__event"
    extra = 2
    min_num, max_num = 2, 10

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_draft(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and is_draft(obj)


@admin.register(Poll)
class PollAdmin(EventScopedAdmin):
    """Polls with their totals. Who chose what is shown to nobody."""

    event_path = "conversation__event"
    list_display = ["text", "state", "results_shown", "voters", "conversation"]
    list_filter = ["conversation__event", "state"]
    search_fields = ["text", "options__text"]
    list_select_related = ["conversation"]
    fields = ["conversation", "text", "multiple", "state", "results_shown", "opened_at", "closed_at"]
    inlines = [OptionInline]
    actions = ["open_polls", "close_polls", "share_results", "hide_results"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(voted=Count("votes__delegate", distinct=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        moved = ["state", "results_shown", "opened_at", "closed_at"]
        if obj is None:
            return moved
        return [*moved, "conversation", *([] if is_draft(obj) else ["text", "multiple"])]

    @admin.display(description="voted", ordering="voted")
    def voters(self, poll: Any) -> int:
        return poll.voted

    @admin.action(description="Open")
    def open_polls(self, request: HttpRequest, chosen: QuerySet[Poll]) -> None:
        self._move(request, chosen, State.OPEN)

    @admin.action(description="Close")
    def close_polls(self, request: HttpRequest, chosen: QuerySet[Poll]) -> None:
        self._move(request, chosen, State.CLOSED)

    @admin.action(description="Show the results to everyone")
    def share_results(self, request: HttpRequest, chosen: QuerySet[Poll]) -> None:
        for poll in chosen:
            show_results(poll, shown=True, by=request.user, now=clock.now())  # type: ignore[arg-type]

    @admin.action(description="Hide the results")
    def hide_results(self, request: HttpRequest, chosen: QuerySet[Poll]) -> None:
        for poll in chosen:
            show_results(poll, shown=False, by=request.user, now=clock.now())  # type: ignore[arg-type]

    def _move(self, request: HttpRequest, chosen: QuerySet[Poll], state: State) -> None:
        for poll in chosen:
            try:
                move_poll(poll, state, by=request.user, now=clock.now())  # type: ignore[arg-type]
            except Refused as refused:
                self.message_user(request, f"{poll}: {refused}", messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def is_draft(poll: Poll | None) -> bool:
    return poll is None or poll.state == State.DRAFT
