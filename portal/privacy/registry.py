"""What each app holds about a person: registered from ``AppConfig.ready()``, so that nothing is forgotten.

``covers`` names the foreign keys to a person that a part answers for, as ``app.Model.field``. A test fails for a key
to a delegate or a user that no exporter or no eraser covers.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from portal.people.models import User

Row = dict[str, Any]  # by words a person can read; what JSON can hold, and moments
Exporter = Callable[[User], list[Row]]
Eraser = Callable[[User, datetime], None]


class Retention(Protocol):
    def __call__(self, now: datetime, *, dry_run: bool) -> int:
        """Deletes what is past its time and returns how many; dry, it only counts."""


F = TypeVar("F")


@dataclass(frozen=True)
class Part(Generic[F]):
    act: F
    covers: frozenset[str] = frozenset()
    # Why something stays when a person is erased; said on the page that asks.
    stays: str = ""


_exporters: dict[str, Part[Exporter]] = {}
_erasers: dict[str, Part[Eraser]] = {}
_retentions: dict[str, Retention] = {}


def register_exporter(name: str, exporter: Exporter, *, covers: Collection[str] = ()) -> None:
    """``name`` heads the rows in the file a person downloads. Raises ValueError for a name taken by another."""
    _put(_exporters, name, Part(exporter, frozenset(covers)))


def register_eraser(name: str, eraser: Eraser, *, covers: Collection[str] = (), stays: str = "") -> None:
    """``eraser(user, now)`` runs in the transaction that erases; in the order of registering."""
    _put(_erasers, name, Part(eraser, frozenset(covers), stays))


def register_retention(name: str, retention: Retention) -> None:
    """``name`` is one of ``portal.privacy.periods``."""
    _put(_retentions, name, retention)


def exporters() -> dict[str, Part[Exporter]]:
    return dict(_exporters)


def erasers() -> dict[str, Part[Eraser]]:
    return dict(_erasers)


def retentions() -> dict[str, Retention]:
    return dict(_retentions)


def _put(parts: dict[str, Any], name: str, part: Any) -> None:
    if name in parts:
        raise ValueError(f"Two parts are named {name}.")
    parts[name] = part
