"""What the portal writes: words that an organiser may change, with names in braces for what differs by reader.

A name is replaced and nothing else is done with the words, so they may come from anybody: this is no template
language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string
from django.utils.html import linebreaks, urlize

from portal.mail.models import Wording

NAME = re.compile(r"\{(\w+)\}")
SUBJECT_LENGTH = 150

Words = Mapping[str, str]
# What each of an event's names stands for, for somebody who shows a wording to its organiser.
Sample = Callable[[int], dict[str, str]]


@dataclass(frozen=True)
class Occasion:
    """When a mail goes, in words for an organiser; ``sample`` has a value for each name it may hold."""

    name: str
    when: str
    sample: Sample


@dataclass(frozen=True)
class Letter:
    """One source, the text: the HTML part is drawn from it, so that both always say the same."""

    subject: str
    text: str

    @property
    def body(self) -> str:
        """The text as safe HTML: paragraphs, and addresses as links."""
        return linebreaks(urlize(self.text, autoescape=True), autoescape=False)

    @property
    def html(self) -> str:
        return render_to_string("mail/letter.html", {"subject": self.subject, "body": self.body})


_occasions: dict[str, Occasion] = {}


def register_occasion(occasion: Occasion) -> None:
    """Its own words are in ``templates/mail/<name>.txt``, the subject first."""
    _occasions[occasion.name] = occasion


def occasions() -> dict[str, Occasion]:
    return dict(_occasions)


@cache
def default_wording(occasion: str) -> Letter:
    subject, _, text = render_to_string(f"mail/{occasion}.txt").strip().partition("\n")
    return Letter(subject.strip(), text.strip() + "\n")


def find_wording(occasion: str, event_id: int) -> Letter:
    """The event's own, else the portal's, which may get better from one version to the next."""
    own = Wording.objects.filter(event=event_id, occasion=occasion).first()
    return Letter(own.subject, own.text) if own else default_wording(occasion)


def fill(letter: Letter, words: Words) -> Letter:
    """The letter to one reader. An empty word leaves no gap; a name it does not know stays as it is."""
    text = re.sub(r"\n{3,}", "\n\n", _replace(letter.text, words)).strip() + "\n"
    # One line, whatever is in a name: a second would be a header of its own.
    return Letter(" ".join(_replace(letter.subject, words).split())[:SUBJECT_LENGTH], text)


def names_in(text: str) -> set[str]:
    return set(NAME.findall(text))


def is_address(value: str) -> bool:
    return value.startswith(("http://", "https://"))


def _replace(text: str, words: Words) -> str:
    return NAME.sub(lambda found: words.get(found[1], found[0]), text)
