from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.people.models import User


class SecondFactorMiddleware:
    """Nobody enters the admin without a second factor outside DEBUG, whatever else lets them in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEBUG and request.path.startswith("/admin/") and _lacks_factor(request.user):
            return redirect("mfa_index")
        return self.get_response(request)


def _lacks_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_staff and not is_mfa_enabled(user)
