"""The parts of the demonstration that belong to the apps above the portal."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from assembly.demonstration.content import (
    DOCUMENTS,
    FILM_OF,
    LOUNGE,
    MEETS_ELSEWHERE,
    POLL,
    POLL_OPTIONS,
    QUESTIONS,
    ROOM_PLACES,
    TABLES,
    Slot,
)
from assembly.demonstration.pdf import text_pdf
from breakouts.services import add_room, open_round
from breakouts.voice.models import Way
from breakouts.voice.services import choose_way
from library.films import demonstration_film
from library.recordings import publish_film
from library.services import add_document
from networking.models import Conversation
from networking.polls.models import State
from networking.polls.services import cast_vote, draft_poll, move_poll
from networking.questions.services import ask_question, release_due, upvote
from networking.services import open_lounge, open_session_conversation, post_message
from networking.tables import open_table
from portal.events.models import Event
from portal.people.models import Delegate
from portal.programme.models import Kind, Session

CAST = ("ben@example.org", "sana@example.org")


def build_rooms(session: Session, slot: Slot) -> None:
    """A round gets its rooms; a session on stage gets its conversation."""
    if slot.kind == Kind.ROUND:
        round = open_round(session)
        for title, theme in slot.rooms:
            room = add_room(
                round, title=title, theme=theme, capacity=ROOM_PLACES, hosts="two facilitators (placeholders)"
            )
            if title in MEETS_ELSEWHERE:
                choose_way(room, Way.LINK, link=MEETS_ELSEWHERE[title])
    elif slot.kind not in {Kind.BREAK, Kind.LOBBY}:
        open_session_conversation(session)


def build_library(event: Event, now: datetime) -> None:
    for title, category, summary, lines in DOCUMENTS:
        data, filename = text_pdf(title, lines), f"{title.lower().replace(' ', '-')}.pdf"
        add_document(
            event, title=title, summary=summary, category=category, filename=filename, data=data, by=None, now=now
        )


def build_film(event: Event, now: datetime) -> None:
    """Made once by ffmpeg, then kept with the data of this machine."""
    film, captions = demonstration_film(settings.DATA_DIR / "demonstration")
    publish_film(event.sessions.get(title=FILM_OF), film, captions, now=now)


def build_talk(event: Event, now: datetime) -> None:
    """A few words in the lounge, at its tables and between two; the same identifiers again say nothing twice."""
    authors = {delegate.user.email: delegate for delegate in event.delegates.select_related("user")}
    _say(open_lounge(event), LOUNGE, authors, now)
    for email, subject, words in TABLES:
        _say(open_table(event, subject, by=authors[email]), words, authors, now)


def _say(place: Conversation, words: list[tuple[str, str]], authors: dict[str, Delegate], now: datetime) -> None:
    for email, text in words:
        if email in authors:
            post_message(place, authors[email], text, client_id=uuid.uuid5(uuid.NAMESPACE_URL, text), now=now)


def build_stage(event: Event, now: datetime) -> None:
    """Questions and an open poll beside the first keynote; the same again asks nothing twice."""
    stage = open_session_conversation(event.sessions.get(title=FILM_OF))
    if not stage.polls.exists():
        _ask(stage, now)
        _put_to_the_vote(stage, now)


def _ask(stage: Conversation, now: datetime) -> None:
    people = list(stage.event.delegates.select_related("user").order_by("pk"))
    asking = {delegate.user.email: delegate for delegate in people}
    for email, text, _ in QUESTIONS:
        asker, token = asking.get(email, people[0]), str(uuid.uuid4())
        ask_question(stage, asker, text, anonymous=not email, token=token, now=now)
    # What is held for a while in life is let out at once here.
    release_due(now + timedelta(minutes=1))
    votes = {text: votes for _, text, votes in QUESTIONS}
    for question in stage.questions.all():
        for delegate in _crowd(stage)[: votes[question.text]]:
            upvote(question, delegate)


def _put_to_the_vote(stage: Conversation, now: datetime) -> None:
    poll = draft_poll(stage, POLL, POLL_OPTIONS, multiple=False, by=None, now=now)
    poll = move_poll(poll, State.OPEN, by=None, now=now)
    options = list(poll.options.all())
    for delegate, choice in zip(_crowd(stage), [1, 0, 1, 2, 1, 3, 0, 1, 2, 1, 0, 3] * 3, strict=False):
        cast_vote(poll, delegate, [options[choice].pk])


def _crowd(stage: Conversation) -> list[Delegate]:
    """Not the cast, who shall find something still to vote for."""
    return list(stage.event.delegates.exclude(user__email__in=CAST).order_by("pk"))
