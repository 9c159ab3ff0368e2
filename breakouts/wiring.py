"""What breakouts puts into the portal's registries, once at start."""

from django.urls import reverse

from breakouts.live import PLACES
from breakouts.queries import hours_of_talk
from breakouts.services import leave_rooms
from breakouts.voice import wiring as voice
from networking.hours import register_hours
from networking.models import Kind
from portal.live.registry import register_channel
from portal.models import Session
from portal.people.leaving import register_farewell
from portal.programme.whereabouts import register_whereabouts


def connect() -> None:
    register_channel(PLACES)
    register_whereabouts("round", find_rooms)
    register_farewell(leave_rooms)
    register_hours(Kind.ROOM, hours_of_talk)
    voice.connect()


def find_rooms(session: Session) -> str:
    """A round has its session's number, so this asks the database nothing."""
    return reverse("breakouts:round", args=[session.event.slug, session.pk])
