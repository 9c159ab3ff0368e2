"""What an answer says."""

from django.http import HttpResponse


def text(response: HttpResponse) -> str:
    """Its HTML in one line, so that a sentence is found however it was wrapped."""
    return " ".join(response.content.decode().split())
