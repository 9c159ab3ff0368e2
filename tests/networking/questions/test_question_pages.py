"""Questions by plain form post and by script; who may, and when; and what a page costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.leaders import register_leaders
from networking.models import Conversation, Kind, OpenTo
from networking.questions.models import Question, State
from networking.questions.services import move_question, set_asking, upvote
from networking.safety.services import block, mute
from networking.services import open_room_conversation, seat_participant

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


def address(conversation, what="") -> str:
    return f"/assembly-2022/conversations/{conversation.pk}/questions/{what}"


def without_token(response) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_a_plain_form_asks_and_comes_back(lounge, ben, client_of):
    client = client_of(ben)
    sent = client.post(address(lounge, "ask/"), {"text": "Who decides?", "token": "t"})
    assert (sent.status_code, sent.url) == (302, address(lounge))
    page = client.get(address(lounge)).content.decode()
    assert "Who decides?" in page
    assert "Your question is shown." in page


def test_a_refused_question_stays_in_the_box_and_is_named(lounge, ben, client_of):
    page = client_of(ben).post(address(lounge, "ask/"), {"text": "y" * 501, "token": "t"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "y" * 501 in text
    assert "501 characters" in text
    assert "<title>Error: " in text


def test_by_script_the_answer_is_the_question(lounge, ben, client_of):
    answer = client_of(ben).post(address(lounge, "ask/"), {"text": "Why?", "token": "t"}, headers=SCRIPT)
    assert answer.status_code == 201
    assert answer.json()["version"] == 1
    assert "Why?" in answer.json()["html"]


def test_by_script_an_anonymous_question_answers_with_its_number_alone(lounge, ben, client_of):
    sent = {"text": "Why?", "token": "t", "anonymous": "on"}
    answer = client_of(ben).post(address(lounge, "ask/"), sent, headers=SCRIPT)
    assert set(answer.json()) == {"id", "said"}


def test_a_vote_by_plain_form_is_pressed_on_the_page_it_leads_to(lounge, ben, sana, ask, client_of):
    question, client = ask(lounge, sana), client_of(ben)
    sent = client.post(address(lounge, "vote/"), {"up": question.pk})
    assert sent.url == f"{address(lounge)}#question-{question.pk}"
    assert 'aria-pressed="true"' in client.get(address(lounge)).content.decode()
    client.post(address(lounge, "vote/"), {"back": question.pk})
    assert 'aria-pressed="true"' not in client.get(address(lounge)).content.decode()


def test_by_script_a_vote_answers_with_the_count(lounge, ben, sana, ask, client_of):
    question = ask(lounge, sana)
    answer = client_of(ben).post(address(lounge, "vote/"), {"up": question.pk}, headers=SCRIPT)
    assert answer.json() == {"id": question.pk, "votes": 1}


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "9" * 30, "12345", "٣"])
def test_a_vote_for_what_is_not_there_is_404(lounge, ben, client_of, number):
    assert client_of(ben).post(address(lounge, "vote/"), {"up": number}).status_code == 404


def test_a_vote_for_what_waits_is_the_same_404_as_for_nothing(lounge, ben, sana, ada, ask, client_of, now):
    set_asking(lounge, is_open=True, moderated=True, by=ada, now=now)
    waiting, client = ask(lounge, sana), client_of(ben)
    held, never = (client.post(address(lounge, "vote/"), {"up": number}) for number in (waiting.pk, 77))
    assert held.status_code == never.status_code == 404
    assert without_token(held) == without_token(never)


def test_a_vote_for_a_question_elsewhere_is_404(lounge, stage, ben, ask, client_of):
    question = ask(stage, ben)
    assert client_of(ben).post(address(lounge, "vote/"), {"up": question.pk}).status_code == 404


def test_a_vote_after_the_answer_is_refused_in_words(lounge, ben, sana, ada, ask, client_of, now):
    question = move_question(ask(lounge, sana), State.ANSWERED, by=ada, now=now)
    page = client_of(ben).post(address(lounge, "vote/"), {"up": question.pk})
    assert page.status_code == 409
    assert "its votes stand" in page.content.decode()


@pytest.mark.parametrize("what", ["ask/", "vote/", "withdraw/", "run/move/", "run/settings/"])
def test_get_changes_nothing(lounge, ada, client_of, what):
    assert client_of(ada).get(address(lounge, what)).status_code == 405


def test_without_a_token_nothing_is_asked(lounge, ben, client_of):
    client = client_of(ben, enforce_csrf_checks=True)
    assert client.post(address(lounge, "ask/"), {"text": "Why?"}).status_code == 403
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("moment", "asked"),
    [
        ("2022-05-20T12:00", 403),
        ("2022-05-22T00:01", 302),
        ("2022-05-27T12:00", 302),
        ("2022-05-28T12:00", 403),
    ],
)
def test_questions_for_the_stage_are_taken_from_when_the_portal_opens(stage, ben, client_of, at, moment, asked):
    at(moment)
    assert client_of(ben).post(address(stage, "ask/"), {"text": "Why?", "token": "t"}).status_code == asked


def test_after_the_day_questions_are_read_and_not_asked(stage, ben, ask, client_of, at):
    ask(stage, ben, "What did we learn?")
    at("2022-06-01T12:00")
    page = client_of(ben).get(address(stage)).content.decode()
    assert "What did we learn?" in page
    assert "<textarea" not in page
    assert "data-question-vote" not in page


def test_an_organiser_reads_but_asks_only_when_registered(stage, ada, client_of):
    client = client_of(ada)
    assert "register to ask" in client.get(address(stage)).content.decode()
    assert client.post(address(stage, "ask/"), {"text": "Why?"}).status_code == 403


@pytest.mark.parametrize("what", ["", "panel/", "ask/", "vote/", "withdraw/", "run/", "run/move/"])
def test_a_rooms_questions_are_the_same_404_for_who_is_not_in_it_as_one_that_never_was(event, sana, client_of, what):
    room, client = open_room_conversation(event, "Flexible training"), client_of(sana)
    method = client.get if what in {"", "panel/", "run/"} else client.post
    held, never = method(address(room, what)), method(f"/assembly-2022/conversations/999999/questions/{what}")
    assert held.status_code == never.status_code == 404
    assert without_token(held) == without_token(never)


def test_the_desk_is_the_organisers(stage, ben, ada, ask, client_of):
    question = ask(stage, ben)
    sent = {"question": question.pk, "state": "answering"}
    assert client_of(ben).post(address(stage, "run/move/"), sent).status_code == 404
    assert client_of(ada).post(address(stage, "run/move/"), sent).status_code == 302
    question.refresh_from_db()
    assert question.state == State.ANSWERING


def test_who_leads_a_room_runs_its_questions(event, ben, sana, ask, client_of, now, monkeypatch):
    from networking import leaders

    monkeypatch.setattr(leaders, "_leaders", {})
    room = open_room_conversation(event, "Flexible training")
    for delegate in (ben, sana):
        seat_participant(room, delegate, now=now)
    register_leaders(Kind.ROOM, room.participants.filter(delegate=sana))
    assert client_of(sana).get(address(room, "run/")).status_code == 200
    assert client_of(ben).get(address(room, "run/")).status_code == 404
    assert "Run the questions" in client_of(sana).get(address(room)).content.decode()
    assert "Run the questions" not in client_of(ben).get(address(room)).content.decode()


def test_the_desk_says_what_cannot_be_done(stage, ben, ada, ask, client_of, now):
    question, client = ask(stage, ben), client_of(ada)
    move_question(question, State.DISMISSED, by=ada, now=now)
    page = client.post(address(stage, "run/move/"), {"question": question.pk, "state": "answering"})
    assert page.status_code == 409
    assert "This question is dismissed" in page.content.decode()


def test_an_answer_written_at_the_desk_is_read_by_everyone(stage, ben, ada, ask, client_of):
    question = ask(stage, ben)
    sent = {"question": question.pk, "state": "answered", "answer": "<b>Ask</b> your tutor."}
    client_of(ada).post(address(stage, "run/move/"), sent)
    page = client_of(ben).get(address(stage)).content.decode()
    assert "&lt;b&gt;Ask&lt;/b&gt; your tutor." in page


def test_words_are_never_markup(stage, ben, ask, client_of):
    ask(stage, ben, "<script>alert(1)</script>\nsecond line")
    page = client_of(ben).get(address(stage)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line" in page


def test_a_page_costs_the_same_at_one_question_and_at_three(lounge, ben, sana, ask, client_of):
    client, counts = client_of(ben), []
    for askers in ([ben], [sana, ben]):
        for asker in askers:
            upvote(ask(lounge, asker), ben)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(lounge, "panel/"))
        counts.append(len(queries))
    assert counts == [12, 12]


def test_the_desk_costs_the_same_at_one_question_and_at_three(lounge, ben, sana, ada, ask, client_of):
    client, counts = client_of(ada), []
    for askers in ([ben], [sana, ben]):
        for asker in askers:
            ask(lounge, asker)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(lounge, "run/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_vote_costs_few_queries(lounge, ben, sana, ask, client_of):
    question, client = ask(lounge, sana), client_of(ben)
    with CaptureQueriesContext(connection) as queries:
        client.post(address(lounge, "vote/"), {"up": question.pk}, headers=SCRIPT)
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 10, statements


def test_the_admin_shows_and_dismisses(stage, ben, ada, ask, client_of):
    question, client = ask(stage, ben), client_of(ada)
    act = {"action": "dismiss", "_selected_action": [question.pk]}
    assert client.post("/admin/networking/question/", act).status_code == 302
    question.refresh_from_db()
    assert question.state == State.DISMISSED
    assert client.get(f"/admin/networking/question/{question.pk}/change/").status_code == 200


def test_the_admin_of_another_event_sees_nothing(stage, ben, ask, other_event, client_of):
    from allauth.mfa.models import Authenticator

    from portal.models import User

    other = User.objects.create_user("oda@example.org", "Oda Placeholder", is_staff=True)
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={})
    other_event.organisers.add(other)
    ask(stage, ben, "Who decides?")
    assert "Who decides?" not in client_of(other).get("/admin/networking/question/").content.decode()


def test_who_blocked_the_asker_sees_nothing_they_asked_by_name(stage, ben, sana, ask, client_of, now):
    by_name, anonymous = ask(stage, sana, "by name"), ask(stage, sana, "without a name", anonymous=True)
    block(ben, sana, now=now)
    client = client_of(ben)
    page = client.get(address(stage)).content.decode()
    assert "by name" not in page
    assert "without a name" in page
    told = client.get(f"/assembly-2022/live/conversation.{stage.pk}.questions/?after=0").json()
    assert [frame["body"]["id"] for frame in told["frames"]] == [anonymous.pk]
    assert client.post(address(stage, "vote/"), {"up": by_name.pk}).status_code == 404
    assert "by name" in client_of(sana).get(address(stage)).content.decode()


def test_who_is_muted_reads_and_neither_asks_nor_votes(stage, ben, sana, ada, ask, client_of, now):
    question, client = ask(stage, sana), client_of(ben)
    mute(stage, ben, by=ada, now=now)
    assert "cannot be asked" in client.get(address(stage)).content.decode()
    for anonymous in ({}, {"anonymous": "on"}):
        assert client.post(address(stage, "ask/"), {"text": "Why?", "token": "t", **anonymous}).status_code == 403
    assert client.post(address(stage, "vote/"), {"up": question.pk}).status_code == 403


def test_direct_talk_has_no_questions_or_polls(event, ben, client_of, now):
    direct = Conversation.objects.create(event=event, kind=Kind.DIRECT, title="Two", open_to=OpenTo.PARTICIPANTS)
    seat_participant(direct, ben, now=now)
    client = client_of(ben)
    assert client.get(direct.get_absolute_url()).status_code == 200
    for part in ("questions/", "polls/"):
        assert client.get(f"{direct.get_absolute_url()}{part}").status_code == 404
