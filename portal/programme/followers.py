"""Who shows times of the programme elsewhere: told whenever it has changed."""

from collections.abc import Callable

from portal.events.models import Event

Follower = Callable[[Event], None]

_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """``follower(event)`` tells its own open pages, inside the transaction that made the change."""
    _followers.append(follower)


def tell_followers(event: Event) -> None:
    for follower in _followers:
        follower(event)
