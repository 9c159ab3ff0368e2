from django import forms


class CancelForm(forms.Form):
    why = forms.CharField(
        label="Would you like to say why?", required=False, max_length=200, help_text="Only the organisers see this."
    )
