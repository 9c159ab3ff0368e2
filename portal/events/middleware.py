"""A service that is away for a moment costs a moment, and nothing that was typed."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from redis import exceptions as redis

# What SQLite and PostgreSQL say when they have no room just now, or are starting again.
BUSY = ("locked", "pool", "timeout", "too many", "connection", "starting up", "shutting down")


class BusyMiddleware:
    """A database or Redis that does not answer just now is 503 with a way to try again, not a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_busy(error):
            return None
        typed = [(key, value) for key, values in request.POST.lists() for value in values]
        typed = [(key, value) for key, value in typed if key != "csrfmiddlewaretoken"]
        # Not by render: what every page shows around its content asks the database.
        context = {"typed": typed, "request": request, "csrf_token": get_token(request)}
        return HttpResponse(render_to_string("503.html", context), status=503, headers={"Retry-After": "2"})


def is_busy(error: Exception) -> bool:
    if isinstance(error, OperationalError | InterfaceError):
        return any(word in str(error).lower() for word in BUSY)
    return isinstance(error, redis.ConnectionError | redis.TimeoutError)
