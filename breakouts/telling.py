"""Telling a delegate what happened to their place without their doing: on every open page, and by mail if away."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from breakouts.models import Notice, Round
from portal.events.models import Event
from portal.events.policy import Reach
from portal.events.services import portal_address
from portal.live.registry import ChannelKind
from portal.live.services import touch
from portal.mail.services import post_mail
from portal.mail.wordings import Occasion
from portal.people import presence
from portal.people.access import Visitor
from portal.people.models import Delegate
from portal.people.writing.letters import sample_of, words_of

Tidings = tuple[Delegate, str]


def tell(round: Round, tidings: Iterable[Tidings], *, now: datetime) -> None:
    """The last word to each. Inside the transaction that made the changes."""
    latest = {delegate.pk: (delegate, words) for delegate, words in tidings}
    here = set(presence.present(round.event, now)) if latest else set()
    for pk, (delegate, words) in latest.items():
        Notice.objects.update_or_create(round=round, delegate=delegate, defaults={"words": words, "at": now})
        touch(channel_of(pk))
        # Who is suspended reads it when they come back.
        if pk not in here and not delegate.suspended_at:
            _mail(round, delegate, words, now)


def put_away(round: Round, delegate: Delegate) -> None:
    """They have been here themselves since."""
    if Notice.objects.filter(round=round, delegate=delegate).delete()[0]:
        touch(channel_of(delegate.pk))


def put_all_away(delegate: Delegate, until: datetime) -> None:
    """They have read what they were told up to that moment."""
    if Notice.objects.filter(delegate=delegate, at__lte=until).delete()[0]:
        touch(channel_of(delegate.pk))


def channel_of(delegate_id: int) -> str:
    return f"delegate.{delegate_id}.rooms"


def news_states(delegate_ids: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    """What waits to be read by each: of rounds that are not over."""
    notices = Notice.objects.filter(delegate__in=delegate_ids, round__session__ends__gt=now)
    found: dict[int, list[Notice]] = defaultdict(list)
    for notice in notices.select_related("round__session__event"):
        found[notice.delegate_id].append(notice)
    return {pk: _news(found.get(pk, [])) for pk in delegate_ids}


def _news(notices: list[Notice]) -> dict[str, Any]:
    """The latest in full, and where else there is news: one notice, however many rooms it is about."""
    if not notices:
        return {"html": "", "latest": 0}
    first, *others = notices
    context = {"event": first.round.event, "first": first, "others": others}
    return {"html": render_to_string("breakouts/_news.html", context), "latest": first.at.timestamp()}


def may_hear_news(visitor: Visitor, delegate_id: int) -> bool:
    return visitor.delegate is not None and visitor.delegate.pk == delegate_id and visitor.may(Reach.LOBBY)


NEWS = ChannelKind(name="delegate.rooms", may_hear=may_hear_news, states=news_states)


def _mail(round: Round, delegate: Delegate, words: str, now: datetime) -> None:
    key = f"rooms.{round.pk}.{delegate.pk}.{now.timestamp()}"
    told = (
        words_of(round.event) | {"name": delegate.name} | _words(round.event, str(round), f"rooms/{round.pk}/", words)
    )
    post_mail(key=key, to=delegate.user.email, occasion="rooms", event_id=round.event.pk, words=told, now=now)


def _words(event: Event, round: str, page: str, news: str) -> dict[str, str]:
    return {"round": round, "rooms": portal_address() + event.get_absolute_url() + page, "news": news}


def _sample(event_id: int) -> dict[str, str]:
    event = Event.objects.get(pk=event_id)
    return sample_of("rooms", event_id) | _words(
        event, "Round one", "rooms/", "A place became free, and you are now in Room 2."
    )


OCCASION = Occasion("rooms", "Somebody's room changed while they were away", _sample)
