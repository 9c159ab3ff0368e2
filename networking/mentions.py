"""Calling somebody in the room by name: "@Sana Placeholder"."""

import re

from django.db.models import Exists, OuterRef, Q, QuerySet

from networking.models import Conversation, Message, OpenTo
from networking.text import calls_of
from portal.people.models import Delegate

MOST = 10
# Names are found by their first word, so that one query finds them all.
_AT = re.compile(r"(?<![\w@])@(\w[\w'.-]*)")


def find_mentioned(message: Message) -> list[Delegate]:
    """At most ten people in the room whom the text calls by their whole name, in the order of the text.

    Who is not in the room is not looked for, so that nothing is learnt about them.
    """
    firsts = list(dict.fromkeys(word.rstrip(".").lower() for word in _AT.findall(message.text)))[:50]
    if not firsts:
        return []
    starts = Q()
    for first in firsts:
        starts |= Q(name__istartswith=first)
    people = {each.name.lower(): each for each in in_the_room(message).filter(starts).order_by("-pk")[:200]}
    if not people:
        return []
    called = dict.fromkeys(match[1].lower() for match in calls_of(list(people)).finditer(message.text))
    return [people[name] for name in called][:MOST]


def in_the_room(message: Message) -> QuerySet[Delegate]:
    """Where everyone may come in: those who let themselves be found, and those who have spoken."""
    people = message.conversation.event.delegates.filter(user__is_active=True, suspended_at=None)
    # Who blocked the author is not called, and not seen to be there.
    people = people.exclude(pk=message.author_id).exclude(blocks__blocked=message.author_id)
    if message.conversation.open_to == OpenTo.PARTICIPANTS:
        return people.filter(participations__conversation=message.conversation, participations__until=None)
    return people.filter(Q(listed=True) | Exists(_said_by(message.conversation)))


def _said_by(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.filter(author=OuterRef("pk")).order_by()
