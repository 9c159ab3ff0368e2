from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from portal import clock
from portal.events.models import Event
from portal.mail.mailbox import read_mailbox
from portal.sweeps.services import find_trouble


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One event: its own page. Several: a list, the latest first."""
    events = list(Event.objects.all()[:50])
    if len(events) == 1:
        return redirect(events[0])
    return render(request, "portal/home.html", {"title": "Events", "events": events})


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and every sweep ended well within three minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    trouble = find_trouble(now=clock.now())
    if trouble is None:
        return JsonResponse({"ready": True})
    # What failed may name people, so only that it did is told to everybody.
    said = {"ready": False, "stale": trouble.stale, "since": trouble.since, "failing": list(trouble.failing)}
    return JsonResponse(said, status=503)


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the portal mailed on this machine, newest first. Only in DEBUG is there such an address."""
    mails = read_mailbox(settings.EMAIL_FILE_PATH)
    return render(request, "portal/mailbox.html", {"title": "Mail sent from this machine", "mails": mails})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(
        request,
        "403.html",
        {"exception": "This form was open too long. Go back, reload the page and send it again."},
        status=403,
    )
