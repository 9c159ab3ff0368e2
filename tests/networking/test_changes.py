"""What happens to a message after it was said: each change reaches a page as it reaches a reload."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from networking import changes, reactions
from networking.direct import inbox
from networking.direct.services import mark_read
from networking.frames import frames_after, message_frame
from networking.mentions import find_names
from networking.models import Mention, Message, Reaction, ReactionKind, Wording, author_key
from networking.queries import history
from networking.safety.services import block, hide_message, show_message
from networking.services import Refused, remove_message, seat_participant
from portal.live.reads import version_of
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def page_of(conversation):
    """What a fresh page shows: each message as its frame draws it."""
    return {message.pk: message_frame(message).html for message in history(conversation).messages}


def replay(shown, frames):
    """What a page does with frames: the latest of a message stands in its place."""
    return shown | {frame.body["id"]: frame.html for frame in frames}


CHANGES = {
    "said": lambda said, ben, ada, now, say: say(said.conversation, ben, "One more"),
    "replied": lambda said, ben, ada, now, say: say(said.conversation, ben, "Yes", reply_to=said),
    "edited": lambda said, ben, ada, now, say: changes.edit_message(said, "Other words", by=ben, now=now),
    "taken back": lambda said, ben, ada, now, say: changes.take_back(said, by=ben, now=now),
    "removed": lambda said, ben, ada, now, say: remove_message(said, by=ada, now=now),
    "hidden": lambda said, ben, ada, now, say: hide_message(said, now=now),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_state_before_and_the_frames_are_the_fresh_state(change, lounge, ben, ada, say, now):
    said = say(lounge, ben, "First words")
    say(lounge, ben, "Between")
    before, version = page_of(lounge), version_of(lounge.channel)
    CHANGES[change](said, ben, ada, now, say)
    frames = frames_after(lounge.pk, version, 200)
    assert [frame.version for frame in frames] == [version + 1]
    assert replay(before, frames) == page_of(lounge) != before


ARTICLE = re.compile(r'<article class="chat__message[^>]*data-message="(\d+)".*?</article>', re.DOTALL)
TALLY = re.compile(r"(?<=data-chat-tally>).*?(?=</span><a )", re.DOTALL)


class Page:
    """The talk as one person's page keeps it: what it was rendered with, changed by what that person is told."""

    def __init__(self, client, conversation) -> None:
        html = client.get(conversation.get_absolute_url()).content.decode()
        self.client, self.live = client, f"/assembly-2022/live/{conversation.channel}"
        self.version = int(re.search(r'data-version="(\d+)" data-read', html)[1])
        self.shown = {int(match[1]): match[0].strip() for match in ARTICLE.finditer(html)}

    def catch_up(self) -> None:
        answer = self.client.get(f"{self.live}/", {"after": self.version})
        if answer.status_code == 304:
            return
        told = answer.json()
        self.version = told["version"]
        self.shown |= {each["body"]["id"]: each["html"].strip() for each in told["frames"] if each["html"]}

    def take_tallies(self) -> None:
        for pk, tally in self.client.get(f"{self.live}.reactions/").json()["state"]["tallies"].items():
            if int(pk) in self.shown:
                self.shown[int(pk)] = TALLY.sub(lambda _, tally=tally: tally, self.shown[int(pk)])


def act(dice, lounge, people, ada, now, say) -> None:
    """Anything that anybody may do with a message."""
    author, said = (
        dice.choice(people),
        dice.choice(list(lounge.messages.select_related("conversation__event", "author"))),
    )
    kind = dice.choice(list(ReactionKind))
    acts = [
        lambda: say(lounge, author, str(dice.random()), at=now, reply_to=dice.choice([None, said])),
        lambda: changes.edit_message(said, str(dice.random()), by=said.author, now=now),
        lambda: changes.take_back(said, by=said.author, now=now),
        lambda: dice.choice([hide_message, partial(remove_message, by=ada)])(said, now=now),
        lambda: show_message(said),
        *[
            lambda: dice.choice([reactions.react, reactions.react, reactions.take_reaction_back])(
                said, author, kind, now=now
            )
        ]
        * 8,
    ]
    with suppress(Refused):
        dice.choice(acts)()


