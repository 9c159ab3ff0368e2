"""How the people of a room speak with each other, and who is in it now."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from portal.models import Event, User

SIGNAL_LENGTH = 32_768


class Way(models.TextChoices):
    """The way a room speaks: none, a meeting elsewhere, directly between the browsers, or through Janus."""

    NONE = "none", "No voice or video"
    LINK = "link", "A meeting link (Teams, Zoom, Jitsi, BigBlueButton)"
    PEER = "peer", "In the page, directly between up to four people"
    JANUS = "janus", "In the page, through our own media server (Janus)"


def check_link(link: str) -> None:
    """Only https, and no name or password in the address. Raises ValidationError."""
    parts = urlsplit(link)
    if parts.scheme != "https" or not parts.hostname:
        raise ValidationError("Give the whole link, beginning with https://")
    if parts.username or parts.password:
        raise ValidationError("The link must not hold a name or password.")


class VoicePlan(models.Model):
    """What an organiser chooses, for an event and for a single room."""

    way = models.CharField("voice and video", max_length=10, choices=Way)
    link = models.CharField(
        "meeting link",
        max_length=1000,
        blank=True,
        validators=[URLValidator(["https"], message="Give the whole link, beginning with https://"), check_link],
        help_text="Given only to those with a place in the room, and only when they click.",
    )
    minutes_before = models.PositiveSmallIntegerField("the link works from, in minutes before the start", default=10)
    by_floor = models.BooleanField(
        "speaking only with the floor",
        default=False,
        help_text="Delegates can switch on a microphone or camera only when they are given the floor.",
    )
    recorded = models.BooleanField(
        "record the voices",
        default=False,
        help_text="Only of those who agree as they join, only through our own media server, and without pictures. "
        "Organisers find the recording on the room's voice page when the room is over.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        if self.way == Way.LINK and not self.link:
            raise ValidationError({"link": "Give the meeting's link, or choose another way."})
        if self.recorded and self.way != Way.JANUS:
            raise ValidationError({"recorded": "Only our own media server can record."})
        if self.recorded and not settings.JANUS_RECORDINGS:
            raise ValidationError({"recorded": "This portal has no place for recordings (JANUS_RECORDINGS)."})


class EventVoice(VoicePlan):
    """For every room of the event that has no plan of its own."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="voice")

    class Meta:
        verbose_name = "voice settings of an event"
        verbose_name_plural = "voice settings of events"

    def __str__(self) -> str:
        return f"{self.event}: {self.get_way_display()}"


class RoomVoice(VoicePlan):
    """For one room, in place of the event's."""

    room = models.OneToOneField("breakouts.Room", on_delete=models.CASCADE, primary_key=True, related_name="voice")

    class Meta:
        verbose_name = "voice settings of a room"
        verbose_name_plural = "voice settings of rooms"

    def __str__(self) -> str:
        return f"{self.room}: {self.get_way_display()}"

    @property
    def event(self) -> Event:
        return self.room.event


class CallerQuerySet(models.QuerySet["Caller"]):
    def present(self) -> "CallerQuerySet":
        return self.filter(seen_at__isnull=False)


class Caller(models.Model):
    """A person in the voice of a room, now or before: the floor they were given outlives a dropped line.

    ``entry`` counts their comings, so that what an earlier tab still sends is known as late.
    """

    room = models.ForeignKey("breakouts.Room", on_delete=models.CASCADE, related_name="callers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calls")
    name = models.CharField(max_length=150)
    entry = models.PositiveIntegerField(default=0)
    # Renewed every 20 seconds; none: not in. Sixty seconds without a word are an absence.
    seen_at = models.DateTimeField(null=True)
    microphone = models.BooleanField(default=False)
    camera = models.BooleanField(default=False)
    # How often they switched one of the two themselves: a page knows by it what is older than its own click.
    switched = models.PositiveIntegerField(default=0, db_default=0)
    floor = models.BooleanField(default=False)
    # They had a microphone on here, so facilitators need not look out for them any more.
    has_spoken = models.BooleanField(default=False, db_default=False)
    # They agreed as they came in.
    recorded = models.BooleanField(default=False)

    objects = CallerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="one_caller_a_person_and_room")]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """What is said to this person alone."""
        return f"voice.{self.pk}"

    @property
    def is_heard(self) -> bool:
        return self.microphone or self.camera


class Signal(models.Model):
    """What one browser says to another to find the way to it. Gone as soon as either comes anew."""

    to = models.ForeignKey(Caller, on_delete=models.CASCADE, related_name="signals")
    by = models.ForeignKey(Caller, on_delete=models.CASCADE, related_name="signals_sent")
    entry = models.PositiveIntegerField()
    version = models.BigIntegerField()
    body = models.TextField(max_length=SIGNAL_LENGTH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to", "version"], name="one_signal_a_caller_and_version")]

    def __str__(self) -> str:
        return f"{self.by} to {self.to}"
