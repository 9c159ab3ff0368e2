from django import forms

from portal.events.models import Event, check_slug


class CopyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Event
        fields = ["name", "slug", "first_day"]
        widgets = {"first_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_slug(self) -> str:
        check_slug(self.cleaned_data["slug"])
        return str(self.cleaned_data["slug"])
