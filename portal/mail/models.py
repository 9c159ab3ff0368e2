from django.db import models


class OutboxMail(models.Model):
    """A mail that must go once: written in the transaction that causes it, sent by a task or the sweep."""

    # What the mail is about, so that the same cause never writes a second one.
    key = models.CharField(max_length=200, unique=True)
    # Named and not imported: mail is below events.
    event = models.ForeignKey("portal.Event", null=True, on_delete=models.CASCADE, related_name="mails")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    # An .ics that goes with it.
    calendar = models.TextField(blank=True)
    created_at = models.DateTimeField()
    # After a failure, when it is tried again.
    due_at = models.DateTimeField(db_index=True)
    # When it is no longer true, and does not go any more.
    until = models.DateTimeField(null=True, blank=True)
    # Until when one worker holds it.
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Refused for good, when it was handed over or by a message that came back later.
    bounced_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "portal"
        verbose_name = "mail"
        verbose_name_plural = "outgoing mail"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class Wording(models.Model):
    """An event's own words for an occasion; where there is no row, the portal's are used."""

    event = models.ForeignKey("portal.Event", on_delete=models.CASCADE, related_name="wordings")
    occasion = models.CharField(max_length=30)
    subject = models.CharField(max_length=150)
    text = models.TextField(max_length=5000)

    class Meta:
        app_label = "portal"
        verbose_name = "wording of mail"
        verbose_name_plural = "wordings of mail"
        constraints = [models.UniqueConstraint(fields=["event", "occasion"], name="one_wording_an_event_and_occasion")]

    def __str__(self) -> str:
        return self.subject
