from django.db import models

from portal.people.models import Delegate, User


class NeedKind(models.TextChoices):
    CAPTIONS = "captions", "Live captions"
    BSL = "bsl", "A British Sign Language (BSL) interpreter"
    LARGE_PRINT = "large-print", "Slides and documents in large print"
    BREAKS = "breaks", "Breaks at fixed times"
    OTHER = "other", "Something else"


class AccessNeed(models.Model):
    """What somebody needs so that they can take part: a task with an owner until it is arranged.

    Health data: the access leads and the person alone see it, and it goes one month after the event.
    """

    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="access_needs")
    kind = models.CharField(max_length=12, choices=NeedKind)
    words = models.TextField(max_length=1000, blank=True)
    asked_at = models.DateTimeField()
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    arranged_at = models.DateTimeField(null=True, blank=True)
    # What was arranged, told to the delegate.
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "portal"
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["delegate", "kind"], name="one_need_a_delegate_and_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()
