"""Cells that come from strangers and go to a spreadsheet, and back."""

import csv
from typing import Any

from import_export import resources
from import_export.formats.base_formats import CSV
from import_export.widgets import Widget

# What a spreadsheet would run: a name may begin with any of these.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")

SEPARATORS = ",;\t"


class AnyCSV(CSV):
    """Columns by commas, semicolons or tabs: a spreadsheet writes what its country does."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        text = in_stream.decode(self.encoding or "utf-8") if isinstance(in_stream, bytes) else in_stream
        return super().create_dataset(text, delimiter=separator_of(text), **kwargs)


def separator_of(text: str) -> str:
    """What stands between the columns of the first line; a comma where nothing does."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    try:
        return csv.Sniffer().sniff(first, SEPARATORS).delimiter
    except csv.Error:
        return ","


class SafeResource(resources.ModelResource):
    """Nothing that leaves is a formula: an apostrophe before it makes it text."""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        return as_text(super().export_field(field, instance, **kwargs))


def as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


class TextWidget(Widget):
    """Words of a cell, of whatever type, on one line; the apostrophe of our own export is taken off."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = "" if value is None else str(value)
        guarded = text.startswith("'") and text[1:].startswith(FORMULAS)
        return " ".join((text[1:] if guarded else text).split())


class AddressWidget(TextWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return super().clean(value, row, **kwargs).lower()


class ChoiceWidget(TextWidget):
    """The word people read or the one we store, in any case of letters."""

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        known = {word.lower(): key for key, label in self.choices for word in (key, label)}
        if text and text.lower() not in known:
            labels = ", ".join(label for _, label in self.choices)
            raise ValueError(f"“{text}” is none of: {labels}.")
        return known.get(text.lower(), "")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return dict(self.choices).get(value, "")
