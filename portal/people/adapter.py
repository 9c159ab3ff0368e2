from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class PortalAccountAdapter(DefaultAccountAdapter):
    """People come in by registering for an event, not by a bare sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_from_email(self) -> str:
        return super().get_from_email()

    def format_email_subject(self, subject: str) -> str:
        return subject

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say it themselves."""


class PortalSocialAdapter(DefaultSocialAccountAdapter):
    """Whom the organisation's directory vouches for may sign in, and then registers like everyone."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return any(address.verified for address in sociallogin.email_addresses)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """What the directory has proved need not be proved by a code again."""
        proved = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        EmailAddress.objects.filter(user_id=sociallogin.user.pk, email__in=proved).update(verified=True)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or "")[:150]
        user.email = user.email.lower()
        return user
