"""Assignments from a file of two columns, e-mail and room: read whole, refused whole, or done whole."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from breakouts.arranging import NotArranged, place
from breakouts.hosting.models import Removal
from breakouts.models import Room, Round
from breakouts.seating import lock_round
from breakouts.settling import settle
from portal.models import Delegate, User

MOST_LINES = 5000
HEAD = {"e-mail", "email", "mail", "address"}


@dataclass(frozen=True)
class Assignment:
    line: int
    delegate: Delegate
    room: Room


@dataclass
class Sheet:
    """What a file says, and every reason why it cannot be done, each naming its line."""

    assignments: list[Assignment] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_sheet(round: Round, text: str, now: datetime) -> Sheet:
    """Reads commas, semicolons or tabs; a first line that names the columns is passed over."""
    sheet = Sheet()
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        sheet.errors.append(f"The file cannot be read as lines with two columns: {error}.")
        return sheet
    if len(lines) > MOST_LINES:
        sheet.errors.append(f"The file has more than {MOST_LINES:,} lines.")
        return sheet
    delegates = {each.user.email: each for each in round.event.delegates.select_related("user", "event")}
    rooms = {room.title.casefold(): room for room in round.rooms.all()}
    removed = set(Removal.objects.filter(room__round=round).values_list("delegate", "room"))
    named: dict[str, int] = {}
    for number, cells in lines:
        problem = _problem(cells, delegates, rooms, removed, named)
        if problem:
            sheet.errors.append(f"Line {number}: {problem}")
        else:
            email, title = cells[0].lower(), cells[1].casefold()
            named[email] = number
            sheet.assignments.append(Assignment(number, delegates[email], rooms[title]))
    if not lines:
        sheet.errors.append("The file has no lines.")
    sheet.errors += _overflows(round, sheet.assignments, now)
    return sheet


@transaction.atomic
def import_sheet(round: Round, text: str, *, by: User, now: datetime) -> int:
    """Seats everybody as the file says; how many. Raises NotArranged, and then nobody was moved."""
    round = lock_round(round.pk)
    sheet = read_sheet(round, text, now)
    if sheet.errors:
        raise NotArranged(" ".join(sheet.errors))
    for each in sheet.assignments:
        place(round, each.room, each.delegate, by=by, now=now)
    # Only now: whom the file moves on must not give way to the line first.
    settle(round, now=now)
    return len(sheet.assignments)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = max(",;\t", key=text.count)
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1):
        cells = [cell.strip() for cell in cells]
        is_head = number == 1 and cells and cells[0].lower() in HEAD
        if any(cells) and not is_head:
            yield number, cells


def _problem(
    cells: list[str],
    delegates: dict[str, Delegate],
    rooms: dict[str, Room],
    removed: set[tuple[int, int]],
    named: dict[str, int],
) -> str | None:
    if len(cells) < 2 or not cells[1]:
        return "two columns are needed, e-mail and room."
    email, title = cells[0].lower(), cells[1]
    if email not in delegates:
        return f"nobody is registered with {cells[0]}."
    room = rooms.get(title.casefold())
    if room is None:
        return f"there is no room called {title} in this round."
    if room.locked:
        return f"{room.title} is locked. Unlock it first, or assign one by one with a reason."
    if (delegates[email].pk, room.pk) in removed:
        return f"{cells[0]} was removed from {room.title}."
    if email in named:
        return f"{cells[0]} is named in line {named[email]} already."
    return None


def _overflows(round: Round, assignments: list[Assignment], now: datetime) -> Iterator[str]:
    """Rooms that would hold more than they have places when all is done."""
    seats = dict(round.seats.values_list("delegate", "room"))
    seats |= {each.delegate.pk: each.room.pk for each in assignments}
    held = Counter(round.waiting.filter(offered_until__gt=now).values_list("room", flat=True))
    taken, coming = Counter(seats.values()) + held, {each.room.pk for each in assignments}
    for room in round.rooms.all():
        if room.pk in coming and taken[room.pk] > room.capacity:
            yield f"{room.title} has {_count(room.capacity)}, and {taken[room.pk]} people would be in it."


def _count(places: int) -> str:
    return "1 place" if places == 1 else f"{places} places"
