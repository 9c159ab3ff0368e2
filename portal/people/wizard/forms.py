"""One form a page. Names of fields are those of the registration."""

from typing import Any

from django import forms

from portal.people.models import Profession, Region, Role
from portal.people.needs.models import NeedKind

YES_NO = [("yes", "Yes"), ("no", "No")]
NEEDS = [choice for choice in NeedKind.choices if choice[0] != NeedKind.OTHER]


def text(label: str, autocomplete: str = "", **kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": autocomplete} if autocomplete else {}
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **kwargs)


class AddressForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        help_text="We send a short code to this address. There is no password.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class StepForm(forms.Form):
    """What was typed without stray spaces, as it can be kept in a draft."""

    def clean(self) -> dict[str, Any]:
        return {
            field: " ".join(value.split()) if isinstance(value, str) and field != "words" else value
            for field, value in self.cleaned_data.items()
        }


class NameForm(StepForm):
    full_name = text("Full name", "name", max_length=150)
    name = text(
        "Name to show",
        "nickname",
        required=False,
        max_length=150,
        help_text="What others see and call you. Leave it empty to show your full name.",
    )
    pronouns = text("Pronouns", required=False, max_length=40, help_text="For example she/her, he/him or they/them")

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        return answers | {"name": answers.get("name") or answers.get("full_name", "")}


class PlaceForm(StepForm):
    organisation = text(
        "Organisation",
        "organization",
        max_length=150,
        help_text="For example your trust, practice, university or school",
    )
    region = forms.ChoiceField(label="Region", choices=[("", "Choose a region"), *Region.choices])


class WorkForm(StepForm):
    role = forms.ChoiceField(label="You are", choices=Role, widget=forms.RadioSelect)
    profession = forms.ChoiceField(label="Profession", choices=[("", "Choose a profession"), *Profession.choices])
    grade = text("Grade or stage", required=False, max_length=80, help_text="For example second year, FY2, ST4, band 6")


class NeedsForm(StepForm):
    needs = forms.MultipleChoiceField(
        label="Do you need any of these?",
        choices=NEEDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave it empty if you need nothing.",
    )
    words = forms.CharField(
        label="Anything else, in your own words",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ConductForm(StepForm):
    conduct = forms.BooleanField(
        label="I will keep to this", error_messages={"required": "Tick the box if you will keep to the code of conduct"}
    )


class RecordingForm(StepForm):
    recorded = forms.ChoiceField(
        label="May you be seen and heard in the recordings?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="With “No” you take part in everything; keep your camera off and write instead of speaking on stage.",
    )


class DirectoryForm(StepForm):
    listed = forms.ChoiceField(
        label="May other delegates find you?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="With “Yes” they see your name, pronouns, organisation and role. Never your e-mail address.",
    )
    ask_again = forms.BooleanField(label="You may invite me to the next event", required=False)
