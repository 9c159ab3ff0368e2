"""Rows that lead to a person by a foreign key, told in a line each; an exporter and an eraser follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from portal.people.models import User
from portal.privacy.registry import Row, register_eraser, register_exporter

LEFT = "A delegate who left"


class Erase(Enum):
    DELETE = auto()
    KEEP = auto()  # under a person who has no name any more; ``blank`` says which fields are emptied
    UNLINK = auto()  # of nobody from then on


@dataclass(frozen=True)
class Held:
    """``key`` is ``app.Model.field``; ``shows`` are the fields a person gets to read, which may follow relations.

    What shows nothing would tell on somebody else; ``where`` leaves out the rows that would.
    """

    name: str
    key: str
    shows: tuple[str, ...] = ()
    erase: Erase = Erase.DELETE
    blank: dict[str, Any] = field(default_factory=dict)
    stays: str = ""
    where: Q = field(default_factory=Q)

    def rows(self, user: User) -> QuerySet[Any]:
        label, person = self.key.rsplit(".", 1)
        model = apps.get_model(label)
        leads_to = model._meta.get_field(person).related_model
        path = person if leads_to is User else f"{person}__user"
        return model._base_manager.filter(**{path: user})

    def export(self, user: User) -> list[Row]:
        rows = self.rows(user).filter(self.where).order_by("pk").values(*self.shows) if self.shows else []
        return [{name.replace("__", " "): value for name, value in row.items()} for row in rows]

    def wipe(self, user: User, now: datetime) -> None:
        rows = self.rows(user)
        match self.erase:
            case Erase.DELETE:
                rows.delete()
            case Erase.UNLINK:
                rows.update(**{self.key.rsplit(".", 1)[1]: None}, **self.blank)
            case Erase.KEEP if self.blank:
                rows.update(**self.blank)


def register_held(held: Iterable[Held]) -> None:
    for part in held:
        register_exporter(part.name, part.export, covers=[part.key])
        register_eraser(part.name, part.wipe, covers=[part.key], stays=part.stays)
