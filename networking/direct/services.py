"""Asking to talk, answering, talking in a small group, and marking what was read."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from networking.direct.inbox import touch_inboxes
from networking.direct.models import Reading, State, TalkRequest
from networking.models import Conversation, Kind, OpenTo
from networking.safety.queries import blocks_between
from networking.services import Refused, seat_participant, tell_joined, unseat_participant
from portal.people.models import Delegate
from portal.written import lines

MOST_IN_A_GROUP = 8
MOST_REQUESTS_A_DAY = 20
# The same words for whoever cannot be asked, so that nobody learns that they are blocked.
CANNOT = "This person cannot be asked just now."


@transaction.atomic
def ask_to_talk(sender: Delegate, receiver: Delegate, *, words: str, now: datetime) -> TalkRequest:
    """Asks once. Who was asked by the other already accepts by asking. Raises Refused."""
    _lock(sender, receiver)
    _check_may_ask(sender, [receiver])
    theirs = _pending(receiver, sender)
    if theirs:
        answer_request(theirs, accept=True, now=now)
        theirs.refresh_from_db()
        return theirs
    mine = _pending(sender, receiver)
    if mine:
        return mine
    _check_not_answered(sender, receiver)
    _check_pace(sender, now)
    asked = TalkRequest.objects.create(
        event=sender.event, sender=sender, receiver=receiver, words=lines(words)[:300], at=now
    )
    touch_inboxes([receiver.pk])
    return asked


@transaction.atomic
def invite(conversation: Conversation, sender: Delegate, receiver: Delegate, *, now: datetime) -> TalkRequest:
    """Asks somebody into a talk that there is, up to eight people; not who has declined. Raises Refused."""
    _lock(sender, receiver)
    Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    people = list(conversation.participants.filter(until=None).values_list("delegate_id", flat=True))
    if sender.pk not in people:
        raise Refused(CANNOT)
    waiting = conversation.requests.filter(state=State.PENDING)
    if receiver.pk in people or waiting.filter(receiver=receiver).exists():
        raise Refused(f"{receiver.name} is in this talk, or asked to join it, already.")
    if len(people) + waiting.count() >= MOST_IN_A_GROUP:
        raise Refused(f"A talk has at most {MOST_IN_A_GROUP} people. Open a table in the lounge for more.")
    _check_may_ask(receiver, list(Delegate.objects.filter(pk__in=people)))
    if _has_declined(receiver, Q(sender=sender) | Q(conversation=conversation)):
        raise Refused(CANNOT)
    _check_pace(sender, now)
    asked = TalkRequest.objects.create(
        event=sender.event, sender=sender, receiver=receiver, at=now, conversation=conversation
    )
    touch_inboxes([receiver.pk])
    return asked


@transaction.atomic
def answer_request(request: TalkRequest, *, accept: bool, now: datetime) -> Conversation | None:
    """The receiver's answer, once: accepted, it gives the talk. Raises Refused when it was taken back."""
    state = State.ACCEPTED if accept else State.DECLINED
    open_ones = TalkRequest.objects.filter(pk=request.pk, state=State.PENDING)
    if not open_ones.update(state=state, answered_at=now):
        raise Refused("This request was answered or taken back already.")
    touch_inboxes([request.sender_id, request.receiver_id])
    if not accept:
        return None
    if request.conversation:
        return _join(request.conversation, request.receiver, request.sender, now)
    _check_may_ask(request.sender, [request.receiver])
    talk = find_talk(request.sender, request.receiver) or _open(request.sender, request.receiver, now)
    TalkRequest.objects.filter(pk=request.pk).update(conversation=talk)
    return talk


@transaction.atomic
def withdraw(request: TalkRequest, *, now: datetime) -> None:
    open_ones = TalkRequest.objects.filter(pk=request.pk, state=State.PENDING)
    if open_ones.update(state=State.WITHDRAWN, answered_at=now):
        touch_inboxes([request.receiver_id])


@transaction.atomic
def leave_talk(conversation: Conversation, delegate: Delegate, *, now: datetime) -> None:
    """Hears no more of it. The others keep what was said."""
    unseat_participant(conversation, delegate, now=now)
    touch_inboxes([delegate.pk])


@transaction.atomic
def mark_read(conversation: Conversation, delegate: Delegate, *, up_to: int) -> None:
    """A mark only moves on, whichever device is slower, and never past what there is."""
    newest = conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    reading, new = Reading.objects.get_or_create(
        conversation=conversation, delegate=delegate, defaults={"up_to": min(up_to, newest)}
    )
    behind = Reading.objects.filter(pk=reading.pk, up_to__lt=min(up_to, newest))
    late = delegate.mentions.filter(message__conversation=conversation, message__lte=up_to, is_late=True)
    if late.update(is_late=False) + behind.update(up_to=min(up_to, newest)) or new:
        touch_inboxes([delegate.pk])


def find_talk(one: Delegate, other: Delegate) -> Conversation | None:
    """The talk of these two alone."""
    present = Q(participants__until=None)
    talks = Conversation.objects.filter(kind=Kind.DIRECT, participants__delegate=one, participants__until=None).values(
        "pk"
    )
    pairs = Conversation.objects.filter(pk__in=talks).annotate(
        people=Count("participants", filter=present, distinct=True),
        both=Count("participants", filter=present & Q(participants__delegate=other), distinct=True),
    )
    return pairs.filter(people=2, both=1).first()


def _open(one: Delegate, other: Delegate, now: datetime) -> Conversation:
    talk = Conversation.objects.create(
        event=one.event, kind=Kind.DIRECT, title=Kind.DIRECT.label, open_to=OpenTo.PARTICIPANTS
    )
    for each in (one, other):
        seat_participant(talk, each, now=now)
    return talk


def _join(talk: Conversation, delegate: Delegate, by: Delegate, now: datetime) -> Conversation:
    """From here on they hear it, and everyone in it is told."""
    people = Delegate.objects.filter(participations__conversation=talk, participations__until=None)
    _check_may_ask(delegate, list(people))
    seat_participant(talk, delegate, now=now)
    came = tell_joined(talk, delegate, by=by, now=now)
    mark_read(talk, delegate, up_to=came.pk)
    return talk


def _lock(*delegates: Delegate) -> None:
    """Two who ask each other at once wait for one another, always in the same order."""
    list(Delegate.objects.select_for_update(no_key=True).filter(pk__in=[d.pk for d in delegates]).order_by("pk"))


def _pending(sender: Delegate, receiver: Delegate) -> TalkRequest | None:
    return TalkRequest.objects.filter(sender=sender, receiver=receiver, state=State.PENDING, conversation=None).first()


def _check_may_ask(one: Delegate, others: list[Delegate]) -> None:
    if any(each.suspended_at for each in others) or blocks_between(one, others).exists():
        raise Refused(CANNOT)


def _check_not_answered(sender: Delegate, receiver: Delegate) -> None:
    """Once declined is enough; and who talks already need not ask."""
    if find_talk(sender, receiver):
        raise Refused("You are talking already: find it under Messages.")
    if _has_declined(receiver, Q(sender=sender)):
        raise Refused(CANNOT)


def _has_declined(receiver: Delegate, asked: Q) -> bool:
    return receiver.requests_received.filter(asked, state=State.DECLINED).exists()


def _check_pace(sender: Delegate, now: datetime) -> None:
    if sender.requests_sent.filter(at__gt=now - timedelta(days=1)).count() >= MOST_REQUESTS_A_DAY:
        raise Refused("You have asked many people today. Wait for their answers, or talk in the lounge.")
