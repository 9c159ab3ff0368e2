"""Inviting: by hand, or by a spreadsheet with a preview."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import XLSX
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm

from portal import clock
from portal.events.admin import EventScopedAdmin, scope
from portal.events.models import Event
from portal.events.services import record
from portal.people.invitations.models import Invitation
from portal.people.invitations.resources import InvitationResource
from portal.people.invitations.services import invite_again, mail_invitations
from portal.people.spreadsheets import AnyCSV


class EventImportForm(ImportForm):
    event = forms.ModelChoiceField(Event.objects.none(), help_text="Everyone in the file is invited to it.")
    field_order = ["resource", "event", "import_file", "format"]


class EventConfirmForm(ConfirmImportForm):
    event = forms.ModelChoiceField(Event.objects.none(), widget=forms.HiddenInput)


@admin.register(Invitation)
class InvitationAdmin(ImportExportMixin, EventScopedAdmin):
    list_display = ["email", "full_name", "organisation", "event", "mailed_at"]
    list_filter = ["event", ("mailed_at", admin.EmptyFieldListFilter)]
    search_fields = ["email", "full_name", "organisation"]
    readonly_fields = ["mailed_at"]
    list_select_related = ["event"]
    actions = ["send"]
    resource_classes = [InvitationResource]
    formats = [AnyCSV, XLSX]
    import_form_class = EventImportForm
    confirm_form_class = EventConfirmForm
    export_form_class = ExportForm
    import_template_name = "admin/portal/invitation/import.html"
    skip_admin_log = True

    def get_urls(self) -> list[URLPattern]:
        ask = self.admin_site.admin_view(require_POST(self.ask_again))
        return [path("again/<int:event_id>/", ask, name="portal_invitation_again"), *super().get_urls()]

    def ask_again(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """Those who took part last time and agreed to be asked."""
        event = get_object_or_404(scope(Event.objects.exclude(copied_from=None), request, ""), pk=event_id)
        new = invite_again(event, by=request.user, now=clock.now())  # type: ignore[arg-type]
        self.message_user(request, f"{new} invited. Choose them and send the invitations when you are ready.")
        return redirect(reverse("admin:portal_invitation_changelist") + f"?event__id__exact={event.pk}")

    @admin.action(description="Send the invitations that have not gone yet")
    def send(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        sent = mail_invitations(queryset.select_related("event"), now=clock.now())
        self.message_user(request, f"{sent} invitation{'' if sent == 1 else 's'} on the way.")

    def create_import_form(self, request: HttpRequest) -> forms.Form:
        return self._within(request, super().create_import_form(request))

    def create_confirm_form(self, request: HttpRequest, import_form: Any = None) -> forms.Form:
        return self._within(request, super().create_confirm_form(request, import_form=import_form))

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        return initial | ({"event": import_form.cleaned_data["event"].pk} if import_form else {})

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        return {"event": getattr(form, "cleaned_data", {}).get("event")}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        form.add_error("import_file", "This file cannot be read. Save it as XLSX, or as CSV in UTF-8, and try again.")

    def process_result(self, result: Any, request: HttpRequest) -> Any:
        event = scope(Event.objects.all(), request, "").get(pk=request.POST["event"])
        done = f"{result.totals['new']} new, {result.totals['update']} changed"
        record(event, "import invitations", actor=request.user, subject=done, now=clock.now())  # type: ignore[arg-type]
        return super().process_result(result, request)

    def _within(self, request: HttpRequest, form: forms.Form) -> forms.Form:
        """Only events of one's own can be chosen, in the preview and again at the end."""
        events = scope(Event.objects.all(), request, "")
        form.fields["event"].queryset = events  # type: ignore[attr-defined]
        if events.count() == 1:
            form.fields["event"].initial = events.first()
        return form
