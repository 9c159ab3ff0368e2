"""What the portal writes to people about an event: the words that go into each letter, and the letters there are."""

from datetime import datetime, time, timedelta
from functools import partial

from django.utils.dateformat import format as draw

from portal.events.models import Event
from portal.events.services import event_calendar, portal_address
from portal.mail.services import post_mail
from portal.mail.wordings import Occasion
from portal.people.models import Delegate
from portal.window import midnight

# Those that say "you are in".
CONFIRMATIONS = {"confirmed", "approved"}
DAY, NOON = "j F Y", "g:iA"
PAGES = {
    "portal": "", "registration": "registration/", "register": "register/", "lobby": "lobby/",
    "programme": "programme/", "calendar": "calendar/", "recordings": "on-demand/", "data": "my-data/",
    "moderation": "moderation/", "needs": "access-needs/",
}  # fmt: skip
# When each goes, as an organiser is told.
WHEN = {
    "applied": "Somebody asked to take part",
    "confirmed": "Somebody is registered, or confirmed the place that was held",
    "approved": "An organiser let somebody in",
    "waiting": "No place was free",
    "offered": "A place is held for the first in line",
    "lapsed": "It was not confirmed in time",
    "refused": "An organiser refused a request",
    "cancelled": "A registration was cancelled",
    "invited": "An organiser mails invitations",
    "arranged": "The access lead arranged what somebody needs",
    "needs": "To the access lead: something is to be arranged",
    "danger": "To the organisers: a report says that somebody may be in danger",
    "open": "The portal opens",
    "day_before": "At 9am on the day before",
    "hour_before": "An hour before the first session",
    "thanks": "At 9am on the day after",
    "recordings": "The event is over and the first recording is published",
    "closing": "At 9am, one month before the portal closes",
    "closed": "The portal has closed",
}

# What a mail knows beside what is the same for everybody; the name alone unless it says so.
REMINDERS = ("open", "day_before", "hour_before", "thanks", "recordings", "closing", "closed")
NAMES: dict[str, tuple[str, ...]] = {
    "needs": (), "danger": (), "waiting": ("name", "hours"), "offered": ("name", "hours", "until"),
    "refused": ("name", "why"), "arranged": ("name", "note"), **dict.fromkeys(REMINDERS, ("name", "begins")),
}  # fmt: skip


def write_to(delegate: Delegate, occasion: str, *, cause: object, now: datetime, **more: str) -> None:
    """One mail of that occasion for that cause: the same cause never writes a second."""
    event = delegate.event
    until = {"until": in_words(event.local(delegate.offered_until))} if delegate.offered_until else {}
    words = words_of(event) | {"name": delegate.name, "hours": str(event.confirm_hours)} | until | more
    post_mail(
        key=f"{occasion}.{delegate.pk}.{cause}", to=delegate.user.email, occasion=occasion, event_id=event.pk,
        words=words, now=now, calendar=event_calendar(event, now=now) if occasion in CONFIRMATIONS else "",
    )  # fmt: skip


def words_of(event: Event) -> dict[str, str]:
    """What is the same for every reader: the event's name, days and addresses."""
    home = portal_address() + event.get_absolute_url()
    last = event.local(event.window.closes - timedelta(seconds=1))
    return {
        "event": event.name,
        "date": draw(event.first_day, DAY),
        "opens": draw(event.local(event.window.opens), DAY),
        "closes": draw(last, DAY),
        "contact": event.contact or "the organisers",
        **{name: home + page for name, page in PAGES.items()},
    }


def beginning_of(event: Event) -> datetime | None:
    """When the first session of the event's own days starts; one before them tries the sound, for instance."""
    on_the_day = event.sessions.filter(starts__gte=midnight(event.first_day, event.zone))
    return on_the_day.order_by("starts").values_list("starts", flat=True).first()


def beginning_words(event: Event) -> str:
    begins = beginning_of(event)
    return event.clock(begins) if begins else "the time in the programme"


def in_words(moment: datetime) -> str:
    return f"{draw(moment, NOON).lower()} on {draw(moment, 'l j F Y')}"


def sample_of(occasion: str, event_id: int) -> dict[str, str]:
    """A value for each name that this mail may hold, for who looks at its words."""
    event = Event.objects.get(pk=event_id)
    week_before = datetime.combine(event.first_day - timedelta(days=7), time(9))
    made_up = {
        "name": "Sam Placeholder",
        "hours": str(event.confirm_hours),
        "until": in_words(week_before),
        "why": "They say: This day is for learners.",
        "note": "Live captions are on in every session.",
        "begins": beginning_words(event),
    }
    return words_of(event) | {name: made_up[name] for name in NAMES.get(occasion, ("name",))}


OCCASIONS = [Occasion(name, when, partial(sample_of, name)) for name, when in WHEN.items()]
