from django.db import models


class Heartbeat(models.Model):
    """When each sweep last ended, what it did, and what went wrong. Older than three minutes is a fault."""

    name = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return self.name
