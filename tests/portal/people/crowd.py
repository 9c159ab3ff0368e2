"""People who register, for the tests of places and lines."""

from datetime import datetime

from portal.models import Delegate, Event, User
from portal.people.places import register_delegate

ANSWERS = {"organisation": "Example Trust", "role": "learner"}


def make_users(count: int) -> list[User]:
    """People without a registration, in one statement."""
    return User.objects.bulk_create(
        User(email=f"person{number}@example.org", name=f"Person {number}") for number in range(count)
    )


def enter(event: Event, user: User, *, now: datetime) -> Delegate:
    return register_delegate(event, user, name=user.name, **ANSWERS, now=now)


def states(event: Event) -> list[str]:
    """The state of each registration in the order in which people came."""
    found = Delegate.registrations.filter(event=event).order_by("pk")
    return [f"{each.state}+" if each.offered_until else str(each.state) for each in found]
