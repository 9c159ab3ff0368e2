import uuid

from django import forms

from networking.models import LONGEST
from portal.people.models import Delegate, Role


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
    hide_optional = True

    text = forms.CharField(
        label="Your words", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST})
    )


class SearchForm(forms.Form):
    hide_optional = True

    words = forms.CharField(label="Name, organisation or interest", required=False, max_length=100)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any role"), *Role.choices])


class ListingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Delegate
        fields = ["listed", "interests"]
        labels = {
            "listed": "Show my name, organisation and role to other delegates",
            "interests": "What I would like to talk about",
        }
        help_texts = {"interests": "For example: flexible training, mentoring, coming back to work"}
