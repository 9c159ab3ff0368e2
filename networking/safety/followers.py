"""Who passes over somebody who is suspended: told when a delegate is put out of the event, and when they come back."""

from collections.abc import Callable
from datetime import datetime

from portal.people.models import Delegate

Follower = Callable[[Delegate, datetime], None]

_followers: list[Follower] = []


def register_standing(follower: Follower) -> None:
    """``follower(delegate, now)`` runs in the transaction in which they are suspended or restored."""
    if follower not in _followers:
        _followers.append(follower)


def tell_standing(delegate: Delegate, now: datetime) -> None:
    for follower in _followers:
        follower(delegate, now)
