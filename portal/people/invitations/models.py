from django.db import models

from portal.events.models import Event
from portal.people.models import Profession, Region, Role


class Invitation(models.Model):
    """An address that the organisers expect: whoever proves it is in without being approved."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    full_name = models.CharField(max_length=150, blank=True)
    organisation = models.CharField(max_length=150, blank=True)
    region = models.CharField(max_length=12, choices=Region, blank=True)
    profession = models.CharField(max_length=15, choices=Profession, blank=True)
    grade = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        app_label = "portal"
        ordering = ["email"]
        constraints = [models.UniqueConstraint(fields=["event", "email"], name="one_invitation_an_address_and_event")]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: object, **kwargs: object) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]
