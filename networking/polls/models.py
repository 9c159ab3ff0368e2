"""What is put to the vote beside a conversation."""

from django.db import models
from django.db.models import Q

from networking.models import Conversation
from portal.events.models import Event
from portal.people.models import Delegate

LONGEST, LONGEST_OPTION = 300, 150
FEWEST_OPTIONS, MOST_OPTIONS = 2, 10


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    REMOVED = "removed", "Removed"


SHOWN = (State.OPEN, State.CLOSED)


class Poll(models.Model):
    """``version`` is that of the log's latest change to this row; none for a draft."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="polls")
    text = models.CharField("question", max_length=LONGEST)
    multiple = models.BooleanField("several answers may be chosen", default=False)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    results_shown = models.BooleanField("results are shown", default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.BigIntegerField(null=True, editable=False)

    class Meta:
        app_label = "networking"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["conversation", "version"], name="one_poll_a_version")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def event(self) -> Event:
        return self.conversation.event

    @property
    def is_shown(self) -> bool:
        return self.state in SHOWN

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN


class Option(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(max_length=LONGEST_OPTION)
    position = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "networking"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="one_option_a_position"),
            models.UniqueConstraint(fields=["poll", "text"], name="an_option_is_offered_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    """One person's choice of one option. ``only`` is set where one may be chosen, and then there is one."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="votes")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="votes")
    only = models.BooleanField()

    class Meta:
        app_label = "networking"
        constraints = [
            models.UniqueConstraint(fields=["option", "delegate"], name="one_vote_an_option_and_person"),
            models.UniqueConstraint(
                fields=["poll", "delegate"], condition=Q(only=True), name="a_single_choice_is_one_vote"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} in poll {self.poll_id}"


def polls_channel(conversation_id: int) -> str:
    """The log of polls: opened, closed, shown, removed."""
    return f"conversation.{conversation_id}.polls"


def results_channel(conversation_id: int) -> str:
    """The gauge of how the votes stand."""
    return f"conversation.{conversation_id}.results"
