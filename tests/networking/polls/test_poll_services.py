"""Drafted, opened, closed; one vote a person where one may be chosen; nothing shown that is hidden."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from networking.polls.frames import frames_after, results_state
from networking.polls.models import Option, Poll, State, Vote, polls_channel
from networking.polls.queries import ballot, show_poll
from networking.polls.services import cast_vote, draft_poll, move_poll, redraft_poll, show_results
from networking.services import Refused
from portal.live.reads import version_of
from portal.models import AuditEntry
from tests.breakouts.rush import Gate, make_crowd, rush

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def votes(poll) -> dict[str, int]:
    return {option.text: option.votes.count() for option in poll.options.all()}


def test_a_draft_is_seen_by_nobody_and_told_to_nobody(lounge, ben, draft):
    assert draft().version is None
    assert ballot(lounge, ben).polls == []
    assert version_of(polls_channel(lounge.pk)) == 0


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ["One", "Other"]),
        ("Which?", ["One"]),
        ("Which?", ["One", " ", "\x00"]),
        ("Which?", ["Same", "same "]),
        ("Which?", [str(n) for n in range(11)]),
        ("x" * 301, ["One", "Other"]),
        ("Which?", ["One", "x" * 151]),
    ],
)
def test_what_makes_no_poll_is_refused(lounge, ada, now, text, options):
    with pytest.raises(Refused):
        draft_poll(lounge, text, options, multiple=False, by=ada, now=now)
    assert not Poll.objects.exists()


def test_a_draft_can_be_rewritten_and_an_opened_poll_cannot(draft, ada, now):
    poll = redraft_poll(draft(), "Which now?", ["A", "B", "C"], multiple=True, by=ada, now=now)
    assert [option.text for option in poll.options.all()] == ["A", "B", "C"]
    move_poll(poll, State.OPEN, by=ada, now=now)
    with pytest.raises(Refused, match="its words stand"):
        redraft_poll(poll, "Other words", ["A", "B"], multiple=False, by=ada, now=now)


def test_opening_and_closing_are_told_and_written_down(lounge, open_poll, ada, now):
    poll = open_poll()
    assert poll.version == 1
    poll = move_poll(poll, State.CLOSED, by=ada, now=now)
    assert (poll.version, poll.closed_at) == (2, now)
    assert set(AuditEntry.objects.filter(actor=ada).values_list("verb", flat=True)) >= {"open poll", "close poll"}


def test_the_same_again_is_told_once(lounge, open_poll, ada, now):
    poll = open_poll()
    assert move_poll(poll, State.OPEN, by=ada, now=now).version == 1


def test_a_closed_poll_takes_no_vote_and_an_opened_one_does_again(open_poll, choices, ben, ada, now):
    poll = move_poll(open_poll(), State.CLOSED, by=ada, now=now)
    with pytest.raises(Refused, match="not open"):
        cast_vote(poll, ben, choices(poll)[:1])
    poll = move_poll(poll, State.OPEN, by=ada, now=now)
    cast_vote(poll, ben, choices(poll)[:1])
    assert votes(poll) == {"One": 1, "Other": 0}


def test_a_draft_takes_no_vote(draft, choices, ben):
    poll = draft()
    with pytest.raises(Refused):
        cast_vote(poll, ben, choices(poll)[:1])


def test_a_later_vote_takes_the_place_of_an_earlier(open_poll, choices, ben):
    poll = open_poll()
    for chosen in choices(poll):
        cast_vote(poll, ben, [chosen])
    assert votes(poll) == {"One": 0, "Other": 1}


def test_where_several_may_be_chosen_each_counts_once(open_poll, choices, ben, sana):
    poll = open_poll("Which?", "A", "B", "C", multiple=True)
    a, b, _ = choices(poll)
    cast_vote(poll, ben, [a, b, a])
    cast_vote(poll, sana, [b])
    assert votes(poll) == {"A": 1, "B": 2, "C": 0}


@pytest.mark.parametrize("pick", [[], [0, 1], ["another"], [10**17]])
def test_a_choice_that_is_not_on_offer_is_refused(open_poll, choices, ben, pick):
    poll, another = open_poll(), open_poll("Another?", "X", "Y")
    known = {0: choices(poll)[0], 1: choices(poll)[1], "another": choices(another)[0]}
    with pytest.raises(Refused):
        cast_vote(poll, ben, [known.get(each, each) for each in pick])
    assert not Vote.objects.exists()


def test_a_single_choice_is_one_vote_by_the_database(open_poll, ben):
    poll = open_poll()
    one, other = poll.options.all()
    Vote.objects.create(poll=poll, option=one, delegate=ben, only=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(poll=poll, option=other, delegate=ben, only=True)


@pytest.mark.django_db(transaction=True)
def test_one_person_in_twenty_tabs_has_one_vote(open_poll, choices, ben):
    poll = open_poll()
    one, other = choices(poll)
    acts = [partial(cast_vote, poll, ben, [(one, other)[number % 2]]) for number in range(20)]
    assert rush(acts) == {"done": 20}
    assert Vote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_forty_people_at_once_are_forty_votes(open_poll, choices, lounge, now):
    poll = open_poll()
    crowd = make_crowd(lounge.event, 40, now)
    assert rush([partial(cast_vote, poll, delegate, choices(poll)[:1]) for delegate in crowd * 2]) == {"done": 80}
    assert votes(poll) == {"One": 40, "Other": 0}


def look_then_vote(poll, option, delegate, *, gate, only) -> None:
    """What a service does that neither locks nor leans on the constraint."""
    if not poll.votes.filter(delegate=delegate).exists():
        gate.wait()
        Vote.objects.create(poll=poll, option=option, delegate=delegate, only=only)


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_lock_and_constraint_one_person_votes_twice(open_poll, ben):
    poll, gate = open_poll(), Gate(2)
    acts = [partial(look_then_vote, poll, each, ben, gate=gate, only=False) for each in poll.options.all()]
    assert rush(acts) == {"done": 2}
    assert Vote.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_constraint_still_holds_one_vote(open_poll, ben):
    poll, gate = open_poll(), Gate(2)
    acts = [partial(look_then_vote, poll, each, ben, gate=gate, only=True) for each in poll.options.all()]
    assert rush(acts) == {"done": 1, "IntegrityError": 1}
    assert Vote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_vote_is_counted_after_the_close(open_poll, choices, lounge, ada, now):
    poll = open_poll()
    crowd = make_crowd(lounge.event, 30, now)
    ballots = [partial(cast_vote, poll, delegate, choices(poll)[:1]) for delegate in crowd]
    outcomes = rush([*ballots[:15], partial(move_poll, poll, State.CLOSED, by=ada, now=now), *ballots[15:]])
    assert set(outcomes) <= {"done", "Refused"}
    final = frames_after(lounge.pk, 0, 10)[-1]
    assert Vote.objects.count() == outcomes["done"] - 1
    assert f"{Vote.objects.count()} {'person has' if Vote.objects.count() == 1 else 'people have'} voted" in final.html


def test_hidden_results_are_in_no_frame_page_or_gauge(lounge, open_poll, choices, ben, sana, now):
    poll = open_poll("Which?", "One", "Other")
    for delegate in (ben, sana):
        cast_vote(poll, delegate, choices(poll)[:1])
    assert show_poll(poll).results.lines is None
    assert ballot(lounge, ben).polls[0].results.lines is None
    told = results_state(lounge.pk, now)["polls"][str(poll.pk)] + frames_after(lounge.pk, 0, 10)[0].html
    assert "2 people have voted" in told
    assert "100%" not in told


def test_shown_results_are_told_with_their_shares(lounge, open_poll, choices, ben, sana, ada, now):
    poll = open_poll("Which?", "A", "B", multiple=True)
    a, b = choices(poll)
    cast_vote(poll, ben, [a, b])
    cast_vote(poll, sana, [a])
    poll = show_results(poll, shown=True, by=ada, now=now)
    assert [(line.text, line.votes, line.percent, line.first) for line in show_poll(poll).results.lines] == [
        ("A", 2, 100, True),
        ("B", 1, 50, False),
    ]
    assert "Bar chart. A: 100%; B: 50%" in frames_after(lounge.pk, 0, 10)[0].html
    poll = show_results(poll, shown=False, by=ada, now=now)
    assert "Bar chart" not in frames_after(lounge.pk, 0, 10)[0].html


def test_a_removed_poll_leaves_a_tombstone(lounge, open_poll, ada, ben, now):
    poll = move_poll(open_poll(), State.REMOVED, by=ada, now=now)
    (frame,) = frames_after(lounge.pk, 0, 10)
    assert (frame.kind, frame.html, frame.version) == ("gone", "", poll.version)
    assert ballot(lounge, ben).polls == []


def test_a_removed_draft_was_never_there(lounge, draft, ada, now):
    move_poll(draft(), State.REMOVED, by=ada, now=now)
    assert version_of(polls_channel(lounge.pk)) == 0


def test_an_option_is_offered_once_by_the_database(draft):
    poll = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Option.objects.create(poll=poll, text="One", position=9)


def test_nobody_is_told_who_chose_what(lounge, open_poll, choices, ben, ada, now):
    poll = open_poll()
    cast_vote(poll, ben, choices(poll)[:1])
    show_results(poll, shown=True, by=ada, now=now)
    assert ben.name not in frames_after(lounge.pk, 0, 10)[0].html
    assert not AuditEntry.objects.filter(actor=ben.user).exists()
