"""What a request says beside its address: whether a script asks, and the numbers it carries."""

from django.http import HttpRequest


def by_script(request: HttpRequest) -> bool:
    """Whether a script of the portal's asks, which wants JSON; else a form does, which wants a page."""
    return request.headers.get("Accept") == "application/json"


def beside_page(request: HttpRequest) -> bool:
    """Whether a page asks, by a script or for a part of it, where the browser itself goes nowhere."""
    return by_script(request) or "HX-Request" in request.headers


def number(text: str | None) -> int:
    """A positive number a person's address or form may carry; anything else counts as none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
