"""Everything people say to each other."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal.events.models import Event
from portal.live.wire import writer_key
from portal.people.models import Delegate, User
from portal.programme.models import Session

LONGEST = 2000
EDIT_MINUTES = 15


class Kind(models.TextChoices):
    LOUNGE = "lounge", "Lounge"
    SESSION = "session", "Session"
    ROOM = "room", "Room"
    TABLE = "table", "Table in the lounge"
    DIRECT = "direct", "Direct talk"


class OpenTo(models.TextChoices):
    EVENT = "event", "Everyone in the event"
    PARTICIPANTS = "participants", "Participants only"


class Conversation(models.Model):
    """A log of messages. The stage and the rooms show one; they do not own it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="conversations")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    session = models.OneToOneField(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="conversation"
    )
    open_to = models.CharField(max_length=12, choices=OpenTo, default=OpenTo.EVENT)
    # Who opened a table in the lounge, and when it was cleared away.
    opened_by = models.ForeignKey(Delegate, null=True, blank=True, on_delete=models.SET_NULL, related_name="tables")
    closed_at = models.DateTimeField(null=True, blank=True)
    slow_seconds = models.PositiveSmallIntegerField("seconds between one person's messages", default=0)

    class Meta:
        ordering = ["kind", "title"]
        constraints = [
            models.UniqueConstraint(fields=["event"], condition=Q(kind="lounge"), name="one_lounge_an_event"),
            models.CheckConstraint(
                condition=Q(kind="session", session__isnull=False) | (~Q(kind="session") & Q(session=None)),
                name="a_session_conversation_has_its_session",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("networking:conversation", args=[self.event.slug, self.pk])

    @property
    def channel(self) -> str:
        return f"conversation.{self.pk}"


class Participant(models.Model):
    """Who may hear a conversation that is not open to all, from when until when."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="participations")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "delegate"], condition=Q(until=None), name="one_place_a_participant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.conversation}"


class Message(models.Model):
    """What one delegate said. ``version`` is that of the log's latest change to this row."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="messages")
    text = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()
    version = models.BigIntegerField()
    # The sender's own name for it, so that sending twice says it once.
    client_id = models.UUIDField()
    # What the author is called in this conversation, where that is another name than their own.
    known_as = models.CharField(max_length=100, blank=True)
    # Who asked the author into a direct talk. It has no words then, and says that they came. It is themselves once
    # who asked is deleted: from this line on they hear, so that it stays.
    added_by = models.ForeignKey(
        Delegate, null=True, blank=True, on_delete=models.SET(models.F("author")), related_name="added"
    )
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    edited_at = models.DateTimeField(null=True, blank=True)
    # Whom the text names, as [user id, name], so that drawing it asks nothing. Who was told is in Mention.
    mentioned = models.JSONField(default=list, blank=True)
    # How many chose each reaction. The rows are in Reaction.
    tally = models.JSONField(default=dict, blank=True)
    tallied_at = models.DateTimeField(null=True, blank=True)
    # Out of sight until an organiser has looked at what was reported.
    hidden_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="a_repeat_is_the_same_message"),
            # Also serves catching up by version.
            models.UniqueConstraint(fields=["conversation", "version"], name="one_change_a_version"),
        ]
        indexes = [
            models.Index(fields=["conversation", "-id"], name="history_newest_first"),
            models.Index(fields=["author", "-at"], name="how_much_one_said_lately"),
            models.Index(fields=["conversation", "tallied_at"], condition=~Q(tallied_at=None), name="reactions_lately"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("networking:message", args=[self.conversation.event.slug, self.conversation_id, self.pk])

    @property
    def author_name(self) -> str:
        """What everybody is told: never the author's own name where they go by another."""
        return self.known_as or self.author.name

    @property
    def author_key(self) -> str:
        """Finds one's own messages, and says nothing outside this conversation: people may go by another name in it."""
        return author_key(self.conversation_id, self.author.user_id)

    @property
    def is_shown(self) -> bool:
        return self.removed_at is None and self.hidden_at is None

    @property
    def is_taken_back(self) -> bool:
        """Whether it was its author who removed it."""
        return self.removed_at is not None and self.removed_by_id == self.author.user_id

    @property
    def may_be_reported(self) -> bool:
        """Out of sight too: an insult is not undone by taking it back. Not what a moderator has dealt with."""
        return self.removed_at is None or self.is_taken_back

    @property
    def edit_ends(self) -> datetime:
        return self.at + timedelta(minutes=EDIT_MINUTES)

    @property
    def reactions(self) -> "list[tuple[ReactionKind, int]]":
        """The kinds somebody chose, always in the same order, with how many."""
        return [(kind, self.tally[kind]) for kind in ReactionKind if self.tally.get(kind)]


def is_shown(path: str = "") -> Q:
    """Of messages, or of rows that lead to one by a path such as "message__": those whose message is shown."""
    return Q(**{f"{path}removed_at": None, f"{path}hidden_at": None})


def author_key(conversation_id: int, user_id: int) -> str:
    return writer_key(f"conversation.{conversation_id}", user_id)


class Wording(models.Model):
    """What a message said before it was edited: for moderators."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="wordings")
    text = models.CharField(max_length=LONGEST)
    until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ReactionKind(models.TextChoices):
    AGREE = "agree", "Agree"
    THANKS = "thanks", "Thank you"
    APPLAUSE = "applause", "Applause"
    IDEA = "idea", "Good idea"
    WONDER = "wonder", "Made me think"

    @property
    def sign(self) -> str:
        return {"agree": "👍", "thanks": "❤️", "applause": "👏", "idea": "💡", "wonder": "🤔"}[self.value]


class Reaction(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reaction_rows")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=10, choices=ReactionKind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "delegate", "kind"], name="one_reaction_of_a_kind_and_person"),
            models.CheckConstraint(condition=Q(kind__in=ReactionKind.values), name="a_reaction_is_of_the_set"),
        ]

    def __str__(self) -> str:
        return self.kind


class Mention(models.Model):
    """Who was called by name in a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="mentions")
    # Called by a change of the message, perhaps one they had read on past: new until they read there again.
    is_late = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "delegate"], name="one_mention_a_person_and_message")]

    def __str__(self) -> str:
        return f"{self.delegate} in {self.message_id}"


# Their tables are of this app too.
from networking.direct import models as direct  # noqa: E402, F401
from networking.polls import models as polls  # noqa: E402, F401
from networking.questions import models as questions  # noqa: E402, F401
from networking.safety import models as safety  # noqa: E402, F401
