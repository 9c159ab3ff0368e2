"""The pages of registering, in their order, and how their answers look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from portal.people.models import Delegate
from portal.people.needs.models import NeedKind
from portal.people.wizard import forms as pages

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    slug: str
    title: str
    form: type[forms.Form]
    # Words of their own above the form: templates/portal/steps/<slug>.html
    told: bool = False

    def rows(self, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Label and answer for each question, as the summary shows them."""
        for name, field in self.form.base_fields.items():
            yield str(field.label), shown(field, said.get(name)) or ("None" if self.slug == "needs" else "Not given")


STEPS = (
    Step("name", "What is your name?", pages.NameForm),
    Step("place", "Where do you work or learn?", pages.PlaceForm),
    Step("work", "What do you do?", pages.WorkForm),
    Step("needs", "What do you need so that you can take part?", pages.NeedsForm, told=True),
    Step("conduct", "How we treat each other", pages.ConductForm, told=True),
    Step("recording", "Recordings", pages.RecordingForm, told=True),
    Step("directory", "Being found by others", pages.DirectoryForm),
)
BY_SLUG = {step.slug: step for step in STEPS}


def shown(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else ""
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in field.choices if key}  # type: ignore[union-attr, misc]
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels[each] for each in chosen if each in labels)
    return value or ""


def next_step(answers: Answers) -> Step | None:
    """The first page without an answer; None when only the summary is left."""
    return next((step for step in STEPS if step.slug not in answers), None)


def before(step: Step) -> Step | None:
    at = STEPS.index(step)
    return STEPS[at - 1] if at else None


def said_by(delegate: Delegate) -> dict[str, dict[str, Any]]:
    """What a registration says, by step."""
    fields = {name for step in STEPS for name in step.form.base_fields}
    values = {name: getattr(delegate, name) for name in fields if hasattr(delegate, name)}
    values["listed"] = "yes" if delegate.listed else "no"
    values["recorded"] = {True: "yes", False: "no", None: ""}[delegate.recorded]
    values["conduct"] = delegate.conduct_agreed_at is not None
    said = {step.slug: {name: values.get(name, "") for name in step.form.base_fields} for step in STEPS}
    return said | {"needs": needs_of(delegate)}


def answers_of(delegate: Delegate) -> dict[str, dict[str, Any]]:
    """The steps that somebody who comes back need not be asked again; their needs were deleted."""
    said = said_by(delegate).items()
    return {slug: each for slug, each in said if slug != "needs" and _is_answered(BY_SLUG[slug], each)}


def needs_of(delegate: Delegate) -> dict[str, Any]:
    needs = list(delegate.access_needs.all())
    kinds = [need.kind for need in needs if need.kind != NeedKind.OTHER]
    return {"needs": kinds, "words": next((need.words for need in needs if need.kind == NeedKind.OTHER), "")}


def _is_answered(step: Step, said: Mapping[str, Any]) -> bool:
    return all(said[name] for name, field in step.form.base_fields.items() if field.required)


def summary_of(answers: Answers, *, changing: bool = False) -> list[dict[str, Any]]:
    """Each page with its questions and answers; ``changing`` leaves out what cannot be taken back."""
    return [
        {"slug": step.slug, "title": step.title, "rows": list(step.rows(answers.get(step.slug, {})))}
        for step in STEPS
        if not (changing and step.slug == "conduct")
    ]
