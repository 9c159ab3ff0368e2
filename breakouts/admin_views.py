"""The pages of the admin that Django does not bring: an extra room in one click, and assignments from a file."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from breakouts.arranging import NotArranged, open_sister
from breakouts.importing import import_sheet, read_sheet
from breakouts.models import Round
from breakouts.voice.models import RoomVoice, Way
from portal import clock
from portal.requests import number

LARGEST = 1_000_000  # bytes
NOTHING_ELSE = "What else you may have changed on the page was not saved."


class SheetForm(forms.Form):
    file = forms.FileField(required=False, label="CSV file", help_text="Two columns: e-mail and room.")
    text = forms.CharField(
        required=False,
        max_length=LARGEST,
        label="Or paste the lines here",
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            cleaned["text"] = self._read(file)
        if not cleaned.get("text") and not self.errors:
            self.add_error("file", "Choose a file, or paste its lines.")
        return cleaned

    def _read(self, file: Any) -> str:
        if file.size > LARGEST:
            self.add_error("file", "The file is larger than 1 MB.")
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", "The file is not text in UTF-8. In Excel, save it as CSV UTF-8.")
            return ""


@require_POST
def sister(request: HttpRequest, rounds: QuerySet[Round], round_id: int, room_id: int) -> HttpResponse:
    room = get_object_or_404(get_object_or_404(rounds, pk=round_id).rooms, pk=room_id)
    known = number(request.POST.get("known"))
    opened = open_sister(room, known=known, by=request.user, now=clock.now())  # type: ignore[arg-type]
    messages.success(request, f"{opened.title} is open, with {opened.capacity} places. {NOTHING_ELSE}")
    if RoomVoice.objects.filter(room=room, way=Way.LINK).exists():
        messages.warning(
            request, f"{opened.title} has no meeting link yet: give it one of its own, under voice settings of rooms."
        )
    return HttpResponseRedirect(reverse("admin:breakouts_round_change", args=[round_id]))


def import_page(request: HttpRequest, rounds: QuerySet[Round], round_id: int) -> HttpResponse:
    """First shows what would be done, with every line that cannot be; then does all of it or nothing."""
    round = get_object_or_404(rounds, pk=round_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    context = admin.site.each_context(request) | {"title": f"Import assignments: {round}", "round": round, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "admin/breakouts/round/import.html", context)
    text, now = form.cleaned_data["text"], clock.now()
    if "confirmed" not in request.POST:
        return render(request, "admin/breakouts/round/import.html", context | _preview(round, text))
    try:
        number = import_sheet(round, text, by=request.user, now=now)  # type: ignore[arg-type]
    except NotArranged:
        return render(request, "admin/breakouts/round/import.html", context | _preview(round, text))
    messages.success(request, f"{number} {'person has' if number == 1 else 'people have'} the rooms of the file.")
    return HttpResponseRedirect(reverse("admin:breakouts_round_change", args=[round_id]))


def _preview(round: Round, text: str) -> dict[str, Any]:
    return {"sheet": read_sheet(round, text, clock.now()), "text": text}
