"""Polls as their log tells them, and how the votes stand: the same for everyone, and nothing that is hidden."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from networking.frames import may_hear_channel
from networking.polls.models import SHOWN, Poll
from networking.polls.queries import Shown, show_poll, show_polls
from portal.live.registry import ChannelKind, Frame


def poll_frame(shown: Shown) -> Frame:
    """The poll with what may be seen of its results, or only its number once it is removed."""
    poll = shown.poll
    assert poll.version is not None
    body = {"id": poll.pk, "state": poll.state}
    if not poll.is_shown:
        return Frame(poll.version, "gone", "", body)
    html = render_to_string("networking/polls/_poll.html", {"shown": shown})
    return Frame(poll.version, "poll", html, body | {"text": poll.text})


def frame_of(poll: Poll) -> Frame:
    return poll_frame(show_poll(poll))


def frames_after(conversation_id: int, version: int, limit: int) -> list[Frame]:
    rows = Poll.objects.filter(conversation_id=conversation_id, version__gt=version)
    return [poll_frame(shown) for shown in show_polls(rows.order_by("version")[:limit])]


def results_state(conversation_id: int, now: datetime) -> dict[str, Any]:
    """By poll its results as HTML; while hidden they say only how many voted."""
    polls = show_polls(Poll.objects.filter(conversation_id=conversation_id, state__in=SHOWN))
    return {"polls": {str(shown.poll.pk): render_results(shown) for shown in polls}}


def render_results(shown: Shown) -> str:
    return render_to_string("networking/polls/_results.html", {"shown": shown})


KINDS = (
    ChannelKind(name="conversation.polls", may_hear=may_hear_channel, frames_after=frames_after),
    ChannelKind(name="conversation.results", may_hear=may_hear_channel, state=results_state),
)
