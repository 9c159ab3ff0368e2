"""Calling somebody in the room by name: "@Sana Placeholder"."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from networking.joining import came_into_since
from networking.leaders import leading
from networking.models import Conversation, Message, OpenTo
from networking.naming import names_in
from networking.safety.queries import without_blocks
from networking.text import calls_of
from portal.people.models import Delegate

MOST = 10
# Names are found by their first word, so that one query finds them all.
_AT = re.compile(r"(?<![\w@])@(\w[\w'.-]*)")


def find_mentioned(message: Message) -> dict[str, Delegate]:
    """At most ten people in the room whom the text calls by their whole name there, in the order of the text.

    Who is not in the room is not looked for, so that nothing is learnt about them.
    """
    firsts = list(dict.fromkeys(word.rstrip(".").lower() for word in _AT.findall(message.text)))[:50]
    if not firsts:
        return {}
    likely = [Q(name__istartswith=first) for first in firsts]
    people = _named(message.conversation, _within_hearing(message), likely)
    by_name = {name.lower(): (name, delegate) for name, delegate in people}
    if not by_name:
        return {}
    called = dict.fromkeys(match[1].lower() for match in calls_of(list(by_name)).finditer(message.text))
    return dict([by_name[name] for name in called][:MOST])


def find_names(conversation: Conversation, caller: Delegate, start: str) -> list[str]:
    """At most ten names in the room of which a word begins so, for who is about to call one of them."""
    start = start.strip().lower()
    if not start:
        return []
    likely = [Q(name__istartswith=start), Q(name__icontains=f" {start}")]
    people = _named(conversation, in_the_room(conversation, caller), likely)
    found = {name for name, _ in people if f" {start}" in f" {name}".lower()}
    return sorted(found, key=lambda name: (not name.lower().startswith(start), name.lower()))[:MOST]


def _within_hearing(message: Message) -> QuerySet[Delegate]:
    """Those in the room; without who came into it after the message, which is changed and not read by them."""
    room = in_the_room(message.conversation, message.author)
    return room.exclude(came_into_since(message)) if message.pk else room


def _named(conversation: Conversation, room: QuerySet[Delegate], likely: Iterable[Q]) -> list[tuple[str, Delegate]]:
    """Those in the room with the name they go by there; who may have one of their own, all who have come in."""
    names = names_in(conversation)
    wanted = reduce(or_, likely) if names is None else Q(pk__in=names)
    people = room.filter(wanted).order_by("-pk")[:200]
    return [(names[each.pk] if names else each.name, each) for each in people]


def in_the_room(conversation: Conversation, caller: Delegate) -> QuerySet[Delegate]:
    """Those with a place in it and who lead it; where everyone may come in, who can be found and who has spoken."""
    people = conversation.event.delegates.filter(user__is_active=True, suspended_at=None)
    # Between whom a block stands, they do not call each other, and are not seen to be there.
    people = without_blocks(people.exclude(pk=caller.pk), caller)
    if conversation.open_to == OpenTo.PARTICIPANTS:
        seated = Q(pk__in=conversation.participants.filter(until=None).values("delegate"))
        return people.filter(seated | leading(conversation))
    return people.filter(Q(listed=True) | Exists(_said_by(conversation)))


def _said_by(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.filter(author=OuterRef("pk")).order_by()
