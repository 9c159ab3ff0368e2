"""What a page shows plus what it is told is what a fresh page shows; and how little is sent to tell it."""

import asyncio
import json
import random
import re
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from asgiref.sync import sync_to_async

from networking.polls.frames import frames_after as poll_frames
from networking.polls.frames import results_state
from networking.polls.models import Poll
from networking.polls.models import State as PollState
from networking.polls.services import cast_vote, draft_poll, move_poll, show_results
from networking.questions import services
from networking.questions.frames import frames_after as question_frames
from networking.questions.limits import allowance
from networking.questions.models import Question, State
from networking.questions.queries import tallies
from networking.questions.services import (
    ask_question,
    move_question,
    release_due,
    set_asking,
    take_back_upvote,
    upvote,
    withdraw_question,
)
from networking.services import Refused, open_lounge
from portal.live.registry import find_channel
from portal.live.sockets import Socket
from portal.people.access import visit
from tests.breakouts.rush import make_crowd
from tests.portal.live.little import Audience, subscribed

PEOPLE, SECONDS = 270, 30
MOVES = [State.APPROVED, State.ANSWERING, State.ANSWERED, State.DISMISSED]
POLL_MOVES = [*[PollState.OPEN] * 6, *[PollState.CLOSED] * 6, PollState.REMOVED]
QUESTION = re.compile(r'<li class="question [^>]*data-question="(\d+)".*?</li>', re.DOTALL)
POLL = re.compile(r'<article [^>]*data-poll="(\d+)".*?</article>', re.DOTALL)
COUNT = re.compile(r"(<span data-votes>)\d+(</span>)(?: <span class=\"question__unit\">votes?)?")
RESULTS = re.compile(r"<div class=\"results\" data-poll-results>.*?</div>\n</article>", re.DOTALL)


@pytest.fixture
def lounge(event, monkeypatch):
    monkeypatch.setattr(allowance, "take", lambda *_: True)
    return open_lounge(event)


class Page:
    """A page as its script keeps it: what it was rendered with, changed by frames."""

    def __init__(self, client, conversation, part: str, pattern: re.Pattern[str]) -> None:
        html = client.get(f"/assembly-2022/conversations/{conversation.pk}/{part}/panel/").content.decode()
        self.version = int(re.search(r'data-version="(\d+)"', html)[1])
        self.shown = {int(match[1]): match[0].strip() for match in pattern.finditer(html)}

    def take(self, frames) -> None:
        for frame in frames:
            self.shown.pop(frame.body["id"], None)
            if frame.kind != "gone":
                self.shown[frame.body["id"]] = frame.html.strip()


def act_on_questions(dice, lounge, people, by, now) -> None:
    questions = list(Question.objects.select_related("conversation__event", "asker").order_by("version", "text"))
    one, token = (dice.choice(questions) if questions else None), str(dice.random())
    ask = partial(ask_question, lounge, text=token, token=token, now=now)
    acts = [
        lambda: ask(asker=dice.choice(people), anonymous=False),
        lambda: ask(asker=people[0], anonymous=True),
        lambda: release_due(now.replace(minute=59)),
        lambda: set_asking(lounge, is_open=True, moderated=dice.random() < 0.3, by=by, now=now),
    ]
    if one:
        acts += [
            lambda: upvote(one, dice.choice(people)),
            lambda: take_back_upvote(one, dice.choice(people)),
            lambda: move_question(one, dice.choice(MOVES), by=by, now=now, answer=dice.choice([None, "So."])),
            lambda: withdraw_question(lounge, one.pk, asker=one.asker, token=""),
        ]
    with suppress(Refused):
        dice.choice(acts)()


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_questions_before_plus_frames_are_questions_now(lounge, ben, sana, ada, client_of, now, seed, monkeypatch):
    dice, client = random.Random(seed), client_of(sana)
    monkeypatch.setattr(services.random, "SystemRandom", lambda: dice)
    crowd = make_crowd(lounge.event, 3, now)
    before = Page(client, lounge, "questions", QUESTION)
    for _ in range(80):
        act_on_questions(dice, lounge, [ben, *crowd], ada, now)
        if dice.random() < 0.2:
            before.take(frames := question_frames(lounge.pk, before.version, 200))
            before.version = frames[-1].version if frames else before.version
    before.take(question_frames(lounge.pk, before.version, 200))
    fresh = Page(client, lounge, "questions", QUESTION)
    assert with_votes(before, lounge) == with_votes(fresh, lounge)
    assert fresh.version > 10


def with_votes(page: Page, lounge) -> dict[int, str]:
    """The gauge writes the counts over those a question was rendered with."""
    votes = tallies(lounge.pk)
    return {pk: COUNT.sub(rf"\g<1>{votes[str(pk)]}\g<2>", html) for pk, html in page.shown.items()}


