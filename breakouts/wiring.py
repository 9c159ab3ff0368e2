"""What breakouts puts into the portal's registries, once at start."""

from django.urls import reverse

from breakouts import copying, keeping
from breakouts.hosting import live as hosting
from breakouts.hosting.queries import leaders_of_talk
from breakouts.hosting.services import tell_ends
from breakouts.live import PLACES
from breakouts.notes.live import NOTES
from breakouts.queries import hours_of_talk, overtimes_of, places_chosen
from breakouts.services import leave_rooms, pass_over
from breakouts.settling import settle_due
from breakouts.taking_part.live import HANDS
from breakouts.taking_part.queries import names_in
from breakouts.telling import NEWS, OCCASION
from breakouts.voice import wiring as voice
from networking.hours import register_hours
from networking.leaders import register_leaders
from networking.models import Kind
from networking.naming import register_names
from networking.safety.followers import register_standing
from portal.calendar.registry import register_places
from portal.live.registry import register_channel
from portal.mail.wordings import register_occasion
from portal.models import Session
from portal.people.leaving import register_farewell
from portal.programme.followers import register_follower
from portal.programme.whereabouts import register_overtimes, register_whereabouts
from portal.sweeps.registry import register_sweep


def connect() -> None:
    for kind in (PLACES, NEWS, HANDS, NOTES, *hosting.KINDS):
        register_channel(kind)
    register_sweep("breakouts.settle", settle_due)
    register_whereabouts("round", find_rooms)
    register_overtimes("round", overtimes_of)
    register_follower(tell_ends)
    register_places(places_chosen)
    register_occasion(OCCASION)
    register_farewell(leave_rooms)
    register_standing(pass_over)
    register_hours(Kind.ROOM, hours_of_talk)
    register_leaders(Kind.ROOM, leaders_of_talk())
    register_names(Kind.ROOM, names_in)
    voice.connect()
    keeping.connect()
    copying.connect()


def find_rooms(session: Session) -> str:
    """A round has its session's number, so this asks the database nothing."""
    return reverse("breakouts:round", args=[session.event.slug, session.pk])
