"""From where on somebody hears a direct talk they were asked into: what was said before was not said to them."""

from functools import reduce
from operator import or_

from django.db.models import Q

from networking.models import Conversation, Kind
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
