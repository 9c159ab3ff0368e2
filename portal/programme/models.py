from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.events.models import Event

embed_id = RegexValidator(r"^[A-Za-z0-9_-]{1,40}$", "Write the film's id only, not its address.")


class Speaker(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="speakers")
    # Who may open the speaker's page; nobody until an organiser says so.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="speakers"
    )
    name = models.CharField(max_length=150)
    title = models.CharField("role or post", max_length=200, blank=True)
    about = models.TextField(blank=True)
    photo = models.ImageField(upload_to="speakers/", blank=True)
    # The record gives no name for this person.
    placeholder = models.BooleanField(default=False)

    class Meta:
        app_label = "portal"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:speaker", args=[self.event.slug, self.pk])

    @property
    def photo_url(self) -> str:
        return reverse("portal:photo", args=[self.event.slug, self.pk]) if self.photo else ""


class Kind(models.TextChoices):
    KEYNOTE = "keynote", "Keynote"
    SHOWCASE = "showcase", "Showcase"
    ROUND = "round", "Breakout rooms"
    TALK = "talk", "Talk"
    BREAK = "break", "Break"
    LOBBY = "lobby", "Lobby"


class Provider(models.TextChoices):
    NONE = "", "No embed"
    YOUTUBE = "youtube", "YouTube"
    VIMEO = "vimeo", "Vimeo"


class Session(models.Model):
    """A slot of the programme. A round's rooms belong to it from above."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TALK)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    speakers = models.ManyToManyField(Speaker, blank=True, related_name="sessions")
    provider = models.CharField("embed from", max_length=10, choices=Provider, blank=True, default="")
    embed = models.CharField("embed id", max_length=40, blank=True, validators=[embed_id])

    class Meta:
        app_label = "portal"
        ordering = ["starts", "ends", "pk"]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="session_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": "A session must end after it starts."})
        if bool(self.provider) != bool(self.embed):
            raise ValidationError({"embed": "Give both the provider and the film's id, or neither."})

    def get_absolute_url(self) -> str:
        return reverse("portal:session", args=[self.event.slug, self.pk])

    def is_on(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends
