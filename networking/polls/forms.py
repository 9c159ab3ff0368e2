from typing import Any

from django import forms

from networking.polls.models import LONGEST, Poll


class PollForm(forms.Form):
    """What makes a poll is the service's to refuse, in one place."""

    hide_optional = True

    text = forms.CharField(label="Question", required=False, max_length=LONGEST)
    options = forms.CharField(
        label="Answers",
        required=False,
        help_text="Two to ten, each on a line of its own",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    multiple = forms.ChoiceField(
        label="How many may be chosen?",
        choices=[("", "One answer"), ("several", "Several answers")],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )

    def clean_options(self) -> list[str]:
        return self.cleaned_data["options"].splitlines()

    def clean_multiple(self) -> bool:
        return bool(self.cleaned_data["multiple"])


def initial_of(poll: Poll) -> dict[str, Any]:
    lines = "\n".join(option.text for option in poll.options.all())
    return {"text": poll.text, "options": lines, "multiple": "several" if poll.multiple else ""}