@pytest.mark.parametrize("seed", range(4))
def test_a_page_of_who_blocked_somebody_plus_what_it_is_told_is_a_fresh_page(
    seed, lounge, ben, sana, ada, say, now, client_of, event
):
    dice, blocked = random.Random(seed), make_delegate(event, "blocked@example.org", "Blocked Placeholder")
    block(sana, blocked, now=now)
    say(lounge, ben)
    say(lounge, blocked, "Before")
    page = Page(client_of(sana), lounge)
    for step in range(80):
        act(dice, lounge, [ben, sana, blocked], ada, now + timedelta(seconds=5 * step), say)
        if dice.random() < 0.2:
            page.catch_up()
    page.catch_up()
    page.take_tallies()
    fresh = Page(client_of(sana), lounge)
    assert (page.version, page.shown) == (fresh.version, fresh.shown)
    assert not any("Blocked Placeholder</span>" in html for html in page.shown.values())
    assert any("chat__reaction" in html for html in page.shown.values())


def test_a_hidden_message_that_is_shown_again_is_as_it_was(lounge, ben, say, now):
    said = say(lounge, ben)
    before = page_of(lounge)
    hide_message(said, now=now)
    show_message(said)
    frames = frames_after(lounge.pk, 0, 200)
    assert ([frame.version for frame in frames], [frame.kind for frame in frames]) == ([3], ["message"])
    assert replay({}, frames) == page_of(lounge)
    assert "Hello" in before[said.pk]


def test_a_message_is_edited_for_fifteen_minutes_and_keeps_what_it_said(lounge, ben, say, now):
    said = say(lounge, ben, "Teh words")
    changes.edit_message(said, "The words", by=ben, now=now + timedelta(minutes=14, seconds=59))
    said.refresh_from_db()
    assert (said.text, Wording.objects.get().text) == ("The words", "Teh words")
    assert "edited" in message_frame(said).html
    with pytest.raises(Refused):
        changes.edit_message(said, "Too late", by=ben, now=now + timedelta(minutes=15))


def test_only_the_author_edits_and_takes_back(lounge, ben, sana, say, now):
    said = say(lounge, ben)
    for act in (
        lambda: changes.edit_message(said, "Mine", by=sana, now=now),
        lambda: changes.take_back(said, by=sana, now=now),
    ):
        with pytest.raises(Refused):
            act()
    assert Message.objects.get().text == "Hello"


def test_the_same_words_are_no_edit(lounge, ben, say, now):
    said = say(lounge, ben)
    changes.edit_message(said, "Hello", by=ben, now=now)
    assert (Wording.objects.count(), version_of(lounge.channel)) == (0, 1)


def test_what_was_taken_back_keeps_its_words_for_moderators_only(lounge, ben, say, now):
    said = say(lounge, ben, "Regretted")
    changes.take_back(said, by=ben, now=now)
    frame = frames_after(lounge.pk, 0, 200)[0]
    assert "Regretted" not in frame.html
    assert "took this message back" in frame.html
    assert Message.objects.get().text == "Regretted"


def test_a_reply_names_whom_it_answers_and_does_not_carry_their_words(lounge, ben, sana, say):
    said = say(lounge, ben, "Something long ago")
    html = message_frame(say(lounge, sana, "Quite", reply_to=said)).html
    assert f"In reply to {ben.name}" in html
    assert "long ago" not in html


# Reactions


def test_reactions_are_counted_once_a_kind_and_person(lounge, ben, sana, say, now):
    said = say(lounge, ben)
    for _ in range(3):
        reactions.react(said, sana, ReactionKind.THANKS, now=now)
    reactions.react(said, ben, ReactionKind.THANKS, now=now)
    reactions.react(said, ben, ReactionKind.IDEA, now=now)
    assert said.tally == {"thanks": 2, "idea": 1}
    reactions.take_reaction_back(said, ben, ReactionKind.THANKS, now=now)
    assert Message.objects.get().tally == {"thanks": 1, "idea": 1}
    # A reaction is no event of the log.
    assert version_of(lounge.channel) == 1


