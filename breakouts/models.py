"""Rounds, their rooms, and who sits where."""

from datetime import datetime, timedelta
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

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
    release_after = models.PositiveSmallIntegerField(
        "minutes until an untaken seat may go",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="After so many minutes, a seat nobody has come to goes to who waits for it. Empty: never.",
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

    def has_begun(self, now: datetime) -> bool:
        return self.session.starts <= now

    def untaken(self, now: datetime) -> Q:
        """Which of its seats may go to somebody who waits: nobody came, so long after the start or the choice."""
        if self.release_after is None:
            return NONE
        latest = now - timedelta(minutes=self.release_after)
        due = self.session.starts <= latest and now < self.session.ends
        return Q(round=self.pk, taken_up_at=None, chosen_at__lte=latest) if due else NONE


NONE = Q(pk__in=[])


class RoomQuerySet(models.QuerySet["Room"]):
    def counted(self, now: datetime, untaken: Q) -> "models.QuerySet[Any]":
        """Each room with how many are ``seated``, ``held`` for an answer, ``absent`` of those seated, and wait in line.

        ``untaken`` says which seats count as absent. In a line who is suspended is passed over, and a lapsed offer is
        in it again until it is taken out of it.
        """
        seats, waiting = Seat.objects.all(), Waiting.objects.all()
        return self.annotate(
            seated=_count(seats),
            held=_count(waiting.filter(offered_until__gt=now)),
            in_line=_count(waiting.filter(delegate__suspended_at=None).exclude(offered_until__gt=now)),
            absent=_count(seats.filter(untaken)) if untaken != NONE else models.Value(0),
        )


def _count(rows: QuerySet[Any]) -> Any:
    """How many of the rows are each room's: queries of their own, because joins would multiply each other."""
    mine = rows.filter(room=OuterRef("pk")).order_by().values("room").annotate(number=Count("pk"))
    return Coalesce(Subquery(mine.values("number")), 0)


class Room(models.Model):
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rooms")
    title = models.CharField(max_length=150)
    theme = models.TextField(blank=True)
    hosts = models.CharField("who leads it", max_length=250, blank=True)
    capacity = models.PositiveIntegerField("places", validators=[MinValueValidator(1)])
    access = models.CharField(
        max_length=200,
        blank=True,
        help_text="What this room has for access, such as live captions, BSL or a quiet pace.",
    )
    locked = models.BooleanField(default=False, help_text="Nobody chooses this room any more; who is in it stays.")
    sister_of = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="sisters"
    )
    position = models.PositiveSmallIntegerField("order", default=0)
    conversation = models.OneToOneField(Conversation, on_delete=models.RESTRICT, related_name="room", editable=False)
    pseudonyms_allowed = models.BooleanField(
        "other names are allowed",
        default=False,
        help_text="Who comes in may go by another name in this room. The audit keeps who that is.",
    )
    # How much longer than the programme says its talk goes on.
    extra_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    # When those who lead it ended it before its time.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

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
        """When its talk ends: with the session, as much later as its facilitators asked for, or when they ended it."""
        latest = self.round.session.ends + timedelta(minutes=self.extra_minutes)
        return min(self.ended_at, latest) if self.ended_at and self.has_ended_early else latest

    @property
    def has_ended_early(self) -> bool:
        """Whether those who lead it ended it before its time."""
        # An end before the start is of the hour from which the session was moved.
        return self.ended_at is not None and self.ended_at > self.round.session.starts

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
    taken_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    # An organiser's own words; empty for everybody who fits.
    beyond_places = models.CharField("reason for going over the places", max_length=250, blank=True)

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "delegate"], name="one_seat_a_delegate_and_round")]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.room}"

    @property
    def event(self) -> Event:
        return self.round.event


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def standing(self) -> "WaitingQuerySet":
        """Who is being asked is out of the line, and who is suspended is passed over."""
        return self.filter(offered_until=None, delegate__suspended_at=None)


class Waiting(models.Model):
    """A delegate's one place in a line of a round; whoever joined first has the lowest number.

    ``offered_until`` says that a place is being held, and that this person, who sits elsewhere, is being asked.
    ``swap_until`` says that they were asked, until then, to swap; no place is held for that.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="waiting")
    room = models.ForeignKey(Room, on_delete=models.RESTRICT, related_name="waiting")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="waiting")
    since = models.DateTimeField()
    offered_until = models.DateTimeField(null=True, blank=True)
    swap_until = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField("agreed to swap", default=False)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "place in a line"
        verbose_name_plural = "places in lines"
        constraints = [
            models.UniqueConstraint(fields=["round", "delegate"], name="one_waiting_place_a_delegate_and_round")
        ]

    def __str__(self) -> str:
        return f"{self.delegate} waits for {self.room}"

    @property
    def event(self) -> Event:
        return self.round.event


class Notice(models.Model):
    """What happened to a delegate's place without their doing, until they have read it: the latest in a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="notices")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="room_notices")
    words = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["round", "delegate"], name="one_notice_a_delegate_and_round")]

    def __str__(self) -> str:
        return self.words


class NotAsking(models.Model):
    """A delegate who does not want to be asked in the lobby to choose a room."""

    delegate = models.OneToOneField(Delegate, on_delete=models.CASCADE, related_name="not_asking", primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.delegate} is not asked"


# Their tables are of this app too.
from breakouts.hosting import models as hosting  # noqa: E402, F401
from breakouts.notes import models as notes  # noqa: E402, F401
from breakouts.taking_part import models as taking_part  # noqa: E402, F401
from breakouts.voice import models as voice  # noqa: E402, F401
