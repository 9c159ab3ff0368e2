"""What a higher app gives up for somebody who leaves the event: registered from ``AppConfig.ready()``."""

from collections.abc import Callable
from datetime import datetime

from portal.people.models import Delegate

Farewell = Callable[[Delegate, datetime], None]

_farewells: list[Farewell] = []


def register_farewell(farewell: Farewell) -> None:
    """``farewell(delegate, now)`` runs in the transaction in which the registration ends."""
    if farewell not in _farewells:
        _farewells.append(farewell)


def say_farewell(delegate: Delegate, now: datetime) -> None:
    for farewell in _farewells:
        farewell(delegate, now)
