import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal import clock
from portal.mail.bounces import take_back


class Command(BaseCommand):
    help = "Reads one message that came back (RFC 3464) from standard input and marks the mail it is about."

    def handle(self, *args: Any, **options: Any) -> None:
        done = take_back(sys.stdin.buffer.read(), now=clock.now())
        self.stdout.write(f"{done} marked as not delivered.")
