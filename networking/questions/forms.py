import secrets

from django import forms

from networking.questions.models import LONGEST, LONGEST_ANSWER, State


def draw_token() -> str:
    return secrets.token_urlsafe(24)


class AskForm(forms.Form):
    """Length and emptiness are the service's to refuse, in one place."""

    hide_optional = True

    text = forms.CharField(
        label="Your question",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST, "data-question-text": True}),
    )
    anonymous = forms.BooleanField(
        label="Ask without my name",
        required=False,
        help_text="Other delegates and organisers cannot see who asked. The server sees your connection while you "
        "send it.",
    )
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_token(self) -> str:
        return self.cleaned_data["token"] or draw_token()


class WithdrawForm(forms.Form):
    question = forms.IntegerField(min_value=1, max_value=2**53)
    token = forms.CharField(required=False, max_length=64)


class MoveForm(forms.Form):
    """What those who lead do with a question: one button, and perhaps an answer in words."""

    question = forms.IntegerField(min_value=1, max_value=2**53)
    state = forms.ChoiceField(choices=[(s, s.label) for s in State if s not in {State.PENDING, State.WITHDRAWN}])
    answer = forms.CharField(
        label="Answer in words", required=False, max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3})
    )


class AskingForm(forms.Form):
    hide_optional = True

    is_open = forms.BooleanField(label="Take questions", required=False)
    moderated = forms.BooleanField(
        label="Let me see each question before others do",
        required=False,
        help_text="Questions wait until you show or dismiss them.",
    )
