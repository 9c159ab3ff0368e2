"""Asking somebody to talk, and how far each person has read."""

from django.db import models
from django.db.models import F, Q

from networking.models import Conversation
from portal.events.models import Event
from portal.people.models import Delegate

PENDING = "pending"


class State(models.TextChoices):
    PENDING = PENDING, "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Not this time"
    WITHDRAWN = "withdrawn", "Taken back"


class TalkRequest(models.Model):
    """One delegate asks another to talk; with ``conversation``, to join a talk that there is."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="talk_requests")
    sender = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="requests_sent")
    receiver = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="requests_received")
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    answered_at = models.DateTimeField(null=True, blank=True)
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="requests"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "receiver"],
                condition=Q(state=PENDING, conversation=None),
                name="one_open_request_a_pair",
            ),
            models.UniqueConstraint(
                fields=["conversation", "receiver"], condition=Q(state=PENDING), name="one_open_invitation_a_person"
            ),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="nobody_asks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.sender} to {self.receiver}"


class Reading(models.Model):
    """How far a person has read a conversation, on whichever device."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="readings")
    # A message's id and not a version: an edited message is not new.
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "delegate"], name="one_mark_a_reader_and_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.conversation} up to {self.up_to}"
