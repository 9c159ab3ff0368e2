"""What the pages of polls read, and how the votes stand."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from networking.models import Conversation
from networking.polls.models import SHOWN, Option, Poll, State, Vote, polls_channel
from portal.live.reads import version_of
from portal.people.models import Delegate


@dataclass(frozen=True)
class Line:
    """One answer with its votes; ``percent`` is of the people who voted, ``first`` whether none has more."""

    text: str
    votes: int
    percent: int
    first: bool


@dataclass(frozen=True)
class Results:
    """``lines`` is None while the results are hidden; how many voted is always told."""

    voters: int
    lines: list[Line] | None

    @property
    def summary(self) -> str:
        """The chart in words."""
        return "; ".join(f"{line.text}: {line.percent}%" for line in self.lines or [])


@dataclass(frozen=True)
class Shown:
    """A poll as everyone sees it."""

    poll: Poll
    options: list[Option]
    results: Results


@dataclass(frozen=True)
class Ballot:
    """The polls of a conversation, newest first, with the log's version they are true at, and my choices."""

    version: int
    polls: list[Shown]
    mine: set[int]

    @property
    def voted(self) -> set[int]:
        """The polls I have voted in."""
        return {each.poll.pk for each in self.polls if any(option.pk in self.mine for option in each.options)}

    @property
    def open(self) -> list[Shown]:
        return [each for each in self.polls if each.poll.is_open]


@dataclass(frozen=True)
class Desk:
    """What those who lead a conversation see, with the log's version it is true at."""

    version: int
    polls: list[Shown]


def ballot(conversation: Conversation, delegate: Delegate | None) -> Ballot:
    """What everyone sees, and what this delegate chose."""
    # First, so that what happens meanwhile is told again rather than missed.
    version = version_of(polls_channel(conversation.pk))
    polls = show_polls(conversation.polls.filter(state__in=SHOWN).order_by("-opened_at", "-pk"))
    mine = _choices_of(conversation, delegate)
    return Ballot(version, sorted(polls, key=lambda each: not each.poll.is_open), mine)


def show_polls(polls: Iterable[Poll], *, to_all: bool = True) -> list[Shown]:
    """Polls with options and results in four queries. ``to_all`` False: hidden results too."""
    rows = list(polls)
    options: dict[int, list[Option]] = defaultdict(list)
    for option in Option.objects.filter(poll__in=rows).order_by("position"):
        options[option.poll_id].append(option)
    voted, voters = _count_votes(rows), _count_voters(rows)
    return [
        Shown(poll, options[poll.pk], _results(poll, options[poll.pk], voted, voters[poll.pk], to_all and hidden(poll)))
        for poll in rows
    ]


def show_poll(poll: Poll) -> Shown:
    return show_polls([poll])[0]


def hidden(poll: Poll) -> bool:
    return not poll.results_shown


def desk(conversation: Conversation) -> Desk:
    """For those who lead: every poll not removed, with its results whether or not others see them."""
    version = version_of(polls_channel(conversation.pk))
    order = {State.OPEN: 0, State.DRAFT: 1, State.CLOSED: 2}
    polls = conversation.polls.exclude(state=State.REMOVED).order_by("-pk")
    shown = show_polls(polls, to_all=False)
    return Desk(version, sorted(shown, key=lambda each: order[State(each.poll.state)]))


def _count_votes(polls: list[Poll]) -> Counter[int]:
    votes = Vote.objects.filter(poll__in=polls).values("option").annotate(votes=Count("pk"))
    return Counter(dict(votes.values_list("option", "votes")))


def _count_voters(polls: list[Poll]) -> Counter[int]:
    voters = Vote.objects.filter(poll__in=polls).values("poll").annotate(voters=Count("delegate", distinct=True))
    return Counter(dict(voters.values_list("poll", "voters")))


def _results(poll: Poll, options: list[Option], voted: Counter[int], voters: int, hide: bool) -> Results:
    if hide:
        return Results(voters, None)
    most = max((voted[option.pk] for option in options), default=0)
    lines = [
        Line(option.text, votes, round(100 * votes / voters) if voters else 0, bool(votes) and votes == most)
        for option in options
        for votes in [voted[option.pk]]
    ]
    return Results(voters, lines)


def _choices_of(conversation: Conversation, delegate: Delegate | None) -> set[int]:
    if delegate is None:
        return set()
    return set(delegate.votes.filter(poll__conversation=conversation).values_list("option_id", flat=True))
