"""Replies as sums alone, and who need not be asked again. Nothing here leads from the one to the other.

A reply is no row: it adds one to a sum for each question, so that there is no person, moment, order or combination of
answers to find, even for who holds the database. All sums of an event are written by each reply, and its person's row
has no moment of its own.
"""

import uuid

from django.db import models

from portal.events.models import Event
from portal.people.models import Delegate


class Tally(models.Model):
    """How many chose an answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="equality_tallies")
    question = models.SlugField(max_length=20)
    answer = models.SlugField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "portal"
        constraints = [models.UniqueConstraint(fields=["event", "question", "answer"], name="one_tally_an_answer")]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"


class Asked(models.Model):
    """This delegate has replied, or asked not to be asked; which of the two is not kept."""

    delegate = models.OneToOneField(Delegate, on_delete=models.CASCADE, primary_key=True, related_name="equality_asked")

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return str(self.delegate)


class Frozen(models.Model):
    """What may be shown, made once from the sums and never again, so that no two looks can be subtracted.

    ``total`` None says that too few replied; ``tables`` holds shown numbers only, by question and answer.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="equality_report")
    day = models.DateField()
    total = models.PositiveIntegerField(null=True)
    tables = models.JSONField(default=dict)

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return f"Equality monitoring on {self.day}"
