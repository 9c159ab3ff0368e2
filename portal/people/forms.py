from typing import Any

from django import forms

from portal.people.models import Role, User


class RegistrationForm(forms.Form):
    """Asked once: who you are and how you want to be found. The address is fixed for who is signed in."""

    name = forms.CharField(label="Full name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="E-mail address",
        help_text="We send a short code to this address. There is no password.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    organisation = forms.CharField(
        label="Organisation",
        help_text="For example your trust, practice, university or school",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    role = forms.ChoiceField(label="You are", choices=Role, widget=forms.RadioSelect)
    listed = forms.BooleanField(
        label="Show my name, organisation and role to other delegates",
        help_text="You can change this at any time. Your e-mail address is never shown.",
        required=False,
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user:
            del self.fields["email"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class CancelForm(forms.Form):
    why = forms.CharField(
        label="Would you like to say why?", required=False, max_length=200, help_text="Only the organisers see this."
    )
