"""Signing out reaches the sockets of the same session, and of no other."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from portal.live.services import revoke


@receiver(user_logged_out, dispatch_uid="portal.live.sign_out")
def revoke_session(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    session_key = request.session.session_key if hasattr(request, "session") else None
    if user is not None and session_key:
        revoke(user.pk, session_key=session_key, reason="signed out")
