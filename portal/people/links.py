"""One-click sign-in for the demonstration's three people. DEBUG only; production has no such address."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from portal.people.models import User

PEOPLE = (("Delegate", "ben@example.org"), ("Speaker", "sana@example.org"), ("Organiser", "ada@example.org"))
SALT = "portal.people.links"


def demonstration_links(base_url: str) -> list[tuple[str, str]]:
    """Label and address for each person of the demonstration who exists."""
    found = set(User.objects.filter(email__in=[email for _, email in PEOPLE]).values_list("email", flat=True))
    return [
        (label, f"{base_url}/enter/{signing.dumps(email, salt=SALT)}/") for label, email in PEOPLE if email in found
    ]


@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    try:
        user = User.objects.get(email=signing.loads(token, salt=SALT, max_age=30 * 24 * 3600), is_active=True)
    except (signing.BadSignature, User.DoesNotExist):
        raise Http404("No such link.") from None
    # The link stands for the mailed code, which would have proved the address.
    EmailAddress.objects.filter(user=user).update(verified=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("/admin/" if user.is_staff else "/")
