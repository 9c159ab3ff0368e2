"""Signing out reaches the sockets of the same session, and of no other; deleting an account reaches all of its own."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from portal.live.services import revoke


@receiver(user_logged_out, dispatch_uid="portal.live.sign_out")
def revoke_session(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    session_key = request.session.session_key if hasattr(request, "session") else None
    if user is not None and session_key:
        revoke(user.pk, session_key=session_key, reason="signed out")


@receiver(post_delete, sender=settings.AUTH_USER_MODEL, dispatch_uid="portal.live.deleted")
def revoke_deleted(instance: AbstractBaseUser, **kwargs: Any) -> None:
    """By whichever way it is deleted: an open page must not outlive its account."""
    revoke(instance.pk, reason="account deleted")
