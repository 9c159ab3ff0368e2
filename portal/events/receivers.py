"""An announcement that is deleted leaves its place on every page to the one before it."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from portal.events.models import Announcement, Event


@receiver(post_delete, sender=Announcement, dispatch_uid="portal.events.withdrawn")
def show_the_one_before(instance: Announcement, **kwargs: Any) -> None:
    """Else pages would know of none, and be told of all that were ever made, also of what was closed on them."""
    newest = Announcement.objects.filter(event=instance.event_id).order_by("-version").values("pk")[:1]
    Event.objects.filter(pk=instance.event_id, announced=None).update(announced=newest)
