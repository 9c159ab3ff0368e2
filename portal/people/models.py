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


class Delegate(models.Model):
    """A person registered for one event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="delegates")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegates")
    name = models.CharField("full name", max_length=150)
    organisation = models.CharField(max_length=150)
    role = models.CharField(max_length=10, choices=Role)
    # Found in the directory only by those who chose it.
    listed = models.BooleanField("in the directory", default=False)
    interests = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField()
    # Organisers put them out of the event. Written by whoever moderates, with a revocation.
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The sweep has written "the portal is open" to them.
    told_open_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        app_label = "portal"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="one_registration_a_person_and_event")]

    def __str__(self) -> str:
        return self.name


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
