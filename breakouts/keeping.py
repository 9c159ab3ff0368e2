"""What breakouts holds about a person, and for how long."""

from datetime import datetime

from breakouts.hosting.models import HelpCall, Removal
from breakouts.notes.models import Note, Wording
from breakouts.taking_part.models import Hand
from breakouts.voice.recording import keep_recordings
from portal.people.models import User
from portal.privacy.held import LEFT, Erase, Held, register_held
from portal.privacy.own import delete_rows
from portal.privacy.periods import PERIODS
from portal.privacy.registry import register_eraser, register_retention

ROOM = "room__title"
SEATS = "Which room you chose stays without your name, so that the number of people in it is right."
NOTES = "What you wrote into a room's notes stays, by “A delegate who left”: it is the room's."
VOICES = (
    "What you agreed to have recorded in a room stays among the others' voices: ask the organisers, who delete it all."
)
HELD = [
    Held(
        "Rooms you chose", "breakouts.Seat.delegate", (ROOM, "chosen_at", "taken_up_at", "beyond_places"), Erase.KEEP,
        {"beyond_places": ""}, SEATS,
    ),
    Held("Lines you wait in", "breakouts.Waiting.delegate", (ROOM, "since", "offered_until", "swap_until", "agreed")),
    Held("Notices about rooms", "breakouts.Notice.delegate", ("words", "at")),
    Held("Not asked to choose", "breakouts.NotAsking.delegate", ("at",)),
    Held("Rooms you lead", "breakouts.Facilitator.delegate", (ROOM,)),
    Held("Rooms you were removed from", "breakouts.Removal.delegate", (ROOM, "reason", "at")),
    Held("Removals you made", "breakouts.Removal.by", (ROOM, "at"), Erase.UNLINK),
    Held("Calls for help", "breakouts.HelpCall.by", (ROOM, "words", "at"), Erase.UNLINK),
    Held("Calls for help you took", "breakouts.HelpCall.taken_by", (ROOM, "taken_at"), Erase.UNLINK),
    Held("Rooms you take notes in", "breakouts.NoteTaker.delegate", (ROOM,)),
    Held("Notes you wrote", "breakouts.Wording.by", (ROOM, "text", "at"), Erase.UNLINK, {"by_name": LEFT}, NOTES),
    Held("How you take part in rooms", "breakouts.Part.delegate", (ROOM, "manner", "known_as", "since")),
    Held("Hands you raised", "breakouts.Hand.delegate", (ROOM, "raised_at", "called_at", "spoken")),
    Held(
        "Voice calls you are in", "breakouts.Caller.user", (ROOM, "name", "seen_at", "has_spoken", "recorded"),
        stays=VOICES,
    ),
]  # fmt: skip


def connect() -> None:
    # Before the wordings are nobody's, by which they are found.
    register_eraser("Names under notes", _erase_names)
    register_held(HELD)
    register_retention("rooms", _keep_rooms)
    register_retention("voices", keep_recordings)


def _erase_names(user: User, now: datetime) -> None:
    for room, name in set(Wording.objects.filter(by=user).values_list("room", "by_name")):
        Note.objects.filter(room=room, by_name=name).update(by_name=LEFT)


def _keep_rooms(now: datetime, *, dry_run: bool) -> int:
    ended = [event.pk for event in PERIODS["rooms"].ended(now)]
    spent = [m.objects.filter(room__round__session__event__in=ended) for m in (Removal, HelpCall, Wording, Hand)]
    return sum(delete_rows(rows, dry_run) for rows in spent)
