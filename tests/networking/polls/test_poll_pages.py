"""Polls by plain form post and by script; who may, and when; and what a page costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.polls.models import Poll, State, Vote
from networking.polls.services import cast_vote, move_poll, show_results
from networking.services import open_room_conversation, open_session_conversation

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


def address(conversation, what="") -> str:
    return f"/assembly-2022/conversations/{conversation.pk}/polls/{what}"


def without_token(response) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def ballot_for(poll, *options) -> dict:
    return {"poll": poll.pk, f"poll-{poll.pk}": options}


def test_a_plain_form_votes_and_comes_back_with_the_choice_marked(lounge, ben, open_poll, choices, client_of):
    poll, client = open_poll(), client_of(ben)
    sent = client.post(address(lounge, "vote/"), ballot_for(poll, choices(poll)[1]))
    assert (sent.status_code, sent.url) == (302, f"{address(lounge)}#poll-{poll.pk}")
    page = client.get(address(lounge)).content.decode()
    assert "Your vote is counted." in page
    assert re.search(rf'value="{choices(poll)[1]}"[^>]* checked', page)


def test_who_has_voted_is_offered_to_change_it_and_nobody_else(lounge, ben, sana, open_poll, choices, client_of):
    poll = open_poll()
    client_of(ben).post(address(lounge, "vote/"), ballot_for(poll, choices(poll)[1]))
    pages = [client_of(who).get(address(lounge)).content.decode() for who in (ben, sana)]
    assert ["Change my vote" in page for page in pages] == [True, False]


def test_by_script_the_answer_is_how_it_stands(lounge, ben, open_poll, choices, client_of):
    poll = open_poll()
    answer = client_of(ben).post(address(lounge, "vote/"), ballot_for(poll, choices(poll)[0]), headers=SCRIPT)
    assert answer.status_code == 200
    assert "1 person has voted" in answer.json()["html"]


def test_no_choice_is_refused_in_words(lounge, ben, open_poll, client_of):
    poll, client = open_poll(), client_of(ben)
    page = client.post(address(lounge, "vote/"), {"poll": poll.pk})
    assert page.status_code == 409
    assert "Choose an answer first." in page.content.decode()
    said = client.post(address(lounge, "vote/"), {"poll": poll.pk}, headers=SCRIPT)
    assert said.json() == {"error": "Choose an answer first."}


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_a_vote_in_what_is_not_there_is_404(lounge, ben, client_of, number):
    assert client_of(ben).post(address(lounge, "vote/"), {"poll": number}).status_code == 404


def test_a_draft_is_the_same_404_as_nothing(lounge, ben, draft, choices, client_of):
    poll, client = draft(), client_of(ben)
    held, never = (
        client.post(address(lounge, "vote/"), {"poll": number, f"poll-{poll.pk}": choices(poll)[0]})
        for number in (poll.pk, 9999)
    )
    assert held.status_code == never.status_code == 404
    assert without_token(held) == without_token(never)


def test_an_open_poll_shows_no_result_until_it_is_shown(lounge, ben, sana, ada, open_poll, choices, client_of, now):
    poll = open_poll()
    cast_vote(poll, sana, choices(poll)[:1])
    client = client_of(ben)
    assert "100%" not in client.get(address(lounge)).content.decode()
    show_results(poll, shown=True, by=ada, now=now)
    page = client.get(address(lounge)).content.decode()
    assert 'aria-label="Bar chart. One: 100%; Other: 0%"' in page
    assert "<td>100%</td>" in page


@pytest.mark.parametrize("what", ["vote/", "run/act/"])
def test_get_changes_nothing(lounge, ada, client_of, what):
    assert client_of(ada).get(address(lounge, what)).status_code == 405


def test_without_a_token_no_vote_is_counted(lounge, ben, open_poll, choices, client_of):
    poll = open_poll()
    client = client_of(ben, enforce_csrf_checks=True)
    assert client.post(address(lounge, "vote/"), ballot_for(poll, choices(poll)[0])).status_code == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("moment", "in_lounge", "on_stage"),
    [("2022-05-25T12:00", 302, 403), ("2022-05-27T12:00", 302, 302), ("2022-06-01T12:00", 403, 403)],
)
def test_polls_are_taken_where_one_may_speak(
    lounge, make_session, ben, open_poll, choices, client_of, at, moment, in_lounge, on_stage
):
    stage = open_session_conversation(make_session("Opening"))
    polls = {lounge: open_poll(where=lounge), stage: open_poll(where=stage)}
    at(moment)
    for conversation, answer in ((lounge, in_lounge), (stage, on_stage)):
        poll = polls[conversation]
        sent = client_of(ben).post(address(conversation, "vote/"), ballot_for(poll, choices(poll)[0]))
        assert sent.status_code == answer


def test_after_the_day_shown_results_are_read_and_nothing_is_chosen(
    lounge, ben, ada, open_poll, choices, client_of, at, now
):
    poll = open_poll()
    cast_vote(poll, ben, choices(poll)[:1])
    show_results(poll, shown=True, by=ada, now=now)
    move_poll(poll, State.CLOSED, by=ada, now=now)
    at("2022-06-01T12:00")
    page = client_of(ben).get(address(lounge)).content.decode()
    assert "<td>100%</td>" in page
    assert 'type="radio"' not in page


@pytest.mark.parametrize("what", ["", "panel/", "vote/", "run/", "run/act/"])
def test_a_rooms_polls_are_the_same_404_for_who_is_not_in_it_as_one_that_never_was(event, sana, client_of, what):
    room, client = open_room_conversation(event, "Flexible training"), client_of(sana)
    method = client.get if what in {"", "panel/", "run/"} else client.post
    held, never = method(address(room, what)), method(f"/assembly-2022/conversations/999999/polls/{what}")
    assert held.status_code == never.status_code == 404
    assert without_token(held) == without_token(never)


def test_an_organiser_drafts_opens_shows_and_closes_on_one_page(lounge, ada, ben, client_of):
    client = client_of(ada)
    sent = {"text": "Which?", "options": "One\r\n\r\nOther\r\n", "multiple": "several"}
    assert client.post(address(lounge, "run/"), sent).status_code == 302
    poll = Poll.objects.get()
    assert (poll.multiple, [option.text for option in poll.options.all()]) == (True, ["One", "Other"])
    for act in ("open", "show", "close"):
        assert client.post(address(lounge, "run/act/"), {"poll": poll.pk, "act": act}).status_code == 302
    poll.refresh_from_db()
    assert (poll.state, poll.results_shown) == (State.CLOSED, True)
    assert client_of(ben).get(address(lounge, "run/")).status_code == 404


def test_a_poll_that_is_none_stays_in_the_form_with_its_fault(lounge, ada, client_of):
    page = client_of(ada).post(address(lounge, "run/"), {"text": "Which?", "options": "Only one"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "A poll has 2 to 10 answers." in text
    assert "Only one" in text
    assert "<title>Error: " in text


def test_a_draft_is_changed_on_a_page_of_its_own(lounge, ada, draft, client_of):
    poll, client = draft(), client_of(ada)
    where = address(lounge, f"run/{poll.pk}/")
    assert "One\nOther" in client.get(where).content.decode()
    assert client.post(where, {"text": "Which now?", "options": "A\nB"}).status_code == 302
    poll.refresh_from_db()
    assert poll.text == "Which now?"
    move_poll(poll, State.OPEN, by=ada, now=poll.conversation.event.window.opens)
    assert client.get(where).status_code == 404


def test_an_unknown_act_is_404(lounge, ada, draft, client_of):
    assert client_of(ada).post(address(lounge, "run/act/"), {"poll": draft().pk, "act": "drop"}).status_code == 404


def test_who_leads_sees_how_it_stands_before_others_do(lounge, ada, ben, open_poll, choices, client_of):
    poll = open_poll()
    cast_vote(poll, ben, choices(poll)[:1])
    assert "100%" in client_of(ada).get(address(lounge, "run/")).content.decode()


def test_words_are_never_markup(lounge, ben, open_poll, client_of):
    open_poll("<script>alert(1)</script>?", "<b>A</b>", "B")
    page = client_of(ben).get(address(lounge)).content.decode()
    assert "<script>alert" not in page
    assert "<b>A</b>" not in page


def test_a_page_costs_the_same_at_one_poll_and_at_three(lounge, ben, ada, open_poll, choices, client_of, now):
    client, counts = client_of(ben), []
    for number in (1, 2):
        for _ in range(number):
            poll = open_poll()
            cast_vote(poll, ben, choices(poll)[:1])
            show_results(poll, shown=True, by=ada, now=now)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(lounge, "panel/"))
        counts.append(len(queries))
    assert counts == [11, 11]


def test_the_desk_costs_the_same_at_one_poll_and_at_three(lounge, ada, open_poll, client_of):
    client, counts = client_of(ada), []
    for number in (1, 2):
        for _ in range(number):
            open_poll()
        with CaptureQueriesContext(connection) as queries:
            client.get(address(lounge, "run/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_vote_costs_few_queries(lounge, ben, open_poll, choices, client_of):
    poll, client = open_poll(), client_of(ben)
    sent = ballot_for(poll, choices(poll)[0])
    with CaptureQueriesContext(connection) as queries:
        client.post(address(lounge, "vote/"), sent, headers=SCRIPT)
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 13, statements


def test_the_admin_opens_closes_and_shows(lounge, ada, draft, client_of):
    poll, client = draft(), client_of(ada)
    for action in ("open_polls", "share_results", "close_polls"):
        assert (
            client.post("/admin/networking/poll/", {"action": action, "_selected_action": [poll.pk]}).status_code == 302
        )
    poll.refresh_from_db()
    assert (poll.state, poll.results_shown, poll.version) == (State.CLOSED, True, 3)


def test_the_admin_drafts_a_poll_and_lets_nobody_rewrite_an_open_one(lounge, ada, client_of, now):
    client = client_of(ada)
    form = {
        "conversation": lounge.pk, "text": "Which?", "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 0,
        "options-0-text": "One", "options-0-position": 1, "options-1-text": "Other", "options-1-position": 2,
    }  # fmt: skip
    assert client.post("/admin/networking/poll/add/", form).status_code == 302
    poll = Poll.objects.get()
    assert [option.text for option in poll.options.all()] == ["One", "Other"]
    move_poll(poll, State.OPEN, by=ada, now=now)
    client.post(
        f"/admin/networking/poll/{poll.pk}/change/",
        {"text": "Changed", "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0},
    )
    poll.refresh_from_db()
    assert poll.text == "Which?"


def test_nobody_sees_in_admin_who_chose_what(lounge, ada, ben, open_poll, choices, client_of):
    poll, client = open_poll(), client_of(ada)
    cast_vote(poll, ben, choices(poll)[:1])
    for where in ("", f"{poll.pk}/change/"):
        assert ben.name not in client.get(f"/admin/networking/poll/{where}").content.decode()
