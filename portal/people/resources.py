"""The registrations of an event as a spreadsheet. What people need is not in it."""

from import_export.fields import Field

from portal.people.models import Delegate, Profession, Region, Role, State
from portal.people.spreadsheets import ChoiceWidget, SafeResource


class DelegateResource(SafeResource):
    email = Field("user__email", "email")
    region = Field("region", "region", ChoiceWidget(Region.choices))
    profession = Field("profession", "profession", ChoiceWidget(Profession.choices))
    role = Field("role", "role", ChoiceWidget(Role.choices))
    state = Field("state", "state", ChoiceWidget(State.choices))

    class Meta:
        model = Delegate
        fields = [
            "email", "full_name", "name", "pronouns", "organisation", "region", "profession", "grade", "role", "state",
            "recorded", "listed", "ask_again", "registered_at",
        ]  # fmt: skip
        export_order = fields
