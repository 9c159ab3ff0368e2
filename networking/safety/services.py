"""Blocking, reporting, and what moderators do. Every act of a moderator is written down."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from networking.models import Conversation, Message, is_shown
from networking.questions.models import Question, State
from networking.questions.services import hide_question, lock_questions, move_question, show_question
from networking.safety.followers import tell_standing
from networking.safety.models import Announce, Block, Manner, Mute, Outcome, Reason, Report
from networking.safety.queries import acts_of
from networking.services import Refused, remove_message, tell_change
from portal.events.services import record
from portal.live.services import revoke, touch
from portal.mail.services import post_mail
from portal.people.models import Delegate, User
from portal.people.writing.letters import words_of

HIDE_AT = 3
MUTE_MINUTES = 60
MOST_REPORTS_AN_HOUR = 20


# For oneself


@transaction.atomic
def block(blocker: Delegate, blocked: Delegate, *, now: datetime) -> None:
    """From now on nothing the other says reaches this person: no page, no search, no socket. Harmless twice."""
    if blocker.pk == blocked.pk:
        raise Refused("You cannot block yourself.")
    Block.objects.get_or_create(blocker=blocker, blocked=blocked, defaults={"at": now})
    revoke(blocker.user_id, event=blocker.event.slug, reason="blocked somebody")


@transaction.atomic
def unblock(blocker: Delegate, blocked: Delegate) -> None:
    if Block.objects.filter(blocker=blocker, blocked=blocked).delete()[0]:
        revoke(blocker.user_id, event=blocker.event.slug, reason="unblocked somebody")


def choose_announcements(delegate: Delegate, announce: Announce) -> None:
    Manner.objects.update_or_create(delegate=delegate, defaults={"announce": announce})


# Reports


@transaction.atomic
def report_message(message: Message, reporter: Delegate, *, reason: Reason, words: str, now: datetime) -> Report:
    """Asks organisers to look. The third report hides the message until they have. Once a message and person, and
    anew where its words were changed after they had."""
    locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    earlier = message.reports.filter(reporter=reporter).first()
    if earlier and not _is_of_other_words(earlier, locked):
        return earlier
    report = earlier or Report(message=message, about_id=message.author_id, reporter=reporter)
    report.reason, report.words = reason, words
    report.outcome, report.decided_at, report.decided_by = "", None, None
    _send(report, now)
    if locked.is_shown and _is_reported_enough(locked):
        hide_message(message, now=now)
    return report


@transaction.atomic
def report_question(question: Question, reporter: Delegate, *, reason: Reason, words: str, now: datetime) -> Report:
    """As of a message; one that is hidden waits, like one that no moderator has seen."""
    lock_questions(question.conversation)
    earlier = question.reports.filter(reporter=reporter).first()
    if earlier:
        return earlier
    report = _send(
        Report(question=question, about_id=question.asker_id, reporter=reporter, reason=reason, words=words), now
    )
    if _is_reported_enough(question):
        hide_question(question, now=now)
    return report


@transaction.atomic
def report_person(about: Delegate, reporter: Delegate, *, reason: Reason, words: str, now: datetime) -> Report:
    return _send(Report(about=about, reporter=reporter, reason=reason, words=words), now)


def _send(report: Report, now: datetime) -> Report:
    _check_pace(report.reporter, now)
    report.event, report.at = report.reporter.event, now
    report.save()
    _tell_organisers(report, now)
    return report


def _is_reported_enough(said: Message | Question) -> bool:
    """What an organiser has found to break no rule is not hidden again by numbers."""
    found = said.reports.filter(outcome=Outcome.NOTHING)
    if any(not _is_of_other_words(report, said) for report in found):
        return False
    return said.reports.filter(outcome="").count() >= HIDE_AT


def _is_of_other_words(report: Report, said: Message | Question) -> bool:
    """Whether it was closed before its author put the message another way."""
    edited = said.edited_at if isinstance(said, Message) else None
    return report.decided_at is not None and edited is not None and report.decided_at < edited


def _check_pace(reporter: Delegate, now: datetime) -> None:
    if reporter.reports.filter(at__gt=now - timedelta(hours=1)).count() >= MOST_REPORTS_AN_HOUR:
        raise Refused("You have reported a great deal in the last hour. Please write to the organisers.")


def _tell_organisers(report: Report, now: datetime) -> None:
    """Danger is mailed at once. The mail says that, and nothing of what was written."""
    record(report.event, "report", actor=report.reporter.user, subject=f"report {report.pk}: {report.reason}", now=now)
    if report.reason != Reason.DANGER:
        return
    event, words = report.event, words_of(report.event)
    for organiser in event.organisers.filter(is_active=True):
        key = f"danger:{report.pk}:{organiser.pk}"
        post_mail(key=key, to=organiser.email, occasion="danger", event_id=event.pk, words=words, now=now)


@transaction.atomic
def decide(report: Report, *, outcome: Outcome, note: str, answer: str, by: User, now: datetime) -> bool:
    """Closes every open report of the same words, or this one of a person, and does what the outcome says.

    False, and nothing is done, where it was closed before. Raises Refused for what cannot be done about it.
    """
    if outcome not in acts_of(report):
        raise Refused("That cannot be done about this report.")
    values = {"outcome": outcome, "note": note, "answer": answer, "decided_at": now, "decided_by": by}
    if not _of_the_same(report).filter(outcome="").update(**values):
        return False
    record(report.event, "decide report", actor=by, subject=f"report {report.pk}: {outcome}", now=now)
    said = report.message or report.question
    if report.about and outcome == Outcome.SUSPENDED:
        suspend(report.about, by=by, now=now)
    if report.about and said and outcome == Outcome.MUTED:
        mute(said.conversation, report.about, by=by, now=now)
    if report.message:
        _settle_message(report.message, outcome, by, now)
    if report.question:
        _settle_question(report.question, outcome, by, now)
    return True


@transaction.atomic
def reopen(report: Report, *, by: User, now: datetime) -> bool:
    """Opens what was closed together again: who reported it reads that it waits. False where it is open.

    Undoes nothing that was done, and keeps the words for the next decision. What was found to break no rule counts by
    numbers again, and so is hidden at once where three wait.
    """
    said = _lock_said(report)
    together = _of_the_same(report).filter(outcome=report.outcome, decided_at=report.decided_at).exclude(outcome="")
    if not together.update(outcome="", decided_at=None, decided_by=None):
        return False
    record(report.event, "reopen report", actor=by, subject=f"report {report.pk}: was {report.outcome}", now=now)
    if said and _is_reported_enough(said):
        hide_message(said, now=now) if isinstance(said, Message) else hide_question(said, now=now)
    return True


def _lock_said(report: Report) -> Message | Question | None:
    """As who reports it does, so that no report falls between counting and hiding."""
    if report.message:
        Message.objects.select_for_update(no_key=True).get(pk=report.message.pk)
    if report.question:
        lock_questions(report.question.conversation)
    return report.message or report.question


# What was hidden meanwhile is shown again.
STAYS = {Outcome.NOTHING, Outcome.SPOKEN}


def _settle_message(message: Message, outcome: Outcome, by: User, now: datetime) -> None:
    if outcome in STAYS:
        show_message(message)
    else:
        remove_message(message, by=by, now=now)


def _settle_question(question: Question, outcome: Outcome, by: User, now: datetime) -> None:
    """One that was taken back, or that who leads the place has dealt with, stays as it is."""
    if outcome in STAYS:
        show_question(question, by=by, now=now)
        return
    lock_questions(question.conversation)
    question.refresh_from_db(fields=["state"])
    if outcome in (Outcome.REMOVED, Outcome.MUTED, Outcome.SUSPENDED) and question.state != State.WITHDRAWN:
        move_question(question, State.DISMISSED, by=by, now=now)


def _of_the_same(report: Report) -> QuerySet[Report]:
    if report.message_id:
        return Report.objects.filter(message=report.message_id)
    if report.question_id:
        return Report.objects.filter(question=report.question_id)
    return Report.objects.filter(pk=report.pk)


# In a place


@transaction.atomic
def hide_message(message: Message, *, now: datetime) -> None:
    if Message.objects.filter(is_shown(), pk=message.pk).update(hidden_at=now):
        tell_change(message)
        record(message.conversation.event, "hide message", actor=None, subject=f"message {message.pk}", now=now)


@transaction.atomic
def show_message(message: Message) -> None:
    if Message.objects.filter(pk=message.pk).exclude(hidden_at=None).update(hidden_at=None):
        tell_change(message)


@transaction.atomic
def mute(
    conversation: Conversation, delegate: Delegate, *, by: User, now: datetime, minutes: int = MUTE_MINUTES
) -> None:
    until = now + timedelta(minutes=minutes)
    values = {"at": now, "until": until, "by": by}
    Mute.objects.update_or_create(conversation=conversation, delegate=delegate, defaults=values)
    revoke(delegate.user_id, event=conversation.event.slug, reason=f"muted in conversation {conversation.pk}")
    touch(f"mutes.{delegate.pk}")
    subject = f"{delegate.pk} in conversation {conversation.pk} for {minutes} minutes"
    record(conversation.event, "mute", actor=by, subject=subject, now=now)


@transaction.atomic
def unmute(conversation: Conversation, delegate: Delegate, *, by: User, now: datetime) -> None:
    if conversation.mutes.holding(now).filter(delegate=delegate).update(until=now):
        touch(f"mutes.{delegate.pk}")
        subject = f"{delegate.pk} in conversation {conversation.pk}"
        record(conversation.event, "unmute", actor=by, subject=subject, now=now)


@transaction.atomic
def slow_down(conversation: Conversation, *, seconds: int, by: User, now: datetime) -> None:
    """Each person waits so long between two messages here; 0 ends it."""
    Conversation.objects.filter(pk=conversation.pk).update(slow_seconds=seconds)
    conversation.slow_seconds = seconds
    touch(f"{conversation.channel}.pace")
    record(conversation.event, "slow mode", actor=by, subject=f"conversation {conversation.pk}: {seconds} s", now=now)


# In the event


@transaction.atomic
def suspend(delegate: Delegate, *, by: User, now: datetime) -> None:
    """Puts a delegate out of the event. Their pages refuse at once, their sockets close within five seconds."""
    if Delegate.objects.filter(pk=delegate.pk, suspended_at=None).update(suspended_at=now):
        revoke(delegate.user_id, event=delegate.event.slug, reason="suspended")
        record(delegate.event, "suspend", actor=by, subject=f"delegate {delegate.pk}", now=now)
        tell_standing(delegate, now)


@transaction.atomic
def restore(delegate: Delegate, *, by: User, now: datetime) -> None:
    if Delegate.objects.filter(pk=delegate.pk).exclude(suspended_at=None).update(suspended_at=None):
        record(delegate.event, "restore", actor=by, subject=f"delegate {delegate.pk}", now=now)
        tell_standing(delegate, now)
