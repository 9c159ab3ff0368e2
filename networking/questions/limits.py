"""How much one person may ask, known to this process alone and for ten minutes at most.

A count in the database or in Redis would say who asked when. This one is kept in memory under a salt that is
drawn anew with each stretch of time, and is written nowhere. With several processes a person may ask a few times
more.
"""

import secrets
from collections import Counter
from datetime import datetime
from hashlib import blake2b
from threading import Lock

MOST, SECONDS = 10, 600


class Allowance:
    """At most ``MOST`` questions a person in each stretch of ``SECONDS``."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stretch = -1
        self._salt = b""
        self._asked: Counter[bytes] = Counter()

    def take(self, person: int, now: datetime) -> bool:
        """Counts one question. False when it is one too many."""
        with self._lock:
            self._turn(int(now.timestamp()) // SECONDS)
            key = blake2b(str(person).encode(), key=self._salt, digest_size=16).digest()
            self._asked[key] += 1
            return self._asked[key] <= MOST

    def forget(self) -> None:
        with self._lock:
            self._turn(-1)

    def _turn(self, stretch: int) -> None:
        if stretch != self._stretch:
            self._stretch, self._salt = stretch, secrets.token_bytes(32)
            self._asked.clear()


allowance = Allowance()
