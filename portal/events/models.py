"""The event, what was done in it, and what was announced."""

from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.dateformat import format as draw

from portal.window import Window, access_window

RESERVED = {"admin", "accounts", "live", "static", "files", "healthz", "readyz", "mailbox", "enter", "media"}
colour = RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write a colour like #3b1a45.")


def check_slug(slug: str) -> None:
    if slug in RESERVED:
        raise ValidationError(f"The address {slug} belongs to the portal itself: choose another.")


def check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise ValidationError(f"{zone} is not a time zone: write one like Europe/London.")


class Entry(models.TextChoices):
    OPEN = "open", "Everyone who registers is in"
    APPROVAL = "approval", "An organiser approves, unless invited"


class Event(models.Model):
    """One edition of an assembly, with the window in which its portal is open."""

    slug = models.SlugField("address", unique=True, validators=[check_slug], help_text="/this-part/ of the address")
    name = models.CharField(max_length=150)
    strapline = models.CharField(max_length=250, blank=True)
    about = models.TextField(blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    zone = models.CharField("time zone", max_length=60, default="Europe/London", validators=[check_zone])
    days_before = models.PositiveSmallIntegerField("opens days before", default=5, validators=[MaxValueValidator(60)])
    months_after = models.PositiveSmallIntegerField(
        "on demand for months", default=6, validators=[MaxValueValidator(60)]
    )
    registration_opens = models.DateTimeField(null=True, blank=True, help_text="Empty: registration is open now.")
    entry = models.CharField("coming in", max_length=10, choices=Entry, default=Entry.OPEN)
    capacity = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: no limit, and no waiting list."
    )
    confirm_hours = models.PositiveSmallIntegerField(
        "hours to confirm", default=24, validators=[MinValueValidator(1), MaxValueValidator(336)],
        help_text="How long a free place is held for the first in line.",
    )  # fmt: skip
    conduct = models.TextField("code of conduct", blank=True, help_text="Empty: the portal's own words.")
    privacy = models.TextField(
        "privacy", blank=True,
        help_text="What is kept, why and who sees it. Empty: the portal's own words. The rest follows by itself.",
    )  # fmt: skip
    contact = models.EmailField("contact address", blank=True)
    logo = models.ImageField(upload_to="logos/", blank=True)
    brand = models.CharField(max_length=7, blank=True, validators=[colour])
    brand_ink = models.CharField("text on brand", max_length=7, blank=True, validators=[colour])
    accent = models.CharField(max_length=7, blank=True, validators=[colour])
    organisers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="organised_events")
    access_leads = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="access_led_events",
        help_text="Only they see who needs what so that they can take part.",
    )  # fmt: skip
    # Last year's event, whose delegates may be asked again.
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="copies"
    )
    # What the sweep has done; access never asks these.
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The newest announcement: every page shows it for a while, and asks no query of its own for it.
    announced = models.ForeignKey(
        "Announcement", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "portal"
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="event_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/{self.slug}/"

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day cannot come before the first."})

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def window(self) -> Window:
        return access_window(self.first_day, self.last_day, self.zone, self.days_before, self.months_after)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.tz)

    def clock(self, moment: datetime, style: str = "g:iA") -> str:
        """A time of day as pages write it: "8:02pm", and with the style "g:i:sA" also its seconds."""
        return draw(self.local(moment), style).lower()


class Announcement(models.Model):
    """Words to everyone in the event; a row of the log ``announcements.<event id>``."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="announcements")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    version = models.BigIntegerField(default=0, editable=False)

    class Meta:
        app_label = "portal"
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text


class AuditEntry(models.Model):
    """Who did what, when. Written by services, changed by nobody. Nothing in the product reads it."""

    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="audit")
    at = models.DateTimeField()
    # Empty: the portal itself.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=250, blank=True)

    class Meta:
        app_label = "portal"
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit"

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}".strip()
