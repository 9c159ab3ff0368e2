from django.db import models


class OutboxMail(models.Model):
    """A mail that must go once: written in the transaction that causes it, sent by a task or the sweep."""

    # What the mail is about, so that the same cause never writes a second one.
    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    # An .ics that goes with it.
    calendar = models.TextField(blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    # Until when one worker holds it.
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "portal"
        verbose_name = "mail"
        verbose_name_plural = "outgoing mail"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
