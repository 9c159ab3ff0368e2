"""Rounds, their rooms, and who sits where."""

from datetime import datetime, timedelta
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Q

from networking.models import Conversation
from portal.models import Delegate, Event, Session


class Round(models.Model):
    """A slot of the programme with rooms to choose from; its times are the session's.

    It shares the session's number, so an address of the one is an address of the other.
    """

    session = models.OneToOneField(
        Session,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="round",
        limit_choices_to={"kind": "round"},
    )

    class Meta:
        ordering = ["session__starts", "pk"]

    def __str__(self) -> str:
        return self.session.title

    @property
    def event(self) -> Event:
        return self.session.event

    @property
    def channel(self) -> str:
        """The gauge that says how many places are left."""
        return f"round.{self.pk}.places"


class RoomQuerySet(models.QuerySet["Room"]):
    def with_seated(self) -> "models.QuerySet[Any]":
        """Each room with ``seated``, the number of its seats."""
        return self.annotate(seated=Count("seats"))


class Room(models.Model):
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rooms")
    title = models.CharField(max_length=150)
    theme = models.TextField(blank=True)
    hosts = models.CharField("who leads it", max_length=250, blank=True)
    capacity = models.PositiveIntegerField("places", validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField("order", default=0)
    conversation = models.OneToOneField(Conversation, on_delete=models.RESTRICT, related_name="room", editable=False)
    pseudonyms_allowed = models.BooleanField(
        "other names are allowed",
        default=False,
        help_text="Who comes in may go by another name in this room. The audit keeps who that is.",
    )
    # How much longer than the programme says its talk goes on.
    extra_minutes = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "title"],
                name="one_room_of_a_title_in_a_round",
                violation_error_message="This round has a room of that title already.",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="a_room_has_a_place"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def event(self) -> Event:
        return self.round.event

    @property
    def closes(self) -> datetime:
        """When its talk ends: with the session, or as much later as its facilitators have asked for."""
        return self.round.session.ends + timedelta(minutes=self.extra_minutes)

    def is_on(self, now: datetime) -> bool:
        return self.round.session.starts <= now < self.closes

    def channel(self, part: str) -> str:
        return f"room.{self.pk}.{part}"


class Seat(models.Model):
    """A delegate's one choice in a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    # A room that people chose is not deleted from under them.
    room = models.ForeignKey(Room, on_delete=models.RESTRICT, related_name="seats")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="seats")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "delegate"], name="one_seat_a_delegate_and_round")]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.room}"

    @property
    def event(self) -> Event:
        return self.round.event


# Their tables are of this app too.
from breakouts.hosting import models as hosting  # noqa: E402, F401
from breakouts.notes import models as notes  # noqa: E402, F401
from breakouts.taking_part import models as taking_part  # noqa: E402, F401
from breakouts.voice import models as voice  # noqa: E402, F401
