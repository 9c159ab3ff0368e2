"""The two tables the gateway reads: how far each log is, and who lost what."""

from django.conf import settings
from django.db import models

from portal.clock import now


class Log(models.Model):
    """How far a log channel is. Written only by ``services.bump``."""

    channel = models.CharField(max_length=100, unique=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return f"{self.channel} at {self.version}"


class Revocation(models.Model):
    """A sign-out, a suspension or a lost right, which open sockets must learn of.

    With a session: that session ended. With an event: rights in it changed and are asked again.
    With neither: every session of the user ended.
    """

    # It outlives the user: an account that is deleted is told of by its number.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="revocations"
    )
    session_hash = models.CharField(max_length=64, blank=True, db_index=True)
    event = models.CharField("event's short name", max_length=100, blank=True)
    reason = models.CharField(max_length=100)
    at = models.DateTimeField(default=now)

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason}"
