from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

BUSY = ("locked", "pool", "timeout", "too many")


class BusyMiddleware:
    """A database that has no room just now is 503 with a way to try again, not a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError) or not any(word in str(error).lower() for word in BUSY):
            return None
        typed = [(key, value) for key, value in request.POST.items() if key != "csrfmiddlewaretoken"]
        response = render(request, "503.html", {"typed": typed}, status=503)
        response["Retry-After"] = "2"
        return response
