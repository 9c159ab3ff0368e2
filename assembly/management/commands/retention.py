from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import clock
from portal.privacy.periods import PERIODS
from portal.privacy.services import count_spent, keep_periods


class Command(BaseCommand):
    help = "Deletes what has been kept for as long as was promised; the sweep does it too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        for name, count in count_spent(now).items():
            self.stdout.write(f"{count:>8}  {name}: {PERIODS[name].words}")
        if not options["dry_run"]:
            self.stdout.write(f"{keep_periods(now):>8}  deleted")
