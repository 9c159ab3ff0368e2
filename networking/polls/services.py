"""Drafting, opening and closing polls, and voting in them.

Each change locks its poll, so that no vote is counted after the close.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from networking.models import Conversation
from networking.polls.frames import frame_of
from networking.polls.models import (
    FEWEST_OPTIONS,
    LONGEST,
    LONGEST_OPTION,
    MOST_OPTIONS,
    Option,
    Poll,
    State,
    Vote,
    polls_channel,
    results_channel,
)
from networking.services import Refused
from portal.events.services import record
from portal.live.services import bump, publish, touch
from portal.people.models import Delegate, User
from portal.written import one_line

NEXT: dict[str, set[State]] = {
    State.DRAFT: {State.OPEN, State.REMOVED},
    State.OPEN: {State.CLOSED, State.REMOVED},
    State.CLOSED: {State.OPEN, State.REMOVED},
    State.REMOVED: set(),
}
VERBS = {State.OPEN: "open poll", State.CLOSED: "close poll", State.REMOVED: "remove poll"}


@transaction.atomic
def draft_poll(
    conversation: Conversation, text: str, options: Sequence[str], *, multiple: bool, by: User | None, now: datetime
) -> Poll:
    """A poll only those who lead can see. Raises Refused unless it has two to ten different answers."""
    text, options = check_poll(text, options)
    poll = Poll.objects.create(conversation=conversation, text=text, multiple=multiple)
    _offer(poll, options)
    record(conversation.event, "draft poll", actor=by, subject=f"poll {poll.pk}: {text}", now=now)
    return poll


@transaction.atomic
def redraft_poll(
    poll: Poll, text: str, options: Sequence[str], *, multiple: bool, by: User | None, now: datetime
) -> Poll:
    """Rewrites a draft. Raises Refused once it was opened: people voted on the words they saw."""
    text, options = check_poll(text, options)
    poll = lock_poll(poll)
    if poll.state != State.DRAFT:
        raise Refused("This poll has been opened, so its words stand.")
    poll.text, poll.multiple = text, multiple
    poll.save(update_fields=["text", "multiple"])
    poll.options.all().delete()
    _offer(poll, options)
    record(poll.event, "change poll", actor=by, subject=f"poll {poll.pk}: {text}", now=now)
    return poll


@transaction.atomic
def move_poll(poll: Poll, state: State, *, by: User | None, now: datetime) -> Poll:
    """Opens, closes, opens again or removes. Raises Refused where that cannot follow; the same again is harmless."""
    poll = lock_poll(poll)
    if state == poll.state:
        return poll
    if state not in NEXT[poll.state]:
        raise Refused(f"This poll is {poll.get_state_display().lower()}, so that cannot be done.")
    was_told = poll.version is not None
    poll.state = state
    poll.opened_at = (poll.opened_at or now) if state == State.OPEN else poll.opened_at
    poll.closed_at = now if state == State.CLOSED else None
    if state != State.REMOVED or was_told:
        _tell(poll)
    poll.save()
    record(poll.event, VERBS[state], actor=by, subject=f"poll {poll.pk}: {poll.text}", now=now)
    return poll


@transaction.atomic
def show_results(poll: Poll, *, shown: bool, by: User | None, now: datetime) -> Poll:
    """Lets everyone see the results as they stand, or hides them again."""
    poll = lock_poll(poll)
    if poll.results_shown == shown:
        return poll
    poll.results_shown = shown
    if poll.is_shown:
        _tell(poll)
    poll.save()
    verb = "show poll results" if shown else "hide poll results"
    record(poll.event, verb, actor=by, subject=f"poll {poll.pk}: {poll.text}", now=now)
    return poll


@transaction.atomic
def cast_vote(poll: Poll, delegate: Delegate, chosen: Collection[int]) -> None:
    """This delegate's choice, in place of an earlier one. Raises Refused when closed, empty or not on offer."""
    poll = lock_poll(poll)
    if not poll.is_open:
        raise Refused("This poll is not open just now, so your vote was not counted.")
    wanted = set(chosen)
    options = [option for option in poll.options.all() if option.pk in wanted]
    if not options:
        raise Refused("Choose an answer first.")
    if len(options) != len(wanted) or (len(options) > 1 and not poll.multiple):
        raise Refused("Choose one of the answers." if not poll.multiple else "Choose among the answers.")
    poll.votes.filter(delegate=delegate).delete()
    Vote.objects.bulk_create(
        Vote(poll=poll, option=option, delegate=delegate, only=not poll.multiple) for option in options
    )
    touch(results_channel(poll.conversation_id))


def lock_poll(poll: Poll) -> Poll:
    """The poll as it is now, locked until the caller's transaction ends."""
    rows = Poll.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("conversation__event").get(pk=poll.pk)


def check_poll(text: str, options: Sequence[str]) -> tuple[str, list[str]]:
    text = one_line(text)
    offered = [one_line(option) for option in options]
    offered = [option for option in offered if option]
    if not text:
        raise Refused("Write the question first.")
    if len(text) > LONGEST or any(len(option) > LONGEST_OPTION for option in offered):
        raise Refused(f"The question may have {LONGEST} characters, and each answer {LONGEST_OPTION}.")
    if not FEWEST_OPTIONS <= len(offered) <= MOST_OPTIONS:
        raise Refused(f"A poll has {FEWEST_OPTIONS} to {MOST_OPTIONS} answers. Write each on a line of its own.")
    if len({option.casefold() for option in offered}) < len(offered):
        raise Refused("Two of the answers are the same.")
    return text, offered


def _offer(poll: Poll, options: Sequence[str]) -> None:
    Option.objects.bulk_create(
        Option(poll=poll, text=option, position=position) for position, option in enumerate(options, 1)
    )


def _tell(poll: Poll) -> None:
    """Stamps the poll and tells everyone; its caller saves it."""
    poll.version = bump(polls_channel(poll.conversation_id))
    publish(polls_channel(poll.conversation_id), frame_of(poll))
    touch(results_channel(poll.conversation_id))
