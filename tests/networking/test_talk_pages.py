"""Talk by plain form post, who gets in, and who gets nothing."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.models import Message
from networking.tables import close_table, open_table

pytestmark = pytest.mark.django_db
BASE = "/assembly-2022/"


def without_token(response) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def address(conversation, what=""):
    return f"{BASE}conversations/{conversation.pk}/{what}"


def test_a_plain_form_says_it_and_comes_back(lounge, ben, client_of):
    client = client_of(ben)
    sent = client.post(address(lounge, "say/"), {"text": "Hello all", "client_id": uuid.uuid4()})
    assert (sent.status_code, sent.url) == (302, address(lounge) + "#latest")
    assert "Hello all" in client.get(f"{BASE}lounge/").content.decode()


def test_a_refused_message_stays_in_the_box(lounge, ben, client_of):
    page = client_of(ben).post(address(lounge, "say/"), {"text": "y" * 2001, "client_id": uuid.uuid4()})
    assert page.status_code == 422
    assert "y" * 2001 in page.content.decode()
    assert "2,001 characters" in page.content.decode()


def test_by_script_the_answer_is_the_message(lounge, ben, client_of):
    answer = client_of(ben).post(
        address(lounge, "say/"), {"text": "Hi", "client_id": uuid.uuid4()}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 201
    assert answer.json()["version"] == 1


@pytest.mark.database
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_a_repeat_is_acknowledged_though_the_conversation_is_closed_by_now(ben, ada, client_of, headers, now):
    table = open_table(ben.event, "Rotas", by=ben)
    client, sent = client_of(ben), {"text": "Hello all", "client_id": uuid.uuid4()}
    first = client.post(address(table, "say/"), sent, headers=headers)
    close_table(table, by=ada, now=now)
    repeat = client.post(address(table, "say/"), sent, headers=headers)
    assert (repeat.status_code, repeat.content) == (first.status_code, first.content)
    assert Message.objects.count() == 1
    for client_id in (uuid.uuid4(), "", "broken"):
        answer = client.post(address(table, "say/"), sent | {"client_id": client_id}, headers=headers)
        assert answer.status_code == 403


def test_get_says_nothing(lounge, ben, client_of):
    assert client_of(ben).get(address(lounge, "say/")).status_code == 405


def test_without_a_token_nothing_is_said(lounge, ben, client_of):
    client = client_of(ben, enforce_csrf_checks=True)
    assert client.post(address(lounge, "say/"), {"text": "Hi"}).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize("what", ["", "panel/", "say/"])
def test_a_room_is_the_same_404_for_who_is_not_in_it_as_one_that_never_was(room, sana, client_of, what):
    client = client_of(sana)
    method = client.post if what == "say/" else client.get
    held, never = method(address(room, what)), method(f"{BASE}conversations/999999/{what}")
    assert held.status_code == never.status_code == 404
    assert without_token(held) == without_token(never)


def test_who_is_in_the_room_hears_and_speaks(room, seated, client_of):
    client = client_of(seated)
    assert client.post(address(room, "say/"), {"text": "Here", "client_id": uuid.uuid4()}).status_code == 302
    assert "Here" in client.get(address(room, "panel/")).content.decode()


@pytest.mark.parametrize(
    ("moment", "lounge_says", "room_says"),
    [("2022-05-25T12:00", 302, 403), ("2022-05-27T12:00", 302, 302), ("2022-06-01T12:00", 403, 403)],
)
def test_the_lounge_opens_early_and_rooms_on_the_day(
    lounge, room, seated, client_of, at, moment, lounge_says, room_says
):
    at(moment)
    client = client_of(seated)
    for conversation, status in ((lounge, lounge_says), (room, room_says)):
        answer = client.post(address(conversation, "say/"), {"text": "Hi", "client_id": uuid.uuid4()})
        assert answer.status_code == status


def test_on_demand_what_was_said_can_be_read(lounge, ben, say, client_of, at):
    say(lounge, ben, "See you next year")
    at("2022-06-01T12:00")
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert "See you next year" in page
    assert '<form class="chat__compose"' not in page


def test_an_organiser_reads_but_speaks_only_when_registered(room, ada, client_of):
    client = client_of(ada)
    assert "register to speak" in client.get(address(room)).content.decode()
    assert client.post(address(room, "say/"), {"text": "Hi"}).status_code == 403


def test_the_talk_beside_a_session_is_opened_by_who_looks_first(ben, client_of, make_session):
    session = make_session("Opening")
    first = client_of(ben).get(f"{BASE}sessions/{session.pk}/talk-panel/")
    assert 'role="log"' in first.content.decode()
    assert client_of(ben).get(f"{BASE}sessions/{session.pk}/talk/").status_code == 200


def test_a_break_has_no_conversation(ben, client_of, make_session):
    session = make_session("Lunch", kind="break")
    assert client_of(ben).get(f"{BASE}sessions/{session.pk}/talk/").status_code == 404


def test_history_costs_the_same_at_one_message_and_at_three(lounge, ben, sana, say, client_of):
    client, counts = client_of(ben), []
    for authors in ([ben], [sana, ben]):
        for author in authors:
            say(lounge, author)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}lounge/")
        counts.append(len(queries))
    assert counts == [12, 12]


def test_saying_something_costs_few_queries(lounge, ben, client_of):
    client = client_of(ben)
    with CaptureQueriesContext(connection) as queries:
        client.post(
            address(lounge, "say/"), {"text": "Hi", "client_id": uuid.uuid4()}, headers={"Accept": "application/json"}
        )
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    # Who is asking (session, delegate), where and how they stand there, the log's version, the message.
    assert len(statements) == 5, statements


def test_earlier_messages_are_a_page_away(lounge, ben, say, client_of, at):
    from datetime import timedelta

    moment = at("2022-05-27T10:00")
    for number in range(60):
        say(lounge, ben, f"words {number:02}", at=moment + timedelta(minutes=number))
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert "words 59" in page
    assert "words 09" not in page
    first = Message.objects.get(text="words 10").pk
    earlier = client_of(ben).get(f"{address(lounge)}?before={first}").content.decode()
    assert "words 09" in earlier
    assert "words 10" not in earlier


def test_a_number_no_database_holds_is_no_session(event, ben, client_of):
    assert client_of(ben).get(f"/assembly-2022/sessions/{10**20}/talk/").status_code == 404
