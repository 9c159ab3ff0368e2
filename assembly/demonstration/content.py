"""
What the demonstration says.

On the record: the date, the four keynote speakers and their order, two rounds of three themed rooms of 45
minutes, 18 speakers on 11 subjects, question rooms after them. Ours: every time of day, every room's theme
and every subject, chosen as likely for such a day, and marked so where people read them.
"""

from dataclasses import dataclass, field

from portal.programme.models import Kind

SLUG = "assembly-2022"
NAME = "National Annual Learner Assembly"
STRAPLINE = "The second assembly: learners at all levels and senior leaders, in one conversation"
ABOUT = (
    "A day for learners at every level and the people who lead their training. Short talks, then longer "
    "rooms: choose one, say what you see, and hear what others see.\n\n"
    "This is a demonstration. The date, the keynote speakers and the shape of the day are on the public record "
    "of 27 May 2022. The times, the subjects and every other person are placeholders of ours."
)
OURS = "The subject is a placeholder of ours: the record gives no names."
KEYNOTE_SPEAKERS = ["Professor Namita Kumar", "Dr Navina Evans", "Professor Liz Hughes", "Mr Piers Wilkinson"]


@dataclass(frozen=True)
class Slot:
    """A session from ``starts`` for ``minutes``; times of day are local, as HH:MM."""

    starts: str
    minutes: int
    kind: str
    title: str
    speakers: list[str] = field(default_factory=list)
    summary: str = ""
    rooms: list[tuple[str, str]] = field(default_factory=list)


SUBJECTS = [
    "Coming back to training after time away",
    "Being heard on a busy ward",
    "Flexible training that works",
    "Supervision that teaches",
    "Fair assessment for everyone",
    "Rotas made with learners",
    "Research within a training year",
    "Dentistry learners across a region",
    "Simulation close to home",
    "Mentors who were learners last year",
    "Speaking up early",
]
SHOWCASE_SPEAKERS = [
    "Sana Placeholder", *(f"Placeholder Speaker {number}" for number in range(2, 19))
]  # fmt: skip

ROUND_ONE = [
    ("Recruitment and a fair start", "What helps a learner arrive well, and who is missed"),
    ("Supervision and feedback", "What good supervision looks like from both sides"),
    ("Flexible training", "Working and learning less than full time without standing still"),
]
ROUND_TWO = [
    ("Closing gaps in attainment", "Why results differ between groups, and what has changed that"),
    ("Behaviour that undermines", "How teams notice, say so, and mend it"),
    ("Neurodiversity and disability", "Adjustments that learners need not fight for"),
]
ROUND_THREE = [
    ("Questions on working life", "Ask the speakers on rotas, supervision and flexible training"),
    ("Questions on fairness", "Ask the speakers on assessment, access and speaking up"),
    ("Questions on ideas to take home", "Ask the speakers on research, simulation and mentoring"),
]


def showcase() -> list[Slot]:
    """Eleven subjects of eight minutes; seven have two speakers, four have one: eighteen in all."""
    slots, speakers = [], iter(SHOWCASE_SPEAKERS)
    for number, subject in enumerate(SUBJECTS):
        names = [next(speakers) for _ in range(2 if number < 7 else 1)]
        minutes = 14 * 60 + 8 * number
        starts = f"{minutes // 60:02}:{minutes % 60:02}"
        slots.append(Slot(starts, 8, Kind.SHOWCASE, subject, names, OURS))
    return slots


