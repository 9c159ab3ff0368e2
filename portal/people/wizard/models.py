from django.db import models

from portal.events.models import Event
from portal.people.models import User


class Draft(models.Model):
    """What somebody has answered so far, by step; gone once they are registered."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "portal"
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="one_draft_a_person_and_event")]

    def __str__(self) -> str:
        return f"Draft {self.pk}"
