"""What is kept for reading and watching: documents with their versions, and recordings of sessions."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal.events.models import Event
from portal.programme.models import Session, Speaker


def new_key() -> str:
    """A name nobody can guess: 160 random bits."""
    return secrets.token_hex(20)


class Document(models.Model):
    """Something to read. What is read is its newest version."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    category = models.CharField(max_length=40, default="Documents", help_text="The heading it is found under.")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents")
    # Whose slides these are; nobody's for what the organisers share.
    speaker = models.ForeignKey(Speaker, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents")
    published = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100, help_text="Lower comes first in its category.")

    class Meta:
        ordering = ["category", "position", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speaker"],
                condition=Q(session__isnull=False, speaker__isnull=False),
                name="one_document_of_a_speaker_in_a_session",
                violation_error_message="This speaker has a document at this session: add a version to it.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for name in ("session", "speaker"):
            held = getattr(self, name)
            if held and self.event_id and held.event_id != self.event_id:
                raise ValidationError({name: f"This {name} belongs to another event."})

    def get_absolute_url(self) -> str:
        return reverse("library_files:document", args=[self.event.slug, self.pk])

    @property
    def newest(self) -> "DocumentVersion | None":
        return next(iter(self.versions.all()), None)


class DocumentVersion(models.Model):
    """A file as it was uploaded. A version is added, never changed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # The file's name in the store: documents/<key>.
    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    filename = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_version_of_a_number")]

    def __str__(self) -> str:
        return f"{self.filename} (version {self.number})"

    @property
    def kind(self) -> str:
        """The ending, as people name a file: PDF."""
        return self.filename.rpartition(".")[2].upper()


class State(models.TextChoices):
    UPLOADING = "uploading", "Uploading"
    UPLOADED = "uploaded", "Waiting to be made ready"
    PROCESSING = "processing", "Being made ready"
    READY = "ready", "Ready to publish"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn at closing"
    FAILED = "failed", "Failed"


TRANSITIONS: dict[str, set[str]] = {
    State.UPLOADING: {State.UPLOADING, State.UPLOADED, State.FAILED},
    State.UPLOADED: {State.PROCESSING, State.UPLOADING},
    State.PROCESSING: {State.READY, State.FAILED},
    State.READY: {State.PUBLISHED, State.UPLOADING},
    State.PUBLISHED: {State.READY, State.WITHDRAWN},
    State.WITHDRAWN: {State.PUBLISHED},
    State.FAILED: {State.UPLOADED, State.UPLOADING},
}


class Recording(models.Model):
    """The film of a session: uploaded in parts, made into a stream, published with captions."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="recording")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADING, editable=False)
    # The folder of all its files in the store: recordings/<key>, or withdrawn/<key> after closing.
    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)

    # The upload: which file, how many bytes it has, and how many have come.
    source = models.CharField(max_length=64, blank=True, editable=False)
    mark = models.CharField("file", max_length=300, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    received = models.PositiveBigIntegerField(default=0, editable=False)

    # The making of the stream: by whom, since when, how far.
    claim = models.CharField(max_length=64, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    progress = models.PositiveSmallIntegerField("percent done", default=0, editable=False)
    error = models.TextField(blank=True, editable=False)
    # The folder below `key` that holds the finished stream.
    stream = models.CharField(max_length=80, blank=True, editable=False)

    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The file below `key` that holds the captions.
    captions = models.CharField(max_length=80, blank=True, editable=False)
    captions_reviewed = models.BooleanField(
        "captions were read against the film", default=False,
        help_text="Names, medicines and numbers are what automatic captions get wrong.",
    )  # fmt: skip

    class Meta:
        ordering = ["session__starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "withdrawn"]) | (~Q(captions="") & ~Q(stream="")),
                name="recording_published_with_captions",
            ),
            models.CheckConstraint(condition=Q(received__lte=models.F("size")), name="recording_received_within_size"),
        ]

    def __str__(self) -> str:
        return self.session.title

    @property
    def event(self) -> Event:
        return self.session.event

    @property
    def is_out(self) -> bool:
        """Published as far as the organisers are concerned; the clock decides the rest."""
        return self.state in {State.PUBLISHED, State.WITHDRAWN}

    def may_become(self, state: str) -> bool:
        return state in TRANSITIONS[self.state]

    def urls(self) -> dict[str, Any]:
        """The addresses a player needs."""
        slug = self.event.slug
        names = {"hls": "master.m3u8", "mp4": "film.mp4", "poster": "poster.jpg", "captions": "captions.vtt"}
        return {key: reverse("library_files:recording", args=[slug, self.pk, name]) for key, name in names.items()}
