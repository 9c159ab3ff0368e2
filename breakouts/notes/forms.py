from django import forms

from breakouts.notes.models import Section


class NoteForm(forms.Form):
    """How long a text may be is the service's to say, so that what was typed comes back."""

    section = forms.ChoiceField(choices=Section.choices)
    text = forms.CharField(required=False, strip=False)
    base = forms.IntegerField(min_value=0, max_value=2**62)
