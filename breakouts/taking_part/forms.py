from typing import Any

from django import forms

from breakouts.models import Room
from breakouts.taking_part.models import LONGEST_NAME, Manner

SAID = {
    Manner.LISTEN: "Listen: I follow, and may join in later",
    Manner.TYPE: "Type: I write in the conversation",
    Manner.SPEAK: "Speak: I raise my hand, write, and speak when it is my turn",
}


class PartForm(forms.Form):
    manner = forms.ChoiceField(
        label="How would you like to take part?",
        help_text="You can change this at any time. Those who lead the room see it.",
        choices=list(SAID.items()),
        initial=Manner.TYPE,
        widget=forms.RadioSelect,
    )
    known_as = forms.CharField(
        label="Another name, for this room",
        help_text="Shown on your messages and in the line of hands. Organisers can look up whose name it is.",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not room.pseudonyms_allowed:
            del self.fields["known_as"]
