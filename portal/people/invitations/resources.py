"""A list of people as a spreadsheet, checked line by line."""

from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field

from portal.events.models import Event
from portal.people.invitations.models import Invitation
from portal.people.models import Profession, Region, Role
from portal.people.spreadsheets import AddressWidget, ChoiceWidget, SafeResource, TextWidget

MOST = 5000
# What people call the columns, without case, spaces and hyphens.
NAMES = {
    "emailaddress": "email",
    "mail": "email",
    "name": "full name",
    "fullname": "full name",
    "organization": "organisation",
    "trust": "organisation",
}


class InvitationResource(SafeResource):
    """By e-mail address within one event: a line that is known changes its invitation."""

    email = Field("email", "email", AddressWidget())
    full_name = Field("full_name", "full name", TextWidget())
    organisation = Field("organisation", "organisation", TextWidget())
    region = Field("region", "region", ChoiceWidget(Region.choices))
    profession = Field("profession", "profession", ChoiceWidget(Profession.choices))
    grade = Field("grade", "grade", TextWidget())
    role = Field("role", "role", ChoiceWidget(Role.choices))

    class Meta:
        model = Invitation
        import_id_fields = ["email"]
        fields = ["email", "full_name", "organisation", "region", "profession", "grade", "role"]
        clean_model_instances = True
        use_transactions = True
        skip_unchanged = True
        report_skipped = True

    def __init__(self, event: Event | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.event = event
        self.lines: dict[str, int] = {}

    def get_queryset(self) -> Any:
        return Invitation.objects.filter(event=self.event) if self.event else Invitation.objects.none()

    def init_instance(self, row: Any = None) -> Invitation:
        return Invitation(event=self.event)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Raises ValueError for a file that is no such list."""
        dataset.headers = [_column(header) for header in dataset.headers or []]
        if "email" not in dataset.headers:
            raise ValueError(
                "The first line of the file must name its columns, and one must be called “email”. Between the columns "
                "of a CSV file stand commas, semicolons or tabs."
            )
        while len(dataset) and not any(str(cell or "").strip() for cell in dataset[-1]):
            del dataset[-1]
        if len(dataset) > MOST:
            raise ValueError(f"The file has {len(dataset)} lines. Import at most {MOST} at a time.")

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Raises ValidationError for an address that stands in the file twice."""
        line, email = kwargs["row_number"] + 1, AddressWidget().clean(row.get("email"))
        row["email"] = email
        first = self.lines.setdefault(email, line)
        if email and first != line:
            raise ValidationError({"email": f"This address stands in line {first} already."})


def _column(header: Any) -> str:
    text = str(header or "").strip().lower()
    bare = text.replace(" ", "").replace("-", "").replace("_", "")
    return NAMES.get(bare, "email" if bare == "email" else text.replace("_", " "))
