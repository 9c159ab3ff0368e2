import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from networking.models import LONGEST
from networking.safety.models import Announce, Reason
from networking.standing import PACES


class MessageForm(forms.Form):
    """Length and emptiness are the service's to refuse, in one place."""

    hide_optional = True

    text = forms.CharField(
        label="Your message",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST, "data-chat-text": True}),
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def clean_client_id(self) -> uuid.UUID:
        return self.cleaned_data["client_id"] or uuid.uuid4()


class EditForm(forms.Form):
    """Opened beside the box to write in, whose label it would take were its ``id`` the same."""

    hide_optional = True

    text = forms.CharField(
        label="Your words",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST, "id": "edit_text"}),
    )


class AnnounceForm(forms.Form):
    hide_optional = True

    announce = forms.ChoiceField(
        label="A screen reader says of new messages",
        choices=Announce.choices,
        widget=forms.Select(attrs={"data-chat-announce": True}),
    )


class AskForm(forms.Form):
    words = forms.CharField(
        label="What would you like to talk about?",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )


class FindForm(forms.Form):
    hide_optional = True

    words = forms.CharField(label="Search", required=False, max_length=100)


class OpenTableForm(forms.Form):
    title = forms.CharField(label="What is it about?", max_length=80, strip=True)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label="What is wrong?", choices=Reason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Anything the organisers should know",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(forms.Form):
    """Nothing is chosen for whoever decides: each choice is carried out when it is sent."""

    outcome = forms.ChoiceField(label="What should be done", error_messages={"required": "Choose what should be done."})
    note = forms.CharField(label="Note for organisers", required=False, max_length=500)
    answer = forms.CharField(label="Words to who reported it", required=False, max_length=500)

    def __init__(self, *args: Any, acts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [("", "Choose"), *acts]  # type: ignore[attr-defined]


class SlowForm(forms.Form):
    hide_optional = True

    seconds = forms.TypedChoiceField(
        label="Each person may write",
        coerce=int,
        choices=[(0, "as they like"), *PACES.items()],
    )
