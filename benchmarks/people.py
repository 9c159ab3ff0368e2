"""Fills an empty database: ``python -m benchmarks.people 1000`` prints who came, as JSON."""

import json
import secrets
import sys
from datetime import timedelta

import django

# One for each way of serving that is measured.
ROUNDS = 4


def main(number: int) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from networking.services import open_lounge
    from portal import clock
    from portal.models import Event

    today = clock.now().date()
    event = Event.objects.create(slug="assembly", name="Assembly", first_day=today, last_day=today)
    users = register(event, number)
    rounds = [make_round(event, f"Round {n}", places=100) for n in range(ROUNDS)]
    made = {"event": event.pk, "lounge": open_lounge(event).pk, "people": sign_in(users), "rounds": rounds}
    print(json.dumps(made))


def make_round(event, title, *, places):  # type: ignore[no-untyped-def]
    """Three rooms, on all day: the number of the round with those of its rooms."""
    from breakouts.services import add_room, open_round
    from portal import clock
    from portal.models import Session

    now = clock.now()
    session = Session.objects.create(
        event=event, kind="round", title=title, starts=now + timedelta(hours=1), ends=now + timedelta(hours=2)
    )
    round = open_round(session)
    return [round.pk, [add_room(round, title=f"Room {n}", theme="", capacity=places).pk for n in range(3)]]


def register(event, number):  # type: ignore[no-untyped-def]
    from portal import clock
    from portal.models import Delegate, User

    now = clock.now()
    users = [User(email=f"person{n}@example.org", name=f"Person {n}", password="!") for n in range(number)]
    User.objects.bulk_create(users, 500)
    fields = {"event": event, "organisation": "Example Trust", "role": "learner", "registered_at": now}
    Delegate.objects.bulk_create([Delegate(user=user, name=user.name, **fields) for user in users], 500)
    return users


def sign_in(users):  # type: ignore[no-untyped-def]
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from portal import clock

    store, expires = SessionStore(), clock.now() + timedelta(days=1)
    rows, people = [], []
    for user in users:
        key = secrets.token_hex(16)
        held = {"_auth_user_id": str(user.pk), "_auth_user_hash": user.get_session_auth_hash()}
        held["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        rows.append(Session(session_key=key, session_data=store.encode(held), expire_date=expires))
        people.append((user.pk, key, user.delegates.get().pk))
    Session.objects.bulk_create(rows, 500)
    return people


if __name__ == "__main__":
    main(int(sys.argv[1]))
