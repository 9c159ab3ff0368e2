"""Reactions to messages. A tally is a gauge: told at most once a second, however many press."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string

from networking.frames import may_hear_channel
from networking.models import Message, Reaction, ReactionKind
from portal.live.registry import ChannelKind
from portal.live.services import touch
from portal.people.models import Delegate

NEWEST = 50
LATELY_SECONDS = 60


@transaction.atomic
def react(message: Message, delegate: Delegate, kind: ReactionKind, *, now: datetime) -> None:
    """One of a kind and person: again is the same."""
    Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    _, new = Reaction.objects.get_or_create(message=message, delegate=delegate, kind=kind)
    if new:
        _count(message, now)


@transaction.atomic
def take_reaction_back(message: Message, delegate: Delegate, kind: ReactionKind, *, now: datetime) -> None:
    Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    if message.reaction_rows.filter(delegate=delegate, kind=kind).delete()[0]:
        _count(message, now)


def _count(message: Message, now: datetime) -> None:
    counted = message.reaction_rows.order_by().values_list("kind").annotate(number=Count("pk"))
    message.tally, message.tallied_at = dict(counted), now
    message.save(update_fields=["tally", "tallied_at"])
    touch(f"{message.conversation.channel}.reactions")


def tallies(conversation_id: int, now: datetime) -> dict[str, Any]:
    """The newest fifty messages' tallies, and those of older ones somebody reacted to in the last minute."""
    said = Message.objects.filter(conversation_id=conversation_id)
    newest = said.order_by("-pk").values("pk")[:NEWEST]
    oldest = min((row["pk"] for row in newest), default=0)
    lately = Q(tallied_at__gt=now - timedelta(seconds=LATELY_SECONDS))
    rows = said.exclude(tallied_at=None).filter(Q(pk__gte=oldest) | lately).order_by("-pk")[: 2 * NEWEST]
    html = {str(row.pk): _draw(row) for row in rows}
    return {"tallies": html}


def _draw(message: Message) -> str:
    return render_to_string("networking/_tally.html", {"reactions": message.reactions})


def chosen_by(delegate: Delegate | None, messages: list[Message]) -> dict[int, set[str]]:
    """What this person chose, by message."""
    chosen: dict[int, set[str]] = {}
    if delegate is not None:
        rows = Reaction.objects.filter(delegate=delegate, message__in=[message.pk for message in messages])
        for message_id, kind in rows.values_list("message_id", "kind"):
            chosen.setdefault(message_id, set()).add(kind)
    return chosen


KIND = ChannelKind(name="conversation.reactions", may_hear=may_hear_channel, state=tallies)
