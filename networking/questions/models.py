"""What people ask. An anonymous question has no asker: there is nothing to hide and nothing to find."""

import secrets

from django.db import models
from django.db.models import Q

from networking.models import Conversation, author_key
from portal.events.models import Event
from portal.people.models import Delegate

LONGEST = 500
LONGEST_ANSWER = 2000


def draw_number() -> int:
    """A number that says nothing of when or after whom; small enough to be exact in a script."""
    return 1 + secrets.randbelow(2**52)


class State(models.TextChoices):
    PENDING = "pending", "Waiting"
    APPROVED = "approved", "Open"
    ANSWERING = "answering", "Answering now"
    ANSWERED = "answered", "Answered"
    DISMISSED = "dismissed", "Dismissed"
    WITHDRAWN = "withdrawn", "Taken back"


PUBLIC = (State.ANSWERING, State.APPROVED, State.ANSWERED)
VOTABLE = (State.APPROVED, State.ANSWERING)


class Asking(models.Model):
    """How questions are taken in a conversation; without a row they are open and shown at once."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, primary_key=True, related_name="asking")
    is_open = models.BooleanField("questions are taken", default=True)
    moderated = models.BooleanField("a moderator sees each question first", default=False)

    class Meta:
        app_label = "networking"
        verbose_name = "taking questions"
        verbose_name_plural = "taking questions"

    def __str__(self) -> str:
        return f"Questions in {self.conversation}"

    @property
    def event(self) -> Event:
        return self.conversation.event


class Question(models.Model):
    """``version`` is that of the log's latest change to this row; none while only moderators see it.

    ``mark`` is the keyed hash of a secret that only the asker's browser has. Of an anonymous question ``at``
    is the minute in which it was released, not the moment of asking.
    """

    id = models.BigIntegerField(primary_key=True, default=draw_number, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="questions")
    anonymous = models.BooleanField(default=False)
    asker = models.ForeignKey(Delegate, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions")
    # What the asker is called in this conversation, where that is another name than their own.
    known_as = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=LONGEST)
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.APPROVED)
    # Of one that was hidden: it had been answered by then.
    was_answered = models.BooleanField(default=False, db_default=False, editable=False)
    at = models.DateTimeField()
    version = models.BigIntegerField(null=True, editable=False)
    mark = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        app_label = "networking"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(asker=None), name="an_anonymous_question_has_no_asker"
            ),
            models.UniqueConstraint(fields=["conversation", "version"], name="one_question_a_version"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state="answering"), name="one_question_answered_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["conversation", "state"], name="questions_by_state")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def event(self) -> Event:
        return self.conversation.event

    @property
    def asked_by(self) -> str:
        """What everybody is told: never the asker's own name where they go by another."""
        if self.anonymous:
            return "Anonymous"
        return self.known_as or (self.asker.name if self.asker else "A former delegate")

    @property
    def asker_key(self) -> str:
        """Finds one's own questions; nothing where nobody is to be found by it."""
        if self.asker is None:
            return ""
        return author_key(self.conversation_id, self.asker.user_id)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def is_votable(self) -> bool:
        return self.state in VOTABLE


class HeldQuestion(models.Model):
    """An anonymous question on its way, kept back for a random while, to be released among others."""

    id = models.BigIntegerField(primary_key=True, default=draw_number, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="held_questions")
    text = models.CharField(max_length=LONGEST)
    release_after = models.DateTimeField()
    mark = models.CharField(max_length=64, unique=True)

    class Meta:
        app_label = "networking"

    def __str__(self) -> str:
        return f"held until {self.conversation.event.clock(self.release_after)}"


class Upvote(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="upvotes")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="upvotes")

    class Meta:
        app_label = "networking"
        constraints = [models.UniqueConstraint(fields=["question", "delegate"], name="one_upvote_a_person")]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.question_id}"


def questions_channel(conversation_id: int) -> str:
    """The log of questions everyone sees."""
    return f"conversation.{conversation_id}.questions"


def upvotes_channel(conversation_id: int) -> str:
    """The gauge of their votes."""
    return f"conversation.{conversation_id}.upvotes"


def queue_channel(conversation_id: int) -> str:
    """The gauge of what waits, for those who lead the conversation."""
    return f"conversation.{conversation_id}.queue"
