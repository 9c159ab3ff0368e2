"""A question is reported like a message; of an anonymous one the words alone can be dealt with."""

from functools import partial

import pytest

from networking.questions.frames import frames_after
from networking.questions.models import Question, State
from networking.questions.queries import board
from networking.questions.services import hide_question, move_question, withdraw_question
from networking.safety import services
from networking.safety.models import Outcome, Reason, Report
from networking.safety.queries import acts_of
from networking.safety.services import block
from networking.services import Refused
from portal.mail.models import OutboxMail
from portal.models import AuditEntry
from tests.breakouts.rush import make_crowd, rush
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


@pytest.fixture
def anonymous(lounge, ben, ask):
    return ask(lounge, ben, "hard words", anonymous=True)


@pytest.fixture
def report(now):
    def send(question, reporter, reason=Reason.UNKIND):
        return services.report_question(question, reporter, reason=reason, words="", now=now)

    return send


def address(question: Question) -> str:
    return f"{BASE}conversations/{question.conversation_id}/questions/{question.pk}/report/"


def shown(question: Question) -> list[str]:
    return [each.text for each in board(question.conversation, None).open]


def state(question: Question) -> str:
    question.refresh_from_db()
    return question.state


def test_the_third_report_hides_it_on_every_page_until_an_organiser_has_looked(
    ask, lounge, ben, others, report, decide
):
    question = ask(lounge, ben, "hard words")
    for number, reporter in enumerate(others, 1):
        last = report(question, reporter)
        assert report(question, reporter) == last
        assert (shown(question) == []) == (number == 3)
    assert [frame.kind for frame in frames_after(lounge.pk, 0, 200)] == ["gone"]
    assert board(lounge, ben).waiting == [question]
    decide(last, Outcome.NOTHING)
    assert shown(question) == ["hard words"]
    assert not Report.objects.filter(outcome="").exists()
    for number in range(4):
        report(question, make_delegate(ben.event, f"again{number}@example.org", "Again"))
    assert state(question) == State.APPROVED


@pytest.mark.django_db(transaction=True)
def test_three_reports_at_once_hide_it(lounge, ben, ask, now):
    question = ask(lounge, ben)
    send = partial(services.report_question, question, reason=Reason.UNKIND, words="", now=now)
    assert rush([partial(send, each) for each in make_crowd(lounge.event, 3, now)]) == {"done": 3}
    assert state(question) == State.PENDING
    assert AuditEntry.objects.filter(verb="hide question").count() == 1


@pytest.mark.parametrize(
    ("outcome", "becomes", "muted", "out"),
    [
        (Outcome.NOTHING, State.APPROVED, False, False),
        (Outcome.SPOKEN, State.APPROVED, False, False),
        (Outcome.REMOVED, State.DISMISSED, False, False),
        (Outcome.MUTED, State.DISMISSED, True, False),
        (Outcome.SUSPENDED, State.DISMISSED, False, True),
    ],
)
def test_what_an_outcome_does(lounge, ben, sana, ask, report, decide, outcome, becomes, muted, out):
    question = ask(lounge, ben)
    decide(report(question, sana), outcome)
    ben.refresh_from_db()
    assert (state(question), lounge.mutes.filter(delegate=ben).exists(), ben.suspended_at is not None) == (
        becomes,
        muted,
        out,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [(State.ANSWERED, State.ANSWERED), (State.ANSWERING, State.APPROVED), (State.APPROVED, State.APPROVED)],
)
def test_what_was_answered_is_among_the_answered_again(lounge, ben, sana, ada, ask, report, decide, now, before, after):
    question = ask(lounge, ben)
    if before != State.APPROVED:
        move_question(question, before, by=ada, now=now, answer="Yes, from June.")
    hide_question(question, now=now)
    assert state(question) == State.PENDING
    decide(report(question, sana), Outcome.NOTHING)
    assert state(question) == after


@pytest.mark.parametrize("outcome", [Outcome.SPOKEN, Outcome.MUTED, Outcome.SUSPENDED])
def test_nobody_can_be_dealt_with_for_an_anonymous_one(anonymous, sana, report, decide, outcome):
    sent = report(anonymous, sana)
    assert (sent.about, list(acts_of(sent))) == (None, [Outcome.NOTHING, Outcome.REMOVED])
    with pytest.raises(Refused, match="cannot be done"):
        decide(sent, outcome)
    sent.refresh_from_db()
    assert sent.outcome == ""


def test_an_anonymous_one_is_removed(anonymous, sana, report, decide):
    decide(report(anonymous, sana), Outcome.REMOVED)
    assert state(anonymous) == State.DISMISSED


def test_what_was_taken_back_meanwhile_stays_so(lounge, ben, sana, ask, report, decide):
    question = ask(lounge, ben)
    sent = report(question, sana)
    withdraw_question(lounge, question.pk, asker=ben, token="")
    decide(sent, Outcome.REMOVED)
    assert state(question) == State.WITHDRAWN


def test_danger_in_an_anonymous_question_is_mailed_at_once(anonymous, sana, ada, report):
    report(anonymous, sana, Reason.DANGER)
    assert [mail.to for mail in OutboxMail.objects.all()] == [ada.email]


def test_by_plain_form_the_queue_and_back_to_who_reported(anonymous, sana, ada, client_of):
    client, organiser = client_of(sana), client_of(ada)
    assert "Nobody knows who asked it" in client.get(address(anonymous)).content.decode()
    assert client.post(address(anonymous), {}).status_code == 422
    assert client.post(address(anonymous), {"reason": "danger"}).status_code == 302
    sent = Report.objects.get()
    queue = organiser.get(f"{BASE}moderation/").content.decode()
    assert "somebody who asked anonymously" in queue
    assert "hard words" in queue
    assert "put out of the event" not in queue
    decision = f"{BASE}moderation/reports/{sent.pk}/"
    assert organiser.post(decision, {f"{sent.pk}-outcome": "suspended"}).status_code == 422
    assert organiser.post(decision, {f"{sent.pk}-outcome": "removed"}).status_code == 302
    page = client.get(f"{BASE}people/safety/").content.decode()
    assert "Anonymous: somebody may be in danger" in page
    assert "It was removed" in page


def test_who_is_not_shown_it_cannot_report_it(lounge, ben, sana, ada, cleo, ask, client_of, now):
    question = ask(lounge, ben)
    assert client_of(cleo).get(address(question)).status_code == 404
    # Nobody reports their own, and who organises has the queue.
    assert client_of(ben).get(address(question)).status_code == 403
    assert client_of(ada).get(address(question)).status_code == 403
    block(sana, ben, now=now)
    assert client_of(sana).get(address(question)).status_code == 404
    move_question(question, State.DISMISSED, by=ada, now=now)
    other = make_delegate(lounge.event, "o@example.org", "Other")
    assert client_of(other).get(address(question)).status_code == 404


def test_the_link_to_report_is_on_every_question_but_ones_own(lounge, ben, sana, ask, client_of):
    question = ask(lounge, ben)
    page = f"{BASE}conversations/{lounge.pk}/questions/"
    link = f'href="{address(question)}" data-question-report'
    assert f"{link}>" in client_of(sana).get(page).content.decode()
    assert f"{link} hidden>" in client_of(ben).get(page).content.decode()
