"""Asking, voting, and what those who lead a conversation do with a question.

Every change of what is shown takes the conversation's lock, so that a question is asked once and one is
answered at a time.
"""

import random
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from networking.models import Conversation
from networking.naming import known_as
from networking.questions.frames import question_frame
from networking.questions.limits import allowance
from networking.questions.models import (
    LONGEST,
    LONGEST_ANSWER,
    Asking,
    HeldQuestion,
    Question,
    State,
    Upvote,
    draw_number,
    questions_channel,
    queue_channel,
    upvotes_channel,
)
from networking.questions.queries import asking_of
from networking.services import Refused, SlowDown
from portal.events.services import record
from portal.live.services import bump, publish, touch
from portal.people.models import Delegate, User
from portal.written import lines

# Anonymous questions are kept back for a random while within these seconds.
SOONEST, LATEST = 5, 30

# What may follow what. A question taken back stays so: it was the asker's to decide.
NEXT: dict[str, set[State]] = {
    State.PENDING: {State.APPROVED, State.ANSWERING, State.DISMISSED},
    State.APPROVED: {State.ANSWERING, State.ANSWERED, State.DISMISSED},
    State.ANSWERING: {State.APPROVED, State.ANSWERED, State.DISMISSED},
    State.ANSWERED: {State.APPROVED, State.ANSWERING, State.DISMISSED},
    State.DISMISSED: {State.APPROVED},
    State.WITHDRAWN: set(),
}
VERBS = {
    State.APPROVED: "approve question",
    State.ANSWERING: "answer question now",
    State.ANSWERED: "mark question answered",
    State.DISMISSED: "dismiss question",
}


class Asked(NamedTuple):
    """The number a question has or will have, and the question once there is one."""

    id: int
    question: Question | None


def ask_question(
    conversation: Conversation, asker: Delegate, text: str, *, anonymous: bool, token: str, now: datetime
) -> Asked:
    """Asks once per ``token``, however often it is sent.

    Of an anonymous question nothing that leads to ``asker`` is written anywhere. Raises Refused for an empty or too
    long text and where no questions are taken, SlowDown past ten in ten minutes.
    """
    text, mark = check_text(text, LONGEST), hash_token(token)
    with transaction.atomic():
        lock_questions(conversation)
        asked = _find(mark)
        if asked:
            return asked
        if not asking_of(conversation).is_open:
            raise Refused("No more questions are taken here just now.")
        if not allowance.take(asker.pk, now):
            raise SlowDown("You have asked several questions in a short time. Wait a few minutes, then send this one.")
        if anonymous:
            return _hold(conversation, text, mark, now)
        called = known_as(conversation, asker)
        question = Question(conversation=conversation, asker=asker, known_as=called, text=text, at=now, mark=mark)
        return Asked(question.pk, _put(question))


def release_due(now: datetime) -> int:
    """The sweep that lets anonymous questions out, those of a conversation together and in no order."""
    due = HeldQuestion.objects.filter(release_after__lte=now)
    conversations = Conversation.objects.filter(pk__in=due.values("conversation")).select_related("event")
    return sum(_release(conversation, now) for conversation in conversations)


def withdraw_question(conversation: Conversation, number: int, *, asker: Delegate | None, token: str) -> bool:
    """Takes a question back and wipes its words. Yours by your name, or by the secret it was sent with."""
    with transaction.atomic():
        lock_questions(conversation)
        held = conversation.held_questions.filter(pk=number).first()
        if held and _owns(held, asker, token):
            held.delete()
            return True
        question = conversation.questions.filter(pk=number).first()
        if question is None or question.state == State.WITHDRAWN or not _owns(question, asker, token):
            return False
        question.state, question.text, question.answer = State.WITHDRAWN, "", ""
        _tell(question, was_public=question.version is not None)
        return True


def upvote(question: Question, delegate: Delegate) -> None:
    """One vote a person, held by the constraint. Raises Refused once it was answered."""
    if not question.is_votable:
        raise Refused("This question has been answered, so its votes stand.")
    Upvote.objects.bulk_create([Upvote(question=question, delegate=delegate)], ignore_conflicts=True)
    touch(upvotes_channel(question.conversation_id))


def take_back_upvote(question: Question, delegate: Delegate) -> None:
    if not question.is_votable:
        raise Refused("This question has been answered, so its votes stand.")
    question.upvotes.filter(delegate=delegate).delete()
    touch(upvotes_channel(question.conversation_id))


def move_question(question: Question, state: State, *, by: User, now: datetime, answer: str | None = None) -> Question:
    """Approves, dismisses, answers now or marks answered. Raises Refused where that cannot follow.

    To answer one now marks the one before it answered. ``answer`` in words is kept beside the question.
    """
    words = None if answer is None else check_answer(answer)
    with transaction.atomic():
        lock_questions(question.conversation)
        question = Question.objects.select_related("asker", "conversation__event").get(pk=question.pk)
        if state != question.state and state not in NEXT[question.state]:
            raise Refused(f"This question is {question.get_state_display().lower()}, so that cannot be done.")
        if state == question.state and words in (None, question.answer):
            return question
        if state == State.ANSWERING:
            _finish_others(question, by, now)
        was_public = question.version is not None
        question.state, question.answer = state, question.answer if words is None else words
        _tell(question, was_public=was_public)
        record(question.event, VERBS[state], actor=by, subject=f"question {question.pk}", now=now)
    return question


