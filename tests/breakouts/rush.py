"""Many people at once, each on a thread with a database connection of its own."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain

from django.db import connection, connections

from portal.models import Delegate, Event, User

# More than wait in line anywhere; PostgreSQL's pool lends its connections in turn.
THREADS = {"sqlite": 16, "postgresql": 50}


def rush(acts: Iterable[Callable[[], object]]) -> Counter[str]:
    """Does all acts together; gives how many ended in what: "done" or an exception's name."""
    acts = list(acts)
    workers = min(THREADS[connection.vendor], len(acts))
    start = threading.Barrier(workers)
    shares = [acts[number::workers] for number in range(workers)]

    def do_share(share: list[Callable[[], object]]) -> list[str]:
        start.wait(timeout=20)
        return [attempt(act) for act in share]

    with ThreadPoolExecutor(workers) as pool:
        return Counter(chain.from_iterable(pool.map(do_share, shares)))


def attempt(act: Callable[[], object]) -> str:
    try:
        act()
    except Exception as error:
        return type(error).__name__
    finally:
        # As after a request; on PostgreSQL others wait for the pool.
        connections.close_all()
    return "done"


class Gate:
    """Holds people back until so many stand before it, and then is open for good."""

    def __init__(self, people: int) -> None:
        self.people, self.lock, self.opened = people, threading.Lock(), threading.Event()

    def wait(self) -> None:
        with self.lock:
            self.people -= 1
            if self.people <= 0:
                self.opened.set()
        self.opened.wait(timeout=10)


def make_crowd(event: Event, count: int, now: datetime) -> list[Delegate]:
    """Delegates in two statements instead of two each."""
    names = [f"Person {number}" for number in range(count)]
    users = User.objects.bulk_create(
        User(email=f"person{number}@example.org", name=name) for number, name in enumerate(names)
    )
    return Delegate.objects.bulk_create(
        Delegate(
            event=event, user=user, name=user.name, organisation="Example Trust", role="learner", registered_at=now
        )
        for user in users
    )
