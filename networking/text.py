"""What people typed as safe HTML: escaped, with links for http and https and nothing else."""

import re
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'"


def link_text(text: str, people: Sequence[tuple[str, str]] = ()) -> SafeString:
    """Escapes ``text``, links its http and https addresses, keeps its line breaks, and marks ``people`` called.

    ``people`` are keys with names, written in the text as "@Name".
    """
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if len(address) <= len("https://"):
            continue
        parts += [_mark(text[end : match.start()], people), _link(address)]
        end = match.start() + len(address)
    parts.append(_mark(text[end:], people))
    # Every part was escaped above.
    return mark_safe("".join(parts).replace("\n", "<br>"))


def _mark(text: str, people: Sequence[tuple[str, str]]) -> SafeString:
    if not people:
        return escape(text)
    keys = {name.lower(): key for key, name in people}
    parts = calls_of(list(keys)).split(text)
    # Every second part is a name that was split at.
    marked = [
        format_html('<strong class="mention" data-mention="{}">@{}</strong>', keys[part.lower()], part)
        if number % 2
        else escape(part)
        for number, part in enumerate(parts)
    ]
    return mark_safe("".join(marked))


def calls_of(names: Sequence[str]) -> re.Pattern[str]:
    """Finds "@Name". The longest name first: "@Sana Placeholder-Smith" is not "@Sana Placeholder"."""
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![\w@])@({'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def _link(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener noreferrer" target="_blank">{}</a>', address, address)