def test_the_database_holds_one_reaction_of_a_kind_and_person_from_the_set(lounge, ben, say):
    said = say(lounge, ben)
    Reaction.objects.create(message=said, delegate=ben, kind="idea")
    for kind in ("idea", "rage"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(message=said, delegate=ben, kind=kind)


def test_tallies_hold_the_newest_and_old_ones_of_the_last_minute(lounge, ben, say, now):
    many = [say(lounge, ben, at=now + timedelta(minutes=number)) for number in range(55)]
    later = now + timedelta(hours=1)
    for said, at in ((many[0], now), (many[1], later), (many[54], now)):
        reactions.react(said, ben, ReactionKind.AGREE, now=at)
    told = reactions.tallies(lounge.pk, later)["tallies"]
    assert set(told) == {str(many[1].pk), str(many[54].pk)}
    assert "Agree" in told[str(many[1].pk)]


@pytest.mark.django_db(transaction=True)
def test_twenty_who_react_at_once_are_twenty(event, lounge, ben, say, now):
    said = say(lounge, ben)
    people = [make_delegate(event, f"p{number}@example.org", f"P {number}") for number in range(20)]

    def press(person):
        try:
            message = Message.objects.select_related("conversation").get(pk=said.pk)
            reactions.react(message, person, ReactionKind.APPLAUSE, now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, people))
    assert Message.objects.get().tally == {"applause": 20}


# Calling by name


def test_who_is_called_is_marked_and_told_once(lounge, ben, sana, say):
    said = say(lounge, ben, "Ask @Sana Placeholder, @sana placeholder knows")
    assert [mention.delegate for mention in Mention.objects.all()] == [sana]
    frame = message_frame(said)
    assert frame.html.count(f'data-mention="{author_key(lounge.pk, sana.user_id)}"') == 2


def test_at_most_ten_are_called(event, lounge, ben, say):
    people = [make_delegate(event, f"m{n}@example.org", f"Mo{chr(65 + n)} Placeholder") for n in range(15)]
    say(lounge, ben, " ".join(f"@{each.name}" for each in people) + " @nobody" * 100)
    assert Mention.objects.count() == 10


def test_changes_of_a_message_call_no_more_than_ten_in_all(event, lounge, ben, say, now):
    people = [make_delegate(event, f"c{number}@example.org", f"Caller {chr(65 + number)}") for number in range(16)]
    said = say(lounge, ben, "Hello")
    for eight in (people[:8], people[8:]):
        changes.edit_message(said, " ".join(f"@{each.name}" for each in eight), by=ben, now=now)
    assert set(said.mentions.values_list("delegate", flat=True)) == {each.pk for each in people[:10]}


def test_who_is_not_in_the_room_is_not_called_and_not_shown_to_exist(event, lounge, room, seated, sana, say, cleo):
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    for conversation, name in ((room, sana.name), (lounge, cleo.name), (lounge, shy.name)):
        html = message_frame(say(conversation, seated, f"@{name} hello")).html
        assert "data-mention" not in html
    assert not Mention.objects.exists()


def test_a_name_in_an_address_or_in_markup_calls_nobody_and_stays_escaped(lounge, ben, sana, say):
    html = message_frame(say(lounge, ben, "x@Sana Placeholder <b>@Sana Placeholderx</b>")).html
    assert "&lt;b&gt;" in html
    assert "data-mention" not in html
    assert not Mention.objects.exists()


@pytest.mark.parametrize(
    ("start", "names"),
    [
        ("Sa", ["Sana Placeholder", "Sara Placeholder", "Mo Sands"]),
        ("sana pl", ["Sana Placeholder"]),
        ("place", ["Sana Placeholder", "Sara Placeholder"]),
        ("lace", []),
        ("ben", []),
        ("%", []),
        (" ", []),
        ("", []),
    ],
)
def test_names_are_found_by_the_beginning_of_a_word(event, lounge, ben, sana, start, names):
    for number, name in enumerate(["Sara Placeholder", "Mo Sands"]):
        make_delegate(event, f"n{number}@example.org", name)
    make_delegate(event, "hidden@example.org", "Sally Placeholder", listed=False)
    assert find_names(lounge, ben, start) == names


def test_the_names_by_address_whatever_is_asked(lounge, ben, sana, client_of):
    address = f"/assembly-2022/conversations/{lounge.pk}/names/"
    client = client_of(ben)
    for start, names in (("sa\x00n", ["Sana Placeholder"]), ("\x00", []), ("x" * 5000, [])):
        assert client.get(address, {"start": start}).json() == {"names": names}


def test_at_most_ten_names_are_offered(event, lounge, ben):
    for number in range(12):
        make_delegate(event, f"n{number}@example.org", f"Mo{chr(65 + number)} Placeholder")
    assert len(find_names(lounge, ben, "mo")) == 10


