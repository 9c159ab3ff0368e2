"""Asked once, shown in order, voted for once, one answered at a time: and every change told."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from networking.questions.models import (
    LONGEST,
    HeldQuestion,
    Question,
    State,
    Upvote,
    questions_channel,
)
from networking.questions.queries import board, tallies
from networking.questions.services import (
    ask_question,
    move_question,
    set_asking,
    take_back_upvote,
    upvote,
    withdraw_question,
)
from networking.services import Refused, SlowDown
from portal.live.reads import version_of
from portal.models import AuditEntry
from tests.breakouts.rush import Gate, make_crowd, rush
from tests.networking.constraints import without_constraint

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def texts(questions) -> list[str]:
    return [question.text for question in questions]


def test_a_question_is_shown_to_everyone_at_once(lounge, ben, ask):
    question = ask(lounge, ben)
    assert (question.state, question.version, question.asker) == (State.APPROVED, 1, ben)


def test_the_same_token_asks_once(lounge, ben, ask):
    assert len({ask(lounge, ben, token="same").pk for _ in range(5)}) == 1
    assert version_of(questions_channel(lounge.pk)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_token_many_times_at_once_asks_once(lounge, ben, now):
    asking = partial(ask_question, lounge, ben, "Why?", anonymous=False, token="same", now=now)
    assert rush([asking] * 12) == {"done": 12}
    assert Question.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * (LONGEST + 1)])
def test_nothing_and_too_much_are_refused(lounge, ben, ask, text):
    with pytest.raises(Refused):
        ask(lounge, ben, text)
    assert not Question.objects.exists()


def test_the_eleventh_question_in_ten_minutes_waits_and_is_welcome_after(lounge, ben, sana, ask, now):
    for _ in range(10):
        ask(lounge, ben)
    with pytest.raises(SlowDown):
        ask(lounge, ben)
    ask(lounge, sana)
    ask(lounge, ben, at=now + timedelta(minutes=10))
    assert Question.objects.count() == 12


def test_where_no_questions_are_taken_none_is(lounge, ben, ada, ask, now):
    set_asking(lounge, is_open=False, moderated=False, by=ada, now=now)
    with pytest.raises(Refused, match="No more questions"):
        ask(lounge, ben)


def test_a_moderated_question_is_told_to_nobody_until_it_is_shown(lounge, ben, ada, ask, now):
    set_asking(lounge, is_open=True, moderated=True, by=ada, now=now)
    question = ask(lounge, ben)
    assert (question.state, question.version) == (State.PENDING, None)
    assert texts(board(lounge, None).open) == []
    assert texts(board(lounge, ben).waiting) == ["Why?"]
    question = move_question(question, State.APPROVED, by=ada, now=now)
    assert (question.state, question.version) == (State.APPROVED, 1)


def test_a_question_dismissed_before_it_was_shown_leaves_no_trace_in_the_log(lounge, ben, ada, ask, now):
    set_asking(lounge, is_open=True, moderated=True, by=ada, now=now)
    question = move_question(ask(lounge, ben), State.DISMISSED, by=ada, now=now)
    assert question.version is None
    assert version_of(questions_channel(lounge.pk)) == 0


def test_the_most_wanted_come_first_and_what_is_answered_now_above_them(lounge, ben, sana, ada, ask, now):
    few, many, now_answered = (ask(lounge, ben, text) for text in ("few", "many", "now"))
    upvote(few, ben)
    for delegate in (ben, sana):
        upvote(many, delegate)
    move_question(now_answered, State.ANSWERING, by=ada, now=now)
    assert texts(board(lounge, None).open) == ["now", "many", "few"]


def test_to_answer_the_next_one_marks_the_one_before_answered(lounge, ben, ada, ask, now):
    one, other = ask(lounge, ben, "one"), ask(lounge, ben, "other")
    move_question(one, State.ANSWERING, by=ada, now=now)
    move_question(other, State.ANSWERING, by=ada, now=now)
    assert dict(Question.objects.values_list("text", "state")) == {"one": "answered", "other": "answering"}
    assert AuditEntry.objects.filter(verb="mark question answered", actor=ada).count() == 1


def test_an_answer_in_words_stays_with_the_question(lounge, ben, ada, ask, now):
    question = move_question(ask(lounge, ben), State.ANSWERED, by=ada, now=now, answer="Because.")
    changed = move_question(question, State.ANSWERED, by=ada, now=now, answer="Because of that.")
    assert board(lounge, None).answered[0].answer == "Because of that."
    assert changed.version == 3


def test_the_same_state_again_changes_nothing(lounge, ben, ada, ask, now):
    question = move_question(ask(lounge, ben), State.ANSWERING, by=ada, now=now)
    assert move_question(question, State.ANSWERING, by=ada, now=now).version == question.version


@pytest.mark.parametrize("state", [State.APPROVED, State.ANSWERING, State.ANSWERED, State.DISMISSED])
def test_what_was_taken_back_cannot_be_brought_back(lounge, ben, ada, ask, now, state):
    question = ask(lounge, ben)
    assert withdraw_question(lounge, question.pk, asker=ben, token="")
    with pytest.raises(Refused):
        move_question(question, state, by=ada, now=now)


def test_a_question_taken_back_keeps_none_of_its_words(lounge, ben, ask):
    question = ask(lounge, ben, "private words")
    assert withdraw_question(lounge, question.pk, asker=ben, token="")
    question.refresh_from_db()
    assert (question.text, question.state) == ("", State.WITHDRAWN)
    assert not withdraw_question(lounge, question.pk, asker=ben, token="")


def test_nobody_takes_back_anothers(lounge, ben, sana, ask):
    question = ask(lounge, ben)
    for token in ("", "guess"):
        assert not withdraw_question(lounge, question.pk, asker=sana, token=token)


def test_only_one_is_answered_at_a_time_by_the_database(lounge, ben, ask):
    one, other = ask(lounge, ben, "one"), ask(lounge, ben, "other")
    Question.objects.filter(pk=one.pk).update(state=State.ANSWERING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=other.pk).update(state=State.ANSWERING)


def test_a_vote_counts_once_and_can_be_taken_back(lounge, ben, sana, ask):
    question = ask(lounge, ben)
    for _ in range(3):
        upvote(question, sana)
    assert tallies(lounge.pk) == {str(question.pk): 1}
    take_back_upvote(question, sana)
    take_back_upvote(question, sana)
    assert tallies(lounge.pk) == {str(question.pk): 0}


def test_after_the_answer_the_votes_stand(lounge, ben, sana, ada, ask, now):
    question = ask(lounge, ben)
    upvote(question, sana)
    question = move_question(question, State.ANSWERED, by=ada, now=now)
    with pytest.raises(Refused):
        upvote(question, ben)
    with pytest.raises(Refused):
        take_back_upvote(question, sana)
    assert tallies(lounge.pk) == {str(question.pk): 1}


@pytest.mark.django_db(transaction=True)
def test_forty_people_who_vote_five_times_each_at_once_are_forty_votes(lounge, ben, ask, now):
    question, crowd = ask(lounge, ben), make_crowd(lounge.event, 40, now)
    assert rush([partial(upvote, question, delegate) for delegate in crowd * 5]) == {"done": 200}
    assert tallies(lounge.pk) == {str(question.pk): 40}


@pytest.mark.django_db(transaction=True)
def test_negative_control_looking_first_counts_a_person_twice_without_the_constraint(lounge, ben, sana, ask):
    question, gate = ask(lounge, ben), Gate(4)

    def vote_if_new() -> None:
        if not question.upvotes.filter(delegate=sana).exists():
            gate.wait()
            Upvote.objects.create(question=question, delegate=sana)

    with without_constraint(Upvote):
        assert rush([vote_if_new] * 4) == {"done": 4}
        assert Upvote.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_who_lead_and_call_different_questions_at_once_leave_one(lounge, ben, ada, ask, now):
    asked = [ask(lounge, ben, str(number)) for number in range(4)]
    moves = [partial(move_question, question, State.ANSWERING, by=ada, now=now) for question in asked]
    assert rush(moves * 3) == {"done": 12}
    assert Question.objects.filter(state=State.ANSWERING).count() == 1


def test_what_somebody_unheard_asked_by_name_is_left_out_and_an_anonymous_question_never(lounge, ben, sana, ask):
    ask(lounge, ben, "by name")
    ask(lounge, ben, "without", anonymous=True)
    ask(lounge, sana, "another")
    assert sorted(texts(board(lounge, sana, unheard=frozenset({ben.user_id})).open)) == ["another", "without"]


def test_nothing_is_held_that_was_asked_by_name(lounge, ben, ask):
    ask(lounge, ben)
    assert not HeldQuestion.objects.exists()
