"""From where on somebody hears a direct talk they were asked into: what was said before was not said to them."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from networking.models import Conversation, Kind, Message
from portal.people.models import Delegate


def first_heard(delegate: Delegate | None, conversation: Conversation) -> int:
    """The id of the message that told that they came, lately; 0 for who hears it all."""
    if delegate is None or conversation.kind != Kind.DIRECT:
        return 0
    came = delegate.messages.filter(conversation=conversation).exclude(added_by=None).order_by("-pk")
    return came.values_list("pk", flat=True).first() or 0


def before_joining(delegate: Delegate) -> Q:
    """The messages that were said in talks before this person came into them."""
    came = delegate.messages.exclude(added_by=None).order_by("pk").values_list("conversation", "pk")
    earlier = [Q(conversation=talk, pk__lt=first) for talk, first in dict(came).items()]
    return reduce(or_, earlier, Q(pk__in=[]))


def came_after(message: str, delegate: str) -> Exists:
    """Of rows that name a message and a delegate: whether it was said in a talk before this person came into it."""
    came = Message.objects.filter(author=OuterRef(delegate), conversation=OuterRef(f"{message}__conversation"))
    return Exists(came.filter(pk__gt=OuterRef(message)).exclude(added_by=None))


def came_into_since(message: Message) -> Exists:
    """Of delegates: whether they came into the talk after this was said in it."""
    came = Message.objects.filter(author=OuterRef("pk"), conversation=message.conversation_id)
    return Exists(came.filter(pk__gt=message.pk).exclude(added_by=None))
