"""How each person takes part in a room, and whose hand is up."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from breakouts.models import Room
from portal.models import Delegate, Event

LONGEST_NAME = 40


class Manner(models.TextChoices):
    LISTEN = "listen", "Listen"
    TYPE = "type", "Type"
    SPEAK = "speak", "Speak"


class Part(models.Model):
    """What somebody answered on entering. ``known_as`` is the name they go by in this room alone; empty: their own."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="parts")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="parts")
    manner = models.CharField(max_length=10, choices=Manner)
    known_as = models.CharField(max_length=LONGEST_NAME, blank=True)
    since = models.DateTimeField()

    class Meta:
        app_label = "breakouts"
        ordering = ["since", "pk"]
        verbose_name = "way of taking part"
        verbose_name_plural = "ways of taking part"
        constraints = [
            models.UniqueConstraint(fields=["room", "delegate"], name="one_part_a_room_and_person"),
            models.UniqueConstraint(
                "room", Lower("known_as"), condition=~Q(known_as=""), name="one_person_of_a_name_in_a_room"
            ),
            models.CheckConstraint(condition=Q(manner__in=Manner.values), name="a_part_is_one_of_three"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.room}"

    @property
    def name(self) -> str:
        """What the room calls them."""
        return self.known_as or self.delegate.name

    @property
    def event(self) -> Event:
        return self.room.event


class Hand(models.Model):
    """A raised hand: waiting, then called, then closed; ``spoken`` when it was closed after its turn."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hands")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="hands")
    raised_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    spoken = models.BooleanField(default=False)

    class Meta:
        app_label = "breakouts"
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "delegate"], condition=Q(closed_at=None), name="one_hand_a_room_and_person"
            ),
            models.UniqueConstraint(
                fields=["room"], condition=Q(called_at__isnull=False, closed_at=None), name="one_floor_a_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate}'s hand in {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event


def key_of(room_id: int, user_id: int) -> str:
    """What a person is called in what everyone in a room is sent: it finds oneself, and nobody else."""
    return salted_hmac("breakouts.taking_part", f"{room_id}.{user_id}").hexdigest()[:16]
