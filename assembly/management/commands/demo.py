from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assembly.demonstration.build import build
from portal import clock


class Command(BaseCommand):
    help = "Builds the demonstration event, live now; again on another day it moves to that day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", help="keep this civil day, like 2022-05-27, instead of being live now")
        parser.add_argument("--delegates", type=int, default=12, help="how many placeholder delegates (12)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["date"]) if options["date"] else None
        except ValueError:
            raise CommandError(f"--date takes a day like 2022-05-27, and it is {options['date']!r}.") from None
        event = build(day=day, delegates=options["delegates"], now=clock.now())
        if options["verbosity"]:
            self.stdout.write(f"{event.name}: {event.delegates.count()} delegates, {event.sessions.count()} sessions.")
