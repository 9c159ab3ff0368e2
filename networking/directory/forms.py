from django import forms

from portal.people.models import Delegate, Role


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
