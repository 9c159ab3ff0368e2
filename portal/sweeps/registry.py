"""What the clock makes due: every app registers its sweeps from ``AppConfig.ready()``.

A sweep finds what is due and not done and does it. It may run late, twice, by two workers at once or not
at all for a week, so it claims each row by compare-and-swap and never decides who may see what.
"""

from collections.abc import Callable
from datetime import datetime

Sweep = Callable[[datetime], int]

_sweeps: dict[str, Sweep] = {}


def register_sweep(name: str, sweep: Sweep) -> None:
    """``sweep(now)`` answers how many things it did. Raises ValueError for a name taken by another."""
    if _sweeps.get(name, sweep) is not sweep:
        raise ValueError(f"Two sweeps are named {name}.")
    _sweeps[name] = sweep


def sweeps() -> dict[str, Sweep]:
    return dict(_sweeps)
