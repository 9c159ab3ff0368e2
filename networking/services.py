"""Opening conversations, coming in, speaking, and taking back what should not stand."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from networking.direct.inbox import touch_inboxes
from networking.frames import message_frame
from networking.mentions import find_mentioned
from networking.models import LONGEST, Conversation, Kind, Mention, Message, OpenTo, Participant
from networking.naming import known_as
from networking.standing import Standing, muted_words, pace_words, standing_in, turn_of
from portal.events.models import Event
from portal.events.services import record
from portal.live.registry import Frame
from portal.live.services import bump, publish, revoke
from portal.people.models import Delegate, User
from portal.programme.models import Session
from portal.written import lines


class Refused(ValueError):
    """Why a message was not taken, in words for its sender. Nothing was written."""


class Muted(Refused):
    """Nothing they write is taken here until the time it says."""


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


def seat_participant(conversation: Conversation, delegate: Delegate, *, now: datetime) -> None:
    """Lets a delegate hear. Harmless when they already may. Belongs in the caller's transaction."""
    place = Participant(conversation=conversation, delegate=delegate, since=now)
    # One statement: a second open place is refused by its constraint.
    Participant.objects.bulk_create([place], ignore_conflicts=True)


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

    Raises Refused for an empty or too long text, Muted for who is muted, SlowDown past ten messages in ten
    seconds. The ten are counted before the lock, so that those sent in the very same moment may exceed it.
    """
    return say_message(conversation, author, text, client_id=client_id, now=now, reply_to=reply_to).message


def tell_joined(conversation: Conversation, delegate: Delegate, *, by: Delegate, now: datetime) -> Message:
    """A line in a direct talk: who came, and who asked them. In the caller's transaction."""
    version = bump(conversation.channel)
    return _say(
        Message(
            conversation=conversation, author=delegate, added_by=by, at=now, client_id=uuid.uuid4(), version=version,
            mentioned=[],
        )
    ).message  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A message, and the frame in which everyone was told of it."""

    message: Message
    frame: Frame


def say_message(
    conversation: Conversation,
    author: Delegate,
    text: str,
    *,
    client_id: uuid.UUID,
    now: datetime,
    reply_to: Message | None = None,
) -> Said:
    """As ``post_message``, for who also wants the frame."""
    text = clean_text(text)
    standing = standing_in(conversation, author, now)
    try:
        check_standing(conversation, standing)
        with transaction.atomic():
            # First, because it locks: messages get their numbers in the order of their versions.
            version = bump(conversation.channel)
            check_slow_mode(conversation, author, now)
            return _say(
                Message(
                    conversation=conversation, author=author, text=text, at=now, client_id=client_id, version=version,
                    reply_to=reply_to, mentioned=[], known_as=known_as(conversation, author),
                )
            )  # fmt: skip
    except (Refused, IntegrityError):
        # A repeat is answered as at first, whatever is refused by now. Nothing of it is left, its version neither.
        repeated = find_said(author, client_id)
        if repeated is None:
            raise
        return repeated


def find_said(author: Delegate, client_id: uuid.UUID) -> Said | None:
    """What this author said under that identifier, as it is now."""
    rows = Message.objects.select_related("conversation__event", "author", "reply_to__author")
    message = rows.filter(author=author, client_id=client_id).first()
    return Said(message, message_frame(message)) if message else None


def _say(message: Message) -> Said:
    called = find_mentioned(message)
    message.mentioned = [[delegate.user_id, name] for name, delegate in called.items()]
    message.save(force_insert=True)
    Mention.objects.bulk_create(Mention(message=message, delegate=delegate) for delegate in called.values())
    frame = message_frame(message)
    publish(message.conversation.channel, frame)
    touch_inboxes([delegate.pk for delegate in called.values()])
    if message.conversation.kind == Kind.DIRECT:
        others = message.conversation.participants.filter(until=None).exclude(delegate=message.author_id)
        touch_inboxes(others.values_list("delegate_id", flat=True))
    return Said(message, frame)


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


def check_standing(conversation: Conversation, standing: Standing) -> None:
    """Raises Muted for who is muted here, SlowDown for who is writing very fast."""
    if standing.muted_until:
        raise Muted(muted_words(conversation.event, standing.muted_until))
    if standing.is_hasty:
        raise SlowDown("You are writing very fast. Wait a few seconds, then send it again.")


def check_slow_mode(conversation: Conversation, author: Delegate, now: datetime) -> None:
    """Raises SlowDown for who said something too lately. Under the log's lock, so that nobody is quicker than it."""
    turn = turn_of(conversation, author, now)
    if turn:
        raise SlowDown(f"{pace_words(conversation.slow_seconds)} {turn.words}")


def clean_text(text: str) -> str:
    """Raises Refused for nothing and for too much."""
    text = lines(text)
    if not text:
        raise Refused("Write something first.")
    if len(text) > LONGEST:
        raise Refused(
            f"This is {len(text):,} characters long. The most is {LONGEST:,}: shorten it, or send it in parts."
        )
    return text
