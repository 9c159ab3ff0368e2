"""Who may hear and who may speak."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from networking.hours import has_opened, is_open
from networking.leaders import leads, led
from networking.models import Conversation, Kind, OpenTo, Participant
from networking.safety.models import Block
from portal.events.policy import Reach
from portal.people.access import Visitor
from portal.people.models import Delegate

EARLY = {Kind.LOUNGE, Kind.TABLE, Kind.DIRECT}


def may_hear(visitor: Visitor, conversation: Conversation) -> bool:
    """Organisers always, but for the direct talk of others; else a delegate of the event, in time, and a
    participant where it is not open to all.

    A conversation with hours is heard from their start on; what was said stays to be read.
    """
    if conversation.event_id != visitor.event.pk or not visitor.belongs:
        return False
    if visitor.is_organiser and conversation.kind != Kind.DIRECT:
        return True
    return visitor.may(Reach.LISTEN) and takes_part(visitor, conversation) and has_opened(conversation, visitor.now)


def may_speak(visitor: Visitor, conversation: Conversation) -> bool:
    """Only a delegate speaks, so an organiser registers to say something."""
    reach = Reach.LOUNGE if conversation.kind in EARLY else Reach.TALK
    if visitor.delegate is None or conversation.closed_at or not may_hear(visitor, conversation):
        return False
    if conversation.kind == Kind.DIRECT and _is_between_blocked(conversation):
        return False
    return visitor.is_organiser or (visitor.may(reach) and is_open(conversation, visitor.now))


def _is_between_blocked(conversation: Conversation) -> bool:
    """Two people talk while neither has blocked the other; in a group each just does not hear whom they blocked."""
    present = conversation.participants.filter(until=None).values("delegate")
    if len(present) > 2:
        return False
    return Block.objects.filter(blocker__in=present, blocked__in=present).exists()


def takes_part(visitor: Visitor, conversation: Conversation) -> bool:
    if conversation.open_to == OpenTo.EVENT:
        return True
    if visitor.delegate is None:
        return False
    return _places(conversation, visitor.delegate).exists() or leads(conversation, visitor.delegate)


def places_of(delegate: Delegate) -> Q:
    """Of conversations that are not open to all: those this delegate takes part in."""
    return _has_place(OuterRef("pk"), delegate)


def takes_part_in(conversation: str, delegate: str) -> Q:
    """Of rows that name a conversation and a delegate: those where the delegate takes part in it."""
    return _has_place(OuterRef(conversation), OuterRef(delegate))


def _has_place(conversation: OuterRef, delegate: Delegate | OuterRef) -> Q:
    return Q(Exists(_places(conversation, delegate))) | led(conversation, delegate)


def _places(conversation: Conversation | OuterRef, delegate: Delegate | OuterRef) -> QuerySet[Participant]:
    named: dict[str, Any] = {"conversation": conversation, "delegate": delegate}
    return Participant.objects.filter(**named, until=None)
