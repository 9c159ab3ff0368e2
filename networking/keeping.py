"""What networking holds about a person, and for how long."""

from datetime import datetime

from django.db.models import Q

from networking.direct.models import TalkRequest
from networking.joining import came_after
from networking.models import Conversation, Message, Wording, is_shown
from networking.questions.models import PUBLIC, HeldQuestion, Question
from networking.safety.models import Report
from networking.safety.queries import has_blocked
from portal.people.models import User
from portal.privacy.held import LEFT, Erase, Held, register_held
from portal.privacy.own import delete_rows
from portal.privacy.periods import PERIODS
from portal.privacy.registry import register_eraser, register_retention

PLACE = "conversation__title"
SAID = (
    "Your messages and the questions you asked by name stay, by “A delegate who left”, because others answered them. "
    "To have one removed too, take it back first, or ask the organisers."
)
COUNTED = "Your votes stay in the results of polls that are closed, without your name."
REPORTED = "Reports about messages and people stay as long as conversations do, without your name."


def _unblocked(author: str) -> Q:
    """No block stands between whose words these are and whose data is handed out."""
    return ~Q(has_blocked(author, "delegate")) & ~Q(has_blocked("delegate", author))


# The words of others, as long as the person may read them in the portal.
SHOWN = is_shown("message__") & ~Q(came_after("message", "delegate"))
READABLE = SHOWN & _unblocked("message__author")
HELD = [
    Held(
        "Messages", "networking.Message.author", (PLACE, "at", "text", "known_as"), Erase.KEEP, {"known_as": ""}, SAID,
    ),
    Held(
        "Questions", "networking.Question.asker", (PLACE, "at", "text", "answer", "state", "known_as"), Erase.KEEP,
        {"known_as": ""}, SAID,
    ),
    Held("Votes in polls", "networking.Vote.delegate", ("poll__text", "option__text"), Erase.KEEP, stays=COUNTED),
    Held(
        "Questions you agreed with", "networking.Upvote.delegate", ("question__text",),
        where=Q(question__state__in=PUBLIC) & _unblocked("question__asker"),
    ),
    Held("Reactions", "networking.Reaction.delegate", ("message__text", "kind"), where=READABLE),
    Held("Messages that name you", "networking.Mention.delegate", ("message__text", "message__at"), where=READABLE),
    Held("Conversations you take part in", "networking.Participant.delegate", (PLACE, "since", "until"), Erase.KEEP),
    Held("Tables you opened", "networking.Conversation.opened_by", ("title",), Erase.UNLINK),
    Held("How far you have read", "networking.Reading.delegate", (PLACE,)),
    Held("Requests to talk you sent", "networking.TalkRequest.sender", ("words", "at", "state")),
    Held("Requests to talk you were sent", "networking.TalkRequest.receiver", ("words", "at", "state")),
    Held("People you blocked", "networking.Block.blocker", ("blocked__name", "at")),
    Held("Who blocked you", "networking.Block.blocked"),
    Held(
        "Reports you made", "networking.Report.reporter", ("at", "reason", "words", "outcome", "answer"), Erase.KEEP,
        stays=REPORTED,
    ),
    Held("Reports about you", "networking.Report.about", ("at", "reason", "outcome"), Erase.KEEP, stays=REPORTED),
    Held("Reports you decided", "networking.Report.decided_by", ("at", "outcome", "decided_at"), Erase.UNLINK),
    Held("Mutes", "networking.Mute.delegate", (PLACE, "at", "until")),
    Held("Mutes you set", "networking.Mute.by", (PLACE, "at", "until"), Erase.UNLINK),
    Held("People you asked into a talk, who came", "networking.Message.added_by", ("at",), Erase.KEEP),
    Held("Messages you removed", "networking.Message.removed_by", (PLACE, "removed_at"), Erase.KEEP),
    Held("How talk is read out to you", "networking.Manner.delegate", ("announce",)),
]  # fmt: skip


def connect() -> None:
    # Before the mentions go, by which they are found.
    register_eraser("Names in messages", _erase_names)
    register_held(HELD)
    register_retention("conversations", _keep_conversations)


def _erase_names(user: User, now: datetime) -> None:
    """What a message was before it was edited goes; where others name this person, the name goes with the link."""
    Wording.objects.filter(message__author__user=user).delete()
    for message in Message.objects.filter(mentions__delegate__user=user).distinct():
        message.text = _without(message, user)
        message.mentioned = [[pk, LEFT if pk == user.pk else name] for pk, name in message.mentioned]
        message.save(update_fields=["text", "mentioned"])


def _without(message: Message, user: User) -> str:
    text = message.text
    for pk, name in message.mentioned:
        text = text.replace(f"@{name}", f"@{LEFT}") if pk == user.pk else text
    return text[: Message._meta.get_field("text").max_length]


def _keep_conversations(now: datetime, *, dry_run: bool) -> int:
    ended = [event.pk for event in PERIODS["conversations"].ended(now)]
    talks = Conversation.objects.filter(event__in=ended)
    of_talks = [model.objects.filter(conversation__in=talks) for model in (Message, Question, HeldQuestion)]
    of_events = [model.objects.filter(event__in=ended) for model in (Report, TalkRequest)]
    return sum(delete_rows(rows, dry_run) for rows in [*of_events, *of_talks])
