from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from networking.questions.models import Asking, Question, State
from networking.questions.services import move_question, set_asking
from networking.services import Refused
from portal import clock
from portal.events.admin import EventScopedAdmin


@admin.register(Question)
class QuestionAdmin(EventScopedAdmin):
    """What was asked, to show, dismiss or mark answered. Of an anonymous question there is nobody to see."""

    event_path = "conversation__event"
    list_display = ["text", "by", "votes", "state", "conversation"]
    list_filter = ["conversation__event", "state", "anonymous"]
    search_fields = ["text", "answer"]
    list_select_related = ["asker", "conversation"]
    actions = ["approve", "dismiss", "mark_answered"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(upvotes_given=Count("upvotes", distinct=True))

    @admin.display(description="asked by")
    def by(self, question: Question) -> str:
        return "Anonymous" if question.anonymous else str(question.asker or "A former delegate")

    @admin.display(description="votes", ordering="upvotes_given")
    def votes(self, question: Any) -> int:
        return question.upvotes_given

    @admin.action(description="Show to everyone")
    def approve(self, request: HttpRequest, chosen: QuerySet[Question]) -> None:
        self._move(request, chosen, State.APPROVED)

    @admin.action(description="Dismiss")
    def dismiss(self, request: HttpRequest, chosen: QuerySet[Question]) -> None:
        self._move(request, chosen, State.DISMISSED)

    @admin.action(description="Mark as answered")
    def mark_answered(self, request: HttpRequest, chosen: QuerySet[Question]) -> None:
        self._move(request, chosen, State.ANSWERED)

    def _move(self, request: HttpRequest, chosen: QuerySet[Question], state: State) -> None:
        for question in chosen.select_related("conversation__event", "asker"):
            try:
                move_question(question, state, by=request.user, now=clock.now())  # type: ignore[arg-type]
            except Refused as refused:
                self.message_user(request, f"{question}: {refused}", messages.WARNING)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Asking)
class AskingAdmin(EventScopedAdmin):
    event_path = "conversation__event"
    list_display = ["conversation", "is_open", "moderated"]
    list_filter = ["conversation__event"]
    list_select_related = ["conversation"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["conversation"] if obj else []

    def save_model(self, request: HttpRequest, obj: Asking, form: Any, change: bool) -> None:
        set_asking(
            obj.conversation,
            is_open=obj.is_open,
            moderated=obj.moderated,
            by=request.user,  # type: ignore[arg-type]
            now=clock.now(),
        )