def hide_question(question: Question, *, now: datetime) -> None:
    """Out of everybody's sight, among those that wait for a moderator. Harmless twice."""
    with transaction.atomic():
        lock_questions(question.conversation)
        question = Question.objects.select_related("asker", "conversation__event").get(pk=question.pk)
        if not question.is_public:
            return
        question.was_answered = question.state == State.ANSWERED
        question.state = State.PENDING
        _tell(question, was_public=True)
        record(question.event, "hide question", actor=None, subject=f"question {question.pk}", now=now)


def show_question(question: Question, *, by: User, now: datetime) -> None:
    """Among the answered again, or open; one that a moderator has dealt with meanwhile stays as it is."""
    with transaction.atomic():
        lock_questions(question.conversation)
        question = Question.objects.select_related("asker", "conversation__event").get(pk=question.pk)
        if question.state != State.PENDING:
            return
        question.state = State.ANSWERED if question.was_answered else State.APPROVED
        _tell(question, was_public=question.version is not None)
        record(question.event, VERBS[question.state], actor=by, subject=f"question {question.pk}", now=now)


def set_asking(conversation: Conversation, *, is_open: bool, moderated: bool, by: User, now: datetime) -> Asking:
    """Whether questions are taken, and whether a moderator sees them first. What waits goes on waiting."""
    values = {"is_open": is_open, "moderated": moderated}
    with transaction.atomic():
        lock_questions(conversation)
        asking, _ = Asking.objects.update_or_create(conversation=conversation, defaults=values)
        told = f"{conversation}: {'taken' if is_open else 'closed'}{', moderated' if moderated else ''}"
        record(conversation.event, "set questions", actor=by, subject=told, now=now)
    return asking


def hash_token(token: str) -> str:
    """The secret stays in the asker's browser; only its keyed hash is stored."""
    return salted_hmac("networking.questions", token, algorithm="sha256").hexdigest()


def check_text(text: str, longest: int) -> str:
    text = lines(text)
    if not text:
        raise Refused("Write something first.")
    if len(text) > longest:
        raise Refused(f"This is {len(text):,} characters long. The most is {longest:,}: make it shorter.")
    return text


def check_answer(answer: str) -> str:
    return check_text(answer, LONGEST_ANSWER) if answer.strip() else ""


def lock_questions(conversation: Conversation) -> None:
    """One change of the questions of a conversation at a time. Inside a transaction."""
    Conversation.objects.select_for_update(no_key=True).only("pk").get(pk=conversation.pk)


def _find(mark: str) -> Asked | None:
    question = Question.objects.filter(mark=mark).first()
    if question:
        return Asked(question.pk, question)
    held = HeldQuestion.objects.filter(mark=mark).first()
    return Asked(held.pk, None) if held else None


def _hold(conversation: Conversation, text: str, mark: str, now: datetime) -> Asked:
    seconds = SOONEST + secrets.randbelow(LATEST - SOONEST + 1)
    held = HeldQuestion.objects.create(
        pk=draw_number(), conversation=conversation, text=text, mark=mark,
        release_after=now + timedelta(seconds=seconds),
    )  # fmt: skip
    return Asked(held.pk, None)


@transaction.atomic
def _release(conversation: Conversation, now: datetime) -> int:
    lock_questions(conversation)
    held = list(conversation.held_questions.filter(release_after__lte=now))
    # Written anew in another table and another order, so that no row remembers its place in line.
    random.SystemRandom().shuffle(held)
    conversation.held_questions.filter(pk__in=[each.pk for each in held]).delete()
    minute = now.replace(second=0, microsecond=0)
    for each in held:
        _put(Question(pk=each.pk, conversation=conversation, anonymous=True, text=each.text, at=minute, mark=each.mark))
    return len(held)


def _put(question: Question) -> Question:
    """Writes a new question, for everyone or first for a moderator."""
    moderated = asking_of(question.conversation).moderated
    question.state = State.PENDING if moderated else State.APPROVED
    if not moderated:
        question.version = bump(questions_channel(question.conversation_id))
    question.save(force_insert=True)
    if moderated:
        touch(queue_channel(question.conversation_id))
    else:
        _publish(question)
    return question


def _tell(question: Question, *, was_public: bool) -> None:
    """Saves a change; what was never shown and is not shown now has nothing to tell everyone."""
    if was_public or question.is_public:
        question.version = bump(questions_channel(question.conversation_id))
    question.save(update_fields=["state", "was_answered", "text", "answer", "version"])
    if was_public or question.is_public:
        _publish(question)
    touch(queue_channel(question.conversation_id))


def _publish(question: Question) -> None:
    question.votes = question.upvotes.count()  # type: ignore[attr-defined]
    publish(questions_channel(question.conversation_id), question_frame(question))
    touch(upvotes_channel(question.conversation_id))


def _finish_others(question: Question, by: User, now: datetime) -> None:
    answering = question.conversation.questions.filter(state=State.ANSWERING).exclude(pk=question.pk)
    for other in answering.select_related("asker", "conversation__event"):
        other.state = State.ANSWERED
        _tell(other, was_public=True)
        record(other.event, VERBS[State.ANSWERED], actor=by, subject=f"question {other.pk}", now=now)


def _owns(question: Question | HeldQuestion, asker: Delegate | None, token: str) -> bool:
    if isinstance(question, Question) and asker is not None and question.asker_id == asker.pk:
        return True
    return bool(token) and constant_time_compare(question.mark, hash_token(token))