def act_on_polls(dice, lounge, people, by, now) -> None:
    one = dice.choice(list(Poll.objects.select_related("conversation__event")))
    options = list(one.options.values_list("pk", flat=True))
    acts = [
        lambda: move_poll(one, dice.choice(POLL_MOVES), by=by, now=now),
        lambda: show_results(one, shown=dice.random() < 0.5, by=by, now=now),
        *[lambda: cast_vote(one, dice.choice(people), [dice.choice(options)])] * 3,
    ]
    with suppress(Refused):
        dice.choice(acts)()


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_polls_before_plus_frames_are_polls_now(lounge, ben, sana, ada, client_of, now, seed):
    dice, client = random.Random(seed), client_of(sana)
    crowd = make_crowd(lounge.event, 3, now)
    for multiple in (False, True, False):
        draft_poll(lounge, "Which?", ["A", "B"], multiple=multiple, by=ada, now=now)
    before = Page(client, lounge, "polls", POLL)
    for _ in range(80):
        act_on_polls(dice, lounge, [ben, *crowd], ada, now)
    before.take(poll_frames(lounge.pk, before.version, 200))
    fresh = Page(client, lounge, "polls", POLL)
    assert with_results(before, lounge, now) == with_results(fresh, lounge, now)
    assert fresh.version > 5


def with_results(page: Page, lounge, now) -> dict[int, str]:
    """The gauge writes the results over those a poll was rendered with."""
    results = results_state(lounge.pk, now)["polls"]
    return {pk: RESULTS.sub(lambda _, pk=pk: results[str(pk)], html) for pk, html in page.shown.items()}


class Watchers(Audience):
    """Listeners of a gauge, each with the last state it was told."""

    def _listener(self, number: int) -> Socket:
        async def write(text: str) -> None:
            message = json.loads(text)
            self.told[number] += message["kind"] != "listening"
            self.shown[number] = json.dumps(message["state"])

        return replace(super()._listener(number), write=write)

    async def all_see_words(self, words: str) -> None:
        async with asyncio.timeout(15):
            while not all(words in shown for shown in self.shown.values()):
                await asyncio.sleep(0.05)


async def told_of(name: str, votes, last: str) -> list[int]:
    """How many deliveries each of 270 listeners gets of votes spread over thirty seconds, until all know the last."""
    async with Watchers(*[find_channel(name)] * PEOPLE).listening() as watchers:
        await subscribed()
        started = asyncio.get_running_loop().time()
        for number, vote in enumerate(votes, 1):
            await asyncio.sleep(started + number * SECONDS / len(votes) - asyncio.get_running_loop().time())
            await sync_to_async(vote)()
        await watchers.all_see_words(last)
    return list(watchers.told.values())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
async def test_votes_in_their_hundreds_over_thirty_seconds_make_few_deliveries(event, ada, ben, now):
    """Everybody upvotes one question, while 300 votes are cast in a poll beside it."""
    lounge, crowd = await sync_to_async(prepare)(event, now)
    asked = await sync_to_async(ask_question)(lounge, ben, "Why?", anonymous=False, token="t", now=now)
    upvotes = [partial(upvote, asked.question, delegate) for delegate in crowd]
    poll, options = await sync_to_async(open_one)(lounge, ada, now)
    votes = [partial(cast_vote, poll, delegate, [options[0]]) for delegate in crowd]
    votes += [partial(cast_vote, poll, delegate, [options[1]]) for delegate in crowd[:30]]
    of_question, of_poll = await asyncio.gather(
        told_of(f"conversation.{lounge.pk}.upvotes", upvotes, f'"{asked.id}": {PEOPLE}'),
        told_of(f"conversation.{lounge.pk}.results", votes, "A: 89%; B: 11%"),
    )
    assert 2 * PEOPLE < sum(of_question) < 10_000
    assert 2 * PEOPLE < sum(of_poll) < 2_000
    assert max(of_poll) - min(of_poll) <= 1


def prepare(event, now):
    return open_lounge(event), make_crowd(event, PEOPLE, now)


def open_one(lounge, ada, now):
    poll = draft_poll(lounge, "Which?", ["A", "B"], multiple=False, by=ada, now=now)
    poll = move_poll(poll, PollState.OPEN, by=ada, now=now)
    return show_results(poll, shown=True, by=ada, now=now), list(poll.options.values_list("pk", flat=True))


@pytest.mark.django_db
def test_all_channels_of_a_conversation_are_asked_about_once(event, ben, now, django_assert_num_queries):
    lounge = open_lounge(event)
    names = [lounge.channel, *(f"{lounge.channel}.{kind}" for kind in ("reactions", "questions", "upvotes", "polls"))]
    kinds = [find_channel(name).kind for name in names]
    visitor = visit(ben.user, event.slug, now)
    with django_assert_num_queries(1):
        assert all(kind.may_hear(visitor, lounge.pk) for kind in kinds)
