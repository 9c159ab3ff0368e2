from django import forms

from portal.mail.wordings import SUBJECT_LENGTH, Letter, default_wording, is_address, names_in


class WordingForm(forms.Form):
    """The words of one occasion. ``known`` has a value for each name they may hold."""

    subject = forms.CharField(max_length=SUBJECT_LENGTH, widget=forms.TextInput(attrs={"size": 90}))
    text = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 18, "cols": 90}))

    def __init__(self, *args: object, occasion: str, known: dict[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.known = known
        default = names_in(default_wording(occasion).text)
        self.needed = {name for name in default if is_address(known.get(name, ""))}

    def clean_subject(self) -> str:
        return self._known_only(" ".join(self.cleaned_data["subject"].split()))

    def clean_text(self) -> str:
        text = self._known_only(self.cleaned_data["text"].replace("\r\n", "\n").strip() + "\n")
        if missing := sorted(self.needed - names_in(text)):
            raise forms.ValidationError(f"Keep {_list(missing)}: without it nobody finds the way from this mail.")
        return text

    def letter(self) -> Letter:
        return Letter(self.cleaned_data["subject"], self.cleaned_data["text"])

    def _known_only(self, text: str) -> str:
        if unknown := sorted(names_in(text) - set(self.known)):
            raise forms.ValidationError(f"There is nothing to put for {_list(unknown)}. The names are listed below.")
        return text


def _list(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