@pytest.mark.parametrize("by_caller", [True, False])
def test_whom_a_block_stands_between_are_neither_offered_nor_called(lounge, room, ben, sana, say, now, by_caller):
    for delegate in (ben, sana):
        seat_participant(room, delegate, now=now)
    block(*((ben, sana) if by_caller else (sana, ben)), now=now)
    for conversation in (lounge, room):
        assert find_names(conversation, ben, "sana") == []
        assert say(conversation, ben, "@Sana Placeholder listen").mentioned == []


def test_who_is_called_by_a_change_hears_of_it_as_of_a_new_message(lounge, ben, sana, say, now, monkeypatch):
    told: list[int] = []
    monkeypatch.setattr(changes, "touch_inboxes", told.extend)
    said = say(lounge, ben, "Hello")
    for text in ("Hello @Sana Placeholder", "Hello again @Sana Placeholder"):
        changes.edit_message(said, text, by=ben, now=now)
    assert told == [sana.pk]
    assert inbox.count_waiting([sana.pk])[sana.pk].calls == 1


def test_who_had_read_on_when_a_change_calls_them_is_told_and_reads_it_once(lounge, ben, sana, say, now, client_of):
    said, newest = say(lounge, ben, "Hello"), say(lounge, ben, "And more")
    mark_read(lounge, sana, up_to=newest.pk)
    changes.edit_message(said, "Hello @Sana Placeholder", by=ben, now=now)
    client = client_of(sana)
    assert inbox.count_waiting([sana.pk])[sana.pk].calls == 1
    assert '<span class="badge">new</span>' in client.get("/assembly-2022/messages/").content.decode()
    # The page is told of no mark, so that reading to the same end is told once more.
    assert 'data-read-to="0"' in client.get("/assembly-2022/lounge/").content.decode()
    mark_read(lounge, sana, up_to=newest.pk)
    assert inbox.count_waiting([sana.pk])[sana.pk].calls == 0
    assert '<span class="badge">new</span>' not in client.get("/assembly-2022/messages/").content.decode()
    assert f'data-read-to="{newest.pk}"' in client.get("/assembly-2022/lounge/").content.decode()


# Costs


def test_the_service_takes_three_statements_and_two_more_to_call_somebody(lounge, ben, sana, say):
    counts = []
    for text in ("Hello", "Hello @Sana Placeholder"):
        with CaptureQueriesContext(connection) as queries:
            say(lounge, ben, text)
        counts.append(len([q for q in queries if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))]))
    assert counts == [3, 5]


def test_history_is_read_by_its_index_however_long_it_is(lounge, ben, now):
    """On PostgreSQL: no sort and no scan of the table, at a hundred thousand messages as at a hundred."""
    if connection.vendor != "postgresql":
        pytest.skip("The plan is PostgreSQL's.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO networking_message"
            " (conversation_id, author_id, text, at, version, client_id, mentioned, tally, known_as)"
            " SELECT %s, %s, 'words', %s, n, gen_random_uuid(), '[]', '{}', '' FROM generate_series(1, 100000) AS n",
            [lounge.pk, ben.pk, now],
        )
        cursor.execute("ANALYZE networking_message")
        newest = lounge.messages.select_related("author").order_by("-pk")
        middle = newest.filter(pk__lt=Message.objects.order_by("pk")[50_000].pk)
        for rows in (newest, middle, middle.exclude(author__user_id__in=[999])):
            plan = rows[:51].explain(analyze=True, buffers=True)
            assert "Sort" not in plan
            assert "Seq Scan on networking_message" not in plan
            assert "Index Scan" in plan


def test_a_message_is_not_changed_for_ever(lounge, ben, say, now):
    said = say(lounge, ben)
    for number in range(changes.MOST_EDITS):
        changes.edit_message(said, f"Wording {number}", by=ben, now=now)
    with pytest.raises(Refused):
        changes.edit_message(said, "Once more", by=ben, now=now)


def test_moderators_read_earlier_wordings_in_the_admin(lounge, ben, ada, say, now, client_of):
    said = say(lounge, ben, "What it said at first")
    changes.edit_message(said, "What it says now", by=ben, now=now)
    page = client_of(ada).get(f"/admin/networking/message/{said.pk}/change/").content.decode()
    assert "What it said at first" in page
