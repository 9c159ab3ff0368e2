"""Builds the demonstration event, and builds it again without adding a row twice."""

from datetime import date, datetime, timedelta

from assembly.demonstration import anchor, content, hosts, rooms
from assembly.demonstration.content import PROGRAMME, SLUG
from portal.events.models import Event
from portal.people.models import Delegate, Profession, Region, Role, User
from portal.people.needs.services import say_needs
from portal.people.places import register_delegate
from portal.people.services import find_or_create_user
from portal.programme.models import Speaker
from portal.programme.services import add_session, tell_programme

CAST = (("ben@example.org", "Ben Placeholder"), ("sana@example.org", "Sana Placeholder"))
ORGANISER = ("ada@example.org", "Ada Placeholder")


def build(*, day: date | None, delegates: int, now: datetime) -> Event:
    """The whole event, live now or on ``day``, with ``delegates`` placeholders beside the cast."""
    event = _build_event(day, now)
    _build_cast(event, now)
    _build_crowd(event, delegates, now)
    hosts.build_hosts(event, _placeholders(event, content.HOSTS, now), now)
    rooms.build_library(event, now)
    rooms.build_film(event, now)
    rooms.build_talk(event, now)
    rooms.build_stage(event, now)
    return event


def _build_event(day: date | None, now: datetime) -> Event:
    keep = day is None and anchor.is_alive(SLUG, now)
    if keep:
        return Event.objects.get(slug=SLUG)
    shift = anchor.shift_for(day, now)
    base = day or now.astimezone(anchor.ZONE).date()
    first, last = anchor.days(base, shift)
    values = {
        "name": content.NAME, "strapline": content.STRAPLINE, "about": content.ABOUT,
        "first_day": first, "last_day": last, "zone": str(anchor.ZONE), "contact": "organisers@example.org",
    }  # fmt: skip
    event, _ = Event.objects.update_or_create(slug=SLUG, defaults=values)
    _build_programme(event, base, shift)
    return event


def _build_programme(event: Event, day: date, shift: timedelta) -> None:
    speakers = {name: _speaker(event, name) for slot in PROGRAMME for name in slot.speakers}
    for slot in PROGRAMME:
        starts, ends = anchor.times(slot, day, shift)
        people = [speakers[name] for name in slot.speakers]
        session = add_session(
            event,
            kind=slot.kind,
            title=slot.title,
            starts=starts,
            ends=ends,
            speakers=people,
            summary=slot.summary,
        )
        rooms.build_rooms(session, slot)
    tell_programme(event)


def _speaker(event: Event, name: str) -> Speaker:
    known = name in content.KEYNOTE_SPEAKERS
    title = "Keynote speaker" if known else "Doctor or dentist in training"
    speaker, _ = Speaker.objects.get_or_create(
        event=event, name=name, defaults={"title": title, "placeholder": not known}
    )
    return speaker


def _build_cast(event: Event, now: datetime) -> None:
    for email, name in CAST:
        _delegate(event, email, name, "Example NHS Trust", Role.LEARNER, now)
    sana = User.objects.get(email=CAST[1][0])
    event.speakers.filter(name=sana.name).update(user=sana)
    ada = find_or_create_user(ORGANISER[0], name=ORGANISER[1])
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    event.organisers.add(ada)
    event.access_leads.add(ada)
    say_needs(event.delegates.get(user__email=CAST[0][0]), ["captions"], "", now=now)


def _build_crowd(event: Event, delegates: int, now: datetime) -> None:
    known = set(event.delegates.values_list("user__email", flat=True))
    roles = list(Role.values)
    for number in range(1, delegates + 1):
        email = f"delegate{number}@example.org"
        if email not in known:
            where = f"Example organisation {number % 23 + 1}"
            _delegate(event, email, f"Delegate {number:03} (placeholder)", where, roles[number % len(roles)], now)


def _placeholders(event: Event, names: list[str], now: datetime) -> list[Delegate]:
    """People by name, with addresses made of it."""
    places = [(name, f"{name.split(' (')[0].replace(' ', '').lower()}@example.org") for name in names]
    return [_delegate(event, email, name, "Example NHS Trust", Role.LEARNER, now) for name, email in places]


def _delegate(event: Event, email: str, name: str, organisation: str, role: str, now: datetime) -> Delegate:
    user = find_or_create_user(email, name=name)
    found = event.delegates.filter(user=user).first()
    return found or register_delegate(
        event, user, name=name, organisation=organisation, role=role, listed=True, recorded=True, now=now,
        region=Region.values[user.pk % len(Region.values)], profession=Profession.values[user.pk % 9],
        conduct_agreed_at=now,
    )  # fmt: skip
