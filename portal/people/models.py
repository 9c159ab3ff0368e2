from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction

from portal.clock import now
from portal.events.models import Event


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str = "", **fields: Any) -> "User":
        """A person without a password: they sign in by code or passkey."""
        from allauth.account.models import EmailAddress

        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_unusable_password()
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            # The mailed code proves it later; without this row there would be nothing to prove.
            EmailAddress.objects.create(user=user, email=user.email, primary=True)
        return user

    def create_superuser(self, email: str, name: str = "", **fields: Any) -> "User":
        fields.pop("password", None)
        return self.create_user(email, name, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by their address, over all events."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("full name", max_length=150, blank=True)
    is_staff = models.BooleanField("organiser", default=False, help_text="May enter the admin of their own events.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        app_label = "portal"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    LEARNER = "learner", "Learner"
    EDUCATOR = "educator", "Educator"
    LEADER = "leader", "Leader"
    OTHER = "other", "Something else"


class Region(models.TextChoices):
    EAST = "east", "East of England"
    LONDON = "london", "London"
    MIDLANDS = "midlands", "Midlands"
    NORTH_EAST = "north-east", "North East and Yorkshire"
    NORTH_WEST = "north-west", "North West"
    SOUTH_EAST = "south-east", "South East"
    SOUTH_WEST = "south-west", "South West"
    NORTHERN_IRELAND = "ni", "Northern Ireland"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"
    ELSEWHERE = "elsewhere", "Somewhere else"


class Profession(models.TextChoices):
    MEDICINE = "medicine", "Medicine"
    DENTISTRY = "dentistry", "Dentistry and dental care"
    NURSING = "nursing", "Nursing"
    MIDWIFERY = "midwifery", "Midwifery"
    ALLIED = "allied", "Allied health professions"
    PHARMACY = "pharmacy", "Pharmacy"
    SCIENCE = "science", "Healthcare science"
    PSYCHOLOGY = "psychology", "Psychological professions"
    PUBLIC_HEALTH = "public-health", "Public health"
    MANAGEMENT = "management", "Management and administration"
    OTHER = "other", "Something else"


class State(models.TextChoices):
    """Where a registration stands. Only who is approved is in; somebody waiting may hold an offer."""

    APPLIED = "applied", "Applied"
    WAITING = "waiting", "On the waiting list"
    APPROVED = "approved", "Approved"
    CANCELLED = "cancelled", "Cancelled"
    REFUSED = "refused", "Refused"


class ApprovedManager(models.Manager["Delegate"]):
    """The default manager, so that no page can forget to ask: who is not approved is no delegate."""

    def get_queryset(self) -> models.QuerySet["Delegate"]:
        return super().get_queryset().filter(state=State.APPROVED)


class Delegate(models.Model):
    """A person registered for one event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="delegates")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegates")
    full_name = models.CharField(max_length=150, blank=True)
    # What others see: the full name, unless they chose another.
    name = models.CharField("name to show", max_length=150)
    pronouns = models.CharField(max_length=40, blank=True)
    organisation = models.CharField(max_length=150)
    region = models.CharField(max_length=12, choices=Region, blank=True)
    profession = models.CharField(max_length=15, choices=Profession, blank=True)
    grade = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=10, choices=Role)
    conduct_agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whether they may be seen and heard in recordings; None was never asked.
    recorded = models.BooleanField("agrees to be recorded", null=True, blank=True)
    # May be invited to the next event.
    ask_again = models.BooleanField("may be invited again", default=False)
    # Found in the directory only by those who chose it.
    listed = models.BooleanField("in the directory", default=False)
    interests = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.APPROVED, editable=False)
    # The place in line, and until when a free place is held for them. Only while waiting.
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    offered_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Organisers put them out of the event. Written by whoever moderates, with a revocation.
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The address of their calendar names it; raised, every older address is nobody's.
    calendar_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[ApprovedManager] = ApprovedManager()
    # In whatever state.
    registrations: ClassVar[models.Manager["Delegate"]] = models.Manager()

    class Meta:
        app_label = "portal"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="one_registration_a_person_and_event")]
        indexes = [models.Index(fields=["event", "state", "queued_at"], name="places_and_line_of_an_event")]

    def __str__(self) -> str:
        return self.name

    def has_offer(self, now: datetime) -> bool:
        """A place is held for them. The clock ends it, however late the sweep is."""
        return self.state == State.WAITING and self.offered_until is not None and now < self.offered_until


class StateChange(models.Model):
    """Who changed a registration, when and why. ``by`` None is the portal itself."""

    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=250)

    class Meta:
        app_label = "portal"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.why}"


class Reminder(models.Model):
    """That everybody was written to for an occasion that fell on a day, or that it was too late to."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reminders")
    occasion = models.CharField(max_length=30)
    day = models.DateField()
    at = models.DateTimeField()
    missed = models.BooleanField(default=False)

    class Meta:
        app_label = "portal"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "occasion", "day"], name="one_reminder_an_event_occasion_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.occasion} on {self.day}"


class Attendance(models.Model):
    """First and last seen, per delegate, civil day and phase: the figures of the day come from here."""

    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="attendance")
    day = models.DateField()
    phase = models.CharField(max_length=20)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        app_label = "portal"
        constraints = [
            models.UniqueConstraint(fields=["delegate", "day", "phase"], name="one_attendance_a_delegate_day_and_phase")
        ]
        indexes = [models.Index(fields=["day", "phase"], name="attendance_by_day")]

    def __str__(self) -> str:
        return f"{self.delegate} on {self.day}"