PROGRAMME = [
    Slot("09:00", 30, Kind.LOBBY, "The lobby opens", summary="Have a look round and say hello in the lounge."),
    Slot("09:30", 30, Kind.KEYNOTE, "Opening keynote", KEYNOTE_SPEAKERS[:1]),
    Slot("10:00", 30, Kind.KEYNOTE, "Second keynote", KEYNOTE_SPEAKERS[1:2]),
    Slot("10:30", 30, Kind.KEYNOTE, "Third keynote", KEYNOTE_SPEAKERS[2:]),
    Slot("11:00", 15, Kind.BREAK, "Morning break"),
    Slot("11:15", 45, Kind.ROUND, "Breakout rooms, round one", summary=OURS, rooms=ROUND_ONE),
    Slot("12:00", 15, Kind.BREAK, "Short break"),
    Slot("12:15", 45, Kind.ROUND, "Breakout rooms, round two", summary=OURS, rooms=ROUND_TWO),
    Slot("13:00", 60, Kind.BREAK, "Lunch"),
    *showcase(),
    Slot("15:28", 17, Kind.BREAK, "Afternoon break"),
    Slot("15:45", 45, Kind.ROUND, "Question rooms", summary=OURS, rooms=ROUND_THREE),
    Slot("16:30", 15, Kind.TALK, "What we heard, and what happens next"),
]
# This room meets elsewhere, by a link that those with a place get shortly before.
MEETS_ELSEWHERE = {"Questions on ideas to take home": "https://bbb.example.org/b/ideas-to-take-home"}
# In this room people may go by another name.
OTHER_NAMES = "Behaviour that undermines"
HOSTS = [f"Facilitator {number} (placeholder)" for number in range(1, 7)]
# What somebody might have written down in the first ten minutes; ours, like every subject.
NOTES = {
    "heard": "People settle faster where one named person meets them on the first day.",
    "ideas": "A short welcome pack written by last year’s learners.\nA second hello after four weeks.",
    "asks": "Rotas at least eight weeks ahead.",
}
# A newcomer should find the first round on, with the morning's film to watch and the rest to come.
LIVE_AT = "11:25"
FILM_OF = "Opening keynote"
# Asked of the first keynote: by whom (nobody: without a name), what, and how many voted for it.
QUESTIONS = [
    ("ben@example.org", "What one thing should every trust do before the next rotation?", 7),
    ("", "How do I raise a concern about my own rota without it following me?", 9),
    ("delegate1@example.org", "Will the slides be in the library afterwards?", 2),
]
POLL = "What would help you most in your next year of training?"
POLL_OPTIONS = ["Rotas known earlier", "Time to learn in working hours", "A mentor outside my team", "Flexible hours"]
ROOM_PLACES = 100

DOCUMENTS = [
    (
        "How the day works",
        "Before you come",
        "One page on rooms, talk and help.",
        [
            "How the day works",
            "Come in through the lobby. The bar at the top says what is on and what is next.",
            "In each round choose one of three rooms. You can change until the round ends.",
            "Type or just read: both are taking part.",
            "If something is wrong, write to the organisers in the lounge.",
        ],
    ),
    (
        "Talking so that everyone can",
        "Before you come",
        "The code of conduct in plain words.",
        [
            "Talking so that everyone can",
            "Speak from your own experience. Leave patients and colleagues unnamed.",
            "Listen as if you might change your mind.",
            "Disagree with ideas, not with people.",
            "What is said in a room may leave it; who said it may not.",
        ],
    ),
    (
        "Notes for the three rounds",
        "Breakout rooms",
        "Three questions for each room.",
        [
            "Notes for the three rounds",
            "What do you see where you are?",
            "What has helped, even a little?",
            "What should somebody do next, and who?",
        ],
    ),
]

LOUNGE = [
    ("ben@example.org", "Good morning! First time here. Which room is anyone choosing in round one?"),
    ("sana@example.org", "Flexible training for me. I came back part time last year."),
    ("delegate1@example.org", "Same here. It would be good to compare notes before we start."),
]

# Tables in the lounge: who opened it, its subject, and what was said there by whom.
TABLES = [
    (
        "ben@example.org",
        "New to the assembly",
        [
            ("ben@example.org", "A table for everyone who is here for the first time. Sit down!"),
            ("sana@example.org", "I remember my first one. Ask me anything."),
        ],
    ),
    (
        "sana@example.org",
        "Working less than full time",
        [("sana@example.org", "What helped you most when you asked for it?")],
    ),
]
