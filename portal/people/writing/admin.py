"""What is written to people: the words, before; the mail and what came of it, after."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.timezone import localtime

from portal import clock
from portal.events.admin import EventScopedAdmin, scope
from portal.events.models import Event
from portal.events.services import record
from portal.mail.models import OutboxMail, Wording
from portal.mail.services import post_mail, send_again, undelivered
from portal.mail.wordings import Occasion, default_wording, fill, find_wording, occasions
from portal.people.writing.forms import WordingForm


@admin.register(Wording)
class WordingAdmin(EventScopedAdmin):
    """Pages of our own, because a row is there only where an event's words differ from the portal's."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.events), name="portal_wording_changelist"),
            path("<int:event_id>/", view(self.wordings), name="portal_wording_event"),
            path("<int:event_id>/<slug:name>/", view(self.wording), name="portal_wording_edit"),
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def events(self, request: HttpRequest) -> HttpResponse:
        return self._draw(
            request, "events", {"title": "Words of mails", "events": scope(Event.objects.all(), request, "")}
        )

    def wordings(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """Every occasion of an event, and whose words it has."""
        event = self._event(request, event_id)
        own = set(event.wordings.values_list("occasion", flat=True))
        rows = [(each, find_wording(each.name, event.pk).subject, each.name in own) for each in occasions().values()]
        return self._draw(request, "wordings", {"title": f"Mails of {event}", "event": event, "rows": rows})

    def wording(self, request: HttpRequest, event_id: int, name: str) -> HttpResponse:
        """Preview and send to me keep nothing; save and back to the portal's words do."""
        event, occasion = self._event(request, event_id), occasions().get(name)
        if occasion is None:
            raise Http404("No such occasion.")
        known, now = occasion.sample(event.pk), find_wording(name, event.pk)
        initial = {"subject": now.subject, "text": now.text}
        form = WordingForm(request.POST or None, initial=initial, occasion=name, known=known)
        if request.method == "POST" and (answer := self._act(request, event, occasion, form)):
            return answer
        letter = form.letter() if form.is_bound and form.is_valid() else now
        own = event.wordings.filter(occasion=name).exists()
        context = {"title": occasion.when, "event": event, "form": form, "known": known, "own": own}
        return self._draw(request, "wording", context | {"shown": fill(letter, known)})

    def _act(self, request: HttpRequest, event: Event, occasion: Occasion, form: WordingForm) -> HttpResponse | None:
        if "default" in request.POST:
            event.wordings.filter(occasion=occasion.name).delete()
            return self._done(request, event, occasion, "has the portal's own words again")
        if form.is_valid() and "save" in request.POST:
            keep_wording(event, occasion.name, form)
            return self._done(request, event, occasion, "is saved")
        if form.is_valid() and "send" in request.POST:
            send_sample(request, event, occasion, form)
        return None

    def _done(self, request: HttpRequest, event: Event, occasion: Occasion, what: str) -> HttpResponse:
        said = {"actor": request.user, "subject": occasion.name, "now": clock.now()}
        record(event, "change wording", **said)  # type: ignore[arg-type]
        messages.success(request, f"{occasion.when}: the mail {what}.")
        return redirect("admin:portal_wording_event", event.pk)

    def _event(self, request: HttpRequest, event_id: int) -> Event:
        return get_object_or_404(scope(Event.objects.all(), request, ""), pk=event_id)

    def _draw(self, request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, f"admin/portal/wording/{page}.html", whole)


def keep_wording(event: Event, occasion: str, form: WordingForm) -> None:
    """The portal's own words are not kept as the event's, so that they may still get better."""
    letter, rows = form.letter(), Wording.objects.filter(event=event, occasion=occasion)
    if letter == default_wording(occasion):
        rows.delete()
    else:
        Wording.objects.update_or_create(
            event=event, occasion=occasion, defaults={"subject": letter.subject, "text": letter.text}
        )


def send_sample(request: HttpRequest, event: Event, occasion: Occasion, form: WordingForm) -> None:
    """What stands in the form, to whoever asks, though it is not saved."""
    now, to = clock.now(), request.user.email  # type: ignore[union-attr]
    post_mail(
        key=f"sample.{event.pk}.{request.user.pk}.{now.timestamp()}", to=to, occasion=occasion.name,
        event_id=event.pk, words=form.known, now=now, letter=form.letter(),
    )  # fmt: skip
    messages.success(request, f"On the way to {to}. Nothing is saved yet.")


class Delivery(admin.SimpleListFilter):
    title, parameter_name = "delivery", "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failed", "Not delivered"), ("waiting", "Waiting"), ("sent", "Sent")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
        if self.value() == "failed":
            return undelivered(queryset)
        if self.value() == "waiting":
            return queryset.filter(sent_at=None).exclude(pk__in=undelivered(queryset).values("pk"))
        return queryset.filter(sent_at__isnull=False, bounced_at=None) if self.value() == "sent" else queryset


@admin.register(OutboxMail)
class OutboxMailAdmin(EventScopedAdmin):
    """What was mailed, what waits and what did not arrive."""

    list_display = ["subject", "to", "event", "created_at", "delivery", "error"]
    list_filter = [Delivery, "event"]
    search_fields = ["to", "subject"]
    list_select_related = ["event"]
    fields = ["event", "to", "subject", "text", "created_at", "delivery", "attempts", "error"]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMail]:
        """What was arranged for whom is for the event's access leads alone."""
        found: QuerySet[OutboxMail] = super().get_queryset(request)
        led = Event.objects.filter(access_leads=request.user)  # type: ignore[misc]
        return found.exclude(~Q(event__in=led), key__startswith="arranged.")

    @admin.display(description="delivery")
    def delivery(self, mail: OutboxMail) -> str:
        if mail.bounced_at:
            return "Came back"
        if mail.sent_at:
            return f"Sent {localtime(mail.sent_at):%d %B, %H:%M}"
        return "Waiting" if mail.due_at > clock.now() or mail.attempts == 0 else f"Tried {mail.attempts} times"

    @admin.action(description="Send again what was not delivered")
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        self.message_user(request, f"{send_again(queryset, now=clock.now())} will be sent again.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
