"""What the author may still do to a message: put it another way, take it back."""

from datetime import datetime

from django.db import transaction

from networking.direct.inbox import touch_inboxes
from networking.mentions import MOST, find_mentioned
from networking.models import Mention, Message, Wording
from networking.safety.queries import mute_of
from networking.services import Muted, Refused, clean_text, tell_change
from networking.standing import muted_words
from portal.people.models import Delegate

MOST_EDITS = 10


@transaction.atomic
def edit_message(message: Message, text: str, *, by: Delegate, now: datetime) -> None:
    """Says it another way, within 15 minutes. What it said before is kept for moderators.

    Raises Muted for who is muted there, Refused too late, for another's message and for one that is gone.
    """
    text = clean_text(text)
    locked = _lock(message)
    if locked.author_id != by.pk or not locked.is_shown:
        raise Refused("This message cannot be changed.")
    muted = mute_of(message.conversation, by, now)
    if muted:
        raise Muted(muted_words(message.conversation.event, muted.until))
    if now >= locked.edit_ends:
        raise Refused("A message can be changed for 15 minutes. Write another one to put it right.")
    if text == locked.text:
        return
    if locked.wordings.count() >= MOST_EDITS:
        raise Refused("This message was changed many times. Write another one to put it right.")
    Wording.objects.create(message=locked, text=locked.text, until=now)
    locked.text, locked.edited_at, locked.conversation = text, now, message.conversation
    called = find_mentioned(locked)
    locked.mentioned = [[delegate.user_id, name] for name, delegate in called.items()]
    locked.save(update_fields=["text", "edited_at", "mentioned"])
    _call(locked, list(called.values()))
    tell_change(message)


@transaction.atomic
def take_back(message: Message, *, by: Delegate, now: datetime) -> None:
    """The author removes it from every page; its words stay for moderators. Raises Refused for another's."""
    if message.author_id != by.pk:
        raise Refused("Only the author can take a message back.")
    mine = Message.objects.filter(pk=message.pk, removed_at=None)
    if mine.update(removed_at=now, removed_by=by.user_id):
        tell_change(message)


def _call(message: Message, called: list[Delegate]) -> None:
    """Who was not called before is told, as by a new message; one message calls ten, however often it is changed."""
    before = set(message.mentions.values_list("delegate_id", flat=True))
    fresh = [delegate for delegate in called if delegate.pk not in before][: max(0, MOST - len(before))]
    Mention.objects.bulk_create(Mention(message=message, delegate=each, is_late=True) for each in fresh)
    touch_inboxes([delegate.pk for delegate in fresh])


def _lock(message: Message) -> Message:
    return Message.objects.select_for_update(no_key=True).get(pk=message.pk)
