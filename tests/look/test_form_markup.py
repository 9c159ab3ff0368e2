"""Forms are drawn with the design system's markup, and every error can be reached from the summary."""

import re

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string


class Registration(forms.Form):
    default_renderer = TemplatesSetting

    name = forms.CharField(label="Full name", help_text="As others will see it.")
    organisation = forms.CharField(required=False)
    role = forms.ChoiceField(choices=[("l", "Learner"), ("e", "Educator")], widget=forms.RadioSelect)
    region = forms.ChoiceField(choices=[("n", "North"), ("s", "South")])
    about = forms.CharField(required=False, widget=forms.Textarea)
    topics = forms.MultipleChoiceField(choices=[("a", "Supervision")], widget=forms.CheckboxSelectMultiple)
    slides = forms.FileField(required=False)
    agree = forms.BooleanField(label="I agree")


def ids_in(html: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', html))


def test_each_field_carries_its_design_system_class() -> None:
    html = str(Registration())

    for name in (
        "input",
        "radios__input",
        "select",
        "textarea",
        "checkboxes__input",
        "file-upload__input",
    ):
        assert f"nhsuk-{name}" in html


def test_a_hint_describes_its_field() -> None:
    html = str(Registration()["name"].as_field_group())

    assert 'aria-describedby="id_name_helptext"' in html
    assert "id_name_helptext" in ids_in(html)


def test_only_what_may_be_left_out_says_so() -> None:
    form = Registration()

    assert "(optional)" in form["organisation"].as_field_group()
    assert "(optional)" not in form["name"].as_field_group()


def test_a_search_may_keep_silent_about_optional_fields() -> None:
    form = Registration()
    form.hide_optional = True  # type: ignore[attr-defined]

    assert "(optional)" not in form["organisation"].as_field_group()


def test_an_error_is_announced_and_described() -> None:
    html = str(Registration({})["name"].as_field_group())

    assert '<span class="nhsuk-u-visually-hidden">Error:</span>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "id_name_error" in ids_in(html)
    assert 'aria-invalid="true"' in html


def test_the_summary_leads_to_every_field_in_error() -> None:
    form = Registration({})
    page = str(form)
    summary = render_to_string("components/error_summary.html", {"form": form})

    targets = re.findall(r'href="#([^"]+)"', summary)

    assert len(targets) == len(form.errors)
    assert set(targets) <= ids_in(page)


def test_a_missing_answer_is_named() -> None:
    form = Registration({})
    summary = render_to_string("components/error_summary.html", {"form": form})

    assert "Please fill in “Full name”" in summary
    assert "Please choose “Role”" in summary
    assert "Please tick “I agree”" in summary
    assert "This field is required." not in summary


def test_the_summary_is_silent_about_a_good_form() -> None:
    assert render_to_string("components/error_summary.html", {"form": Registration()}).strip() == ""


def test_what_was_typed_is_escaped_and_kept() -> None:
    html = str(Registration({"name": '"><script>', "about": "</textarea>"}))

    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html
    assert "&lt;/textarea&gt;" in html
