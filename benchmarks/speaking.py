"""Two ways to say something that a crowd hears."""

import os
import time
from collections.abc import Callable

from benchmarks.client import stamp
from benchmarks.crowd import FILLER, Crowd
from benchmarks.house import House

# How often a second, for how many seconds, and the number of the last message before; gives how many were said.
Speak = Callable[..., int]


def by_socket(crowd: Crowd, template: str) -> Speak:
    return lambda rate, seconds: crowd.say(rate, seconds, template)


def by_service(built: House) -> Speak:
    """The portal's own way from a change on: version, commit, Redis, hub."""
    os.environ.update(built.environment)
    import django

    django.setup()
    from django.db import transaction

    from portal.live.registry import Frame
    from portal.live.services import bump, publish

    def speak(rate: float, seconds: float, before: int = 0) -> int:
        started, number = time.monotonic(), 0
        while number < rate * seconds:
            time.sleep(max(0.0, started + number / rate - time.monotonic()))
            number += 1
            with transaction.atomic():
                version = bump(built.channel)
                text = stamp(before + number) + FILLER
                publish(built.channel, Frame(version, "message", text, {"by": 1}))
        return number

    return speak
