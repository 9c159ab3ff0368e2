"""Those who lead a room, whom they removed, and their calls for help."""

from django.db import models
from django.db.models import F, Q

from breakouts.models import Room
from portal.models import Delegate, Event, User

MOST_FACILITATORS = 2
LONGEST_REASON = 250


class Facilitator(models.Model):
    """One of the two delegates who lead a room. They need no seat in it."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="facilitators")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="leads")
    place = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        app_label = "breakouts"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["room", "delegate"], name="one_place_a_facilitator"),
            models.UniqueConstraint(fields=["room", "place"], name="one_facilitator_a_place"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_FACILITATORS), name="two_facilitators_a_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} leads {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event


class Removal(models.Model):
    """A delegate who may not come back to this room, and why."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="removals")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="removals")
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "breakouts"
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["room", "delegate"], name="one_removal_a_room_and_person")]

    def __str__(self) -> str:
        return f"{self.delegate} from {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event


class HelpCall(models.Model):
    """A room asks for an organiser. Open until done; whoever takes it says so."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="help_calls")
    words = models.CharField(max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "breakouts"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=Q(done_at=None), name="one_open_call_a_room"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(done_at__gte=F("at")), name="a_call_is_done_after_it_was_made"
            ),
        ]

    def __str__(self) -> str:
        return f"Help in {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event
