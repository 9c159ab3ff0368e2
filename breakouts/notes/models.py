"""What a room writes down together: what it heard, its ideas, what it asks for."""

from django.db import models

from breakouts.models import Room
from portal.models import Delegate, Event, User

LONGEST = 10_000


class Section(models.TextChoices):
    HEARD = "heard", "What we heard"
    IDEAS = "ideas", "Ideas"
    ASKS = "asks", "What we ask for"


class NoteTaker(models.Model):
    """The one person named to write a room's notes; its facilitators and organisers may too."""

    room = models.OneToOneField(Room, on_delete=models.CASCADE, primary_key=True, related_name="note_taker")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="notes_for")

    class Meta:
        app_label = "breakouts"
        verbose_name = "note-taker"

    def __str__(self) -> str:
        return f"{self.delegate} for {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event


class Note(models.Model):
    """A section as it stands. ``version`` is that of the room's notes at its latest change."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="notes")
    section = models.CharField(max_length=10, choices=Section)
    text = models.TextField(blank=True, max_length=LONGEST)
    version = models.BigIntegerField()
    # As the room knows them.
    by_name = models.CharField("written by", max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "breakouts"
        ordering = ["room", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "section"], name="one_note_a_section"),
            models.UniqueConstraint(fields=["room", "version"], name="one_note_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.get_section_display()} in {self.room}"

    @property
    def event(self) -> Event:
        return self.room.event


class Wording(models.Model):
    """What a section said after somebody's minute of writing, or what somebody typed that did not go in."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="wordings")
    section = models.CharField(max_length=10, choices=Section)
    text = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField("written by", max_length=200)
    at = models.DateTimeField()
    # Somebody else had changed the section meanwhile.
    set_aside = models.BooleanField(default=False)

    class Meta:
        app_label = "breakouts"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["room", "section", "-at"], name="how_a_section_came_about")]

    def __str__(self) -> str:
        return self.text[:60]
