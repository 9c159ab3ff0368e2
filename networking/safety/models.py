"""What keeps talk safe: blocks, reports, mutes, and how much of it is read out."""

from datetime import datetime

from django.db import models
from django.db.models import Expression, F, Q

from networking.models import Conversation, Message
from networking.questions.models import Question
from portal.events.models import Event
from portal.people.models import Delegate, User


class Block(models.Model):
    """One delegate does not want to hear another."""

    blocker = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="blocked_by")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker} blocks {self.blocked}"


class Reason(models.TextChoices):
    UNKIND = "unkind", "It is unkind, or singles somebody out"
    DISCRIMINATES = "discriminates", "It discriminates against somebody"
    PRIVATE = "private", "It says something private, such as details of a patient"
    UNWANTED = "unwanted", "It is advertising, or nothing to do with the event"
    DANGER = "danger", "Somebody may be in danger"
    OTHER = "other", "Something else"


class Outcome(models.TextChoices):
    """As who reported it reads of it. Whoever decides reads an act (``queries.acts_of``)."""

    NOTHING = "nothing", "No rule was broken"
    SPOKEN = "spoken", "The organisers spoke with the person"
    REMOVED = "removed", "It was removed"
    MUTED = "muted", "The person was muted for a time"
    SUSPENDED = "suspended", "The person was put out of the event"


class Report(models.Model):
    """A delegate asks the organisers to look at a message, a question or a person. Open until it has an outcome.

    About nobody where an anonymous question is reported: nobody knows who asked it.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reports")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="reports")
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.CASCADE, related_name="reports")
    about = models.ForeignKey(Delegate, null=True, blank=True, on_delete=models.CASCADE, related_name="reports_about")
    reporter = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=15, choices=Reason)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    note = models.CharField("note for organisers", max_length=500, blank=True)
    answer = models.CharField("words to who reported it", max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "reporter"], name="one_report_a_message_and_person"),
            models.UniqueConstraint(fields=["question", "reporter"], name="one_report_a_question_and_person"),
            models.CheckConstraint(
                condition=Q(about__isnull=False) | Q(question__isnull=False), name="a_report_is_about_something"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="an_outcome_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["event", "outcome"], name="reports_by_outcome")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.about or 'an anonymous question'}"

    @property
    def about_name(self) -> str:
        """For organisers: whose words these are."""
        return self.about.name if self.about else "somebody who asked anonymously"

    @property
    def said_by(self) -> str:
        """For who reported it: the name under which it was said."""
        if self.message:
            return self.message.author_name
        return self.question.asked_by if self.question else self.about_name


class MuteQuerySet(models.QuerySet["Mute"]):
    def holding(self, now: datetime | Expression) -> "MuteQuerySet":
        return self.filter(until__gt=now)


class Mute(models.Model):
    """A delegate may read a conversation and not add to it until then."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="mutes")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="mutes")
    at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # What whoever reads of it may know them by.
    name = ""

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "delegate"], name="one_mute_a_place_and_person")]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.conversation}"


class Announce(models.TextChoices):
    ALL = "all", "Everything"
    MENTIONS = "mentions", "Only what calls me by name"
    NOTHING = "nothing", "Nothing"


class Manner(models.Model):
    """How talk reaches a person, kept over all their devices."""

    delegate = models.OneToOneField(Delegate, on_delete=models.CASCADE, primary_key=True, related_name="manner")
    announce = models.CharField(max_length=10, choices=Announce, default=Announce.MENTIONS)

    def __str__(self) -> str:
        return self.announce
