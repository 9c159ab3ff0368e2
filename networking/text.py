"""What people typed as safe HTML: escaped, with links for http and https and nothing else."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'"


def link_text(text: str) -> SafeString:
    """Escapes ``text``, links its http and https addresses, and keeps its line breaks."""
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if len(address) <= len("https://"):
            continue
        parts += [escape(text[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    parts.append(escape(text[end:]))
    # Every part was escaped above.
    return mark_safe("".join(parts).replace("\n", "<br>"))


def _link(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener noreferrer" target="_blank">{}</a>', address, address)
