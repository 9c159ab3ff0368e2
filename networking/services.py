"""Opening conversations, coming in, speaking, and taking back what should not stand."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from networking.direct.inbox import touch_inboxes
from networking.frames import message_frame
from networking.mentions import find_mentioned
from networking.models import LONGEST, Conversation, Kind, Mention, Message, OpenTo, Participant
from portal.events.models import Event
from portal.events.services import record
from portal.live.services import bump, publish, revoke
from portal.people.models import Delegate, User
from portal.programme.models import Session

BURST, BURST_SECONDS = 10, 10


class Refused(ValueError):
    """Why a message was not taken, in words for its sender. Nothing was written."""


class SlowDown(Refused):
    """Too much in too short a time: the same words are welcome in a few seconds."""


def open_lounge(event: Event) -> Conversation:
    lounge, _ = Conversation.objects.get_or_create(event=event, kind=Kind.LOUNGE, defaults={"title": "Lounge"})
    return lounge


def open_session_conversation(session: Session) -> Conversation:
    conversation, _ = Conversation.objects.get_or_create(
        session=session, defaults={"event_id": session.event_id, "kind": Kind.SESSION, "title": session.title}
    )
    return conversation


def open_room_conversation(event: Event, title: str) -> Conversation:
    """A conversation heard by its participants only; the room that shows it keeps it."""
    return Conversation.objects.create(event=event, kind=Kind.ROOM, title=title, open_to=OpenTo.PARTICIPANTS)


def seat_participant(conversation: Conversation, delegate: Delegate, *, now: datetime) -> Participant:
    """Lets a delegate hear. Harmless when they already may. Belongs in the caller's transaction."""
    participant, _ = Participant.objects.get_or_create(
        conversation=conversation, delegate=delegate, until=None, defaults={"since": now}
    )
    return participant


def unseat_participant(conversation: Conversation, delegate: Delegate, *, now: datetime) -> None:
    """Ends a delegate's hearing; their open pages go quiet within five seconds."""
    ended = conversation.participants.filter(delegate=delegate, until=None).update(until=now)
    if ended:
        revoke(delegate.user_id, event=delegate.event.slug, reason=f"left conversation {conversation.pk}")


def post_message(
    conversation: Conversation,
    author: Delegate,
    text: str,
    *,
    client_id: uuid.UUID,
    now: datetime,
    reply_to: Message | None = None,
) -> Message:
    """Says something once per ``client_id``, however often it is sent.

    Raises Refused for an empty or too long text, SlowDown past ten messages in ten seconds.
    """
    text = clean_text(text)
    try:
        with transaction.atomic():
            # First, because it locks: messages get their numbers in the order of their versions.
            version = bump(conversation.channel)
            _check_pace(author, client_id, now)
            check_standing(conversation, author, now)
            message = Message(
                conversation=conversation, author=author, text=text, at=now, client_id=client_id, version=version,
                reply_to=reply_to, mentioned=[],
            )  # fmt: skip
            _say(message)
    except (IntegrityError, _Repeated):
        # Nothing of the repeat is left, its version neither.
        return Message.objects.select_related("conversation__event", "author").get(author=author, client_id=client_id)
    return message


def _say(message: Message) -> None:
    called = find_mentioned(message)
    message.mentioned = [[delegate.user_id, delegate.name] for delegate in called]
    message.save()
    Mention.objects.bulk_create(Mention(message=message, delegate=delegate) for delegate in called)
    publish(message.conversation.channel, message_frame(message))
    touch_inboxes([delegate.pk for delegate in called])
    if message.conversation.kind == Kind.DIRECT:
        others = message.conversation.participants.filter(until=None).exclude(delegate=message.author_id)
        touch_inboxes(others.values_list("delegate_id", flat=True))


@transaction.atomic
def remove_message(message: Message, *, by: User, now: datetime) -> None:
    """Takes a message off every page; its text stays in the database for whoever must look into it."""
    gone = Message.objects.filter(pk=message.pk, removed_at=None).update(removed_at=now, removed_by=by)
    if gone:
        tell_change(message)
        record(message.conversation.event, "remove message", actor=by, subject=f"message {message.pk}", now=now)


def tell_change(message: Message) -> None:
    """Stamps a changed message with its log's next version and tells every page. In the caller's transaction."""
    version = bump(message.conversation.channel)
    Message.objects.filter(pk=message.pk).update(version=version)
    message.refresh_from_db()
    publish(message.conversation.channel, message_frame(message))


def check_standing(conversation: Conversation, author: Delegate, now: datetime) -> None:
    """Raises Refused for who is muted here, SlowDown for who said something too lately in slow mode."""
    muted = conversation.mutes.filter(delegate=author, until__gt=now).first()
    if muted:
        until = conversation.event.local(muted.until)
        raise Refused(f"An organiser has asked you to pause here. You can write again at {until:%H:%M}.")
    if conversation.slow_seconds:
        since = now - timedelta(seconds=conversation.slow_seconds)
        if conversation.messages.filter(author=author, at__gt=since).exists():
            raise SlowDown(f"This talk is in slow mode: one message every {conversation.slow_seconds} seconds.")


def list_delegate(delegate: Delegate, *, listed: bool, interests: str) -> None:
    """Chooses whether others find me, and by what."""
    delegate.listed, delegate.interests = listed, interests
    delegate.save(update_fields=["listed", "interests"])


def clean_text(text: str) -> str:
    """Raises Refused for nothing and for too much."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise Refused("Write something first.")
    if len(text) > LONGEST:
        raise Refused(
            f"This is {len(text):,} characters long. The most is {LONGEST:,}: shorten it, or send it in parts."
        )
    return text


class _Repeated(Exception):
    """This very message was said before."""


def _check_pace(author: Delegate, client_id: uuid.UUID, now: datetime) -> None:
    recent = author.messages.filter(at__gt=now - timedelta(seconds=BURST_SECONDS)).order_by()
    lately = list(recent.values_list("client_id", flat=True)[:BURST])
    if client_id in lately:
        raise _Repeated
    if len(lately) >= BURST:
        raise SlowDown("You are writing very fast. Wait a few seconds, then send it again.")
