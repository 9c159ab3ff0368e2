"""How what was asked of a conversation is answered: by script in JSON, by plain form with a page."""

from django.http import HttpResponse, JsonResponse

from networking.services import Muted, Refused, SlowDown
from portal.people.access import EventRequest, explain
from portal.requests import by_script

CLOSED = "This conversation can be read, but not added to, just now."


def refuse_closed(request: EventRequest, why: str = CLOSED) -> HttpResponse:
    """What may be read here, and not done: now, or by this person."""
    return JsonResponse({"error": why}, status=403) if by_script(request) else explain(request)


def status_of(refused: Refused) -> int:
    """403 where nothing they could send would be taken just now, 429 where the same would be in a while."""
    if isinstance(refused, Muted):
        return 403
    return 429 if isinstance(refused, SlowDown) else 422
