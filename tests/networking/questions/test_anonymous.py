"""Nothing that the portal keeps joins an anonymous question to a person."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from networking.questions import services
from networking.questions.frames import frames_after
from networking.questions.models import HeldQuestion, Question
from networking.questions.services import ask_question, hash_token, release_due, withdraw_question
from portal.models import AuditEntry

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ASK = "/assembly-2022/conversations/{}/questions/ask/"
SECOND = datetime(2022, 5, 27, 9, 41, 37, 654321, tzinfo=UTC)


def every_row() -> str:
    """The whole database as text, rows of every table."""
    out = io.StringIO()
    call_command("dumpdata", "--all", stdout=out, exclude=["contenttypes", "auth.permission"])
    return out.getvalue()


def tables() -> dict[str, list]:
    rows = json.loads(every_row())
    return {
        model: [r["fields"] | {"pk": r["pk"]} for r in rows if r["model"] == model]
        for model in {r["model"] for r in rows}
    }


def test_an_anonymous_question_has_no_asker_by_the_database(lounge, ben, ask):
    question = ask(lounge, ben, anonymous=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(asker=ben)


def test_asking_changes_no_row_but_the_questions_own(lounge, ben, client_of, at):
    client = client_of(ben)
    client.get(f"/assembly-2022/conversations/{lounge.pk}/questions/")
    at(SECOND)
    before = tables()
    client.post(ASK.format(lounge.pk), {"text": "Who decides?", "anonymous": "on", "token": "secret"})
    after = tables()
    changed = {model for model in after if after[model] != before.get(model, [])}
    assert changed == {"networking.heldquestion"}
    release_due(SECOND + timedelta(minutes=1))
    released = tables()
    changed = {model for model in released if released[model] != before.get(model, [])}
    assert changed == {"networking.question", "portal.log"}


def test_what_is_kept_names_nobody_and_no_moment(lounge, ben, client_of, at, caplog):
    at(SECOND)
    with caplog.at_level(logging.DEBUG):
        client_of(ben).post(
            ASK.format(lounge.pk), {"text": "Who decides?", "anonymous": "on", "token": "secret-token"},
            headers={"User-Agent": "Ward computer 7"}, REMOTE_ADDR="192.0.2.77",
        )  # fmt: skip
    (held,) = tables()["networking.heldquestion"]
    assert set(held) == {"pk", "conversation", "text", "release_after", "mark"}
    release_due(SECOND + timedelta(minutes=1))
    (row,) = tables()["networking.question"]
    assert row["asker"] is None
    assert row["at"] == "2022-05-27T09:42:00Z"
    said = every_row() + caplog.text
    for trace in ("secret-token", "192.0.2.77", "Ward computer 7"):
        assert trace not in said
    assert not AuditEntry.objects.filter(actor=ben.user).exists()


def test_redis_keeps_nothing_of_who_asked(lounge, ben, client_of, settings):
    from redis import Redis

    redis = Redis.from_url(settings.REDIS_URL)
    client = client_of(ben)
    before = set(redis.keys())
    client.post(ASK.format(lounge.pk), {"text": "Who decides?", "anonymous": "on", "token": "secret"})
    assert set(redis.keys()) == before


def test_its_number_tells_nothing_of_the_order_of_asking(lounge, ben, ask):
    numbers = [ask(lounge, ben, str(n), anonymous=bool(n % 2)).pk for n in range(5)]
    assert numbers != sorted(numbers) or numbers[-1] - numbers[0] > 1000


def test_it_is_held_a_random_while_and_let_out_with_others(lounge, ben, sana, now):
    for person, text in ((ben, "one"), (sana, "two"), (ben, "three")):
        ask_question(lounge, person, text, anonymous=True, token=text, now=now)
    assert release_due(now + timedelta(seconds=services.SOONEST - 1)) == 0
    assert not Question.objects.exists()
    waits = {(held.release_after - now).seconds for held in HeldQuestion.objects.all()}
    assert all(services.SOONEST <= wait <= services.LATEST for wait in waits)
    assert release_due(now + timedelta(seconds=services.LATEST)) == 3
    assert not HeldQuestion.objects.exists()


def test_they_are_let_out_in_no_order(lounge, ben, now, monkeypatch):
    from networking.questions.limits import allowance

    monkeypatch.setattr(allowance, "take", lambda *_: True)
    asked = [ask_question(lounge, ben, str(n), anonymous=True, token=str(n), now=now).id for n in range(40)]
    release_due(now + timedelta(minutes=1))
    assert list(Question.objects.order_by("version").values_list("pk", flat=True)) != asked


def test_a_sweep_twice_lets_out_once(lounge, ben, now):
    ask_question(lounge, ben, "Why?", anonymous=True, token="t", now=now)
    later = now + timedelta(minutes=1)
    assert (release_due(later), release_due(later)) == (1, 0)


def test_the_same_token_asks_once_held_or_released(lounge, ben, now):
    first = ask_question(lounge, ben, "Why?", anonymous=True, token="t", now=now)
    again = ask_question(lounge, ben, "Why?", anonymous=True, token="t", now=now)
    release_due(now + timedelta(minutes=1))
    after = ask_question(lounge, ben, "Why?", anonymous=True, token="t", now=now)
    assert first.id == again.id == after.id
    assert Question.objects.count() == 1


def test_who_holds_its_secret_takes_it_back_and_nobody_else_can(lounge, ben, ask):
    question = ask(lounge, ben, anonymous=True, token="mine")
    assert not withdraw_question(lounge, question.pk, asker=ben, token="")
    assert not withdraw_question(lounge, question.pk, asker=ben, token="another")
    assert withdraw_question(lounge, question.pk, asker=None, token="mine")


def test_a_held_question_can_be_taken_back_before_anyone_saw_it(lounge, ben, now):
    asked = ask_question(lounge, ben, "Why?", anonymous=True, token="mine", now=now)
    assert withdraw_question(lounge, asked.id, asker=None, token="mine")
    assert release_due(now + timedelta(minutes=1)) == 0


def test_the_frame_says_nothing_but_anonymous(lounge, ben, ask):
    ask(lounge, ben, anonymous=True)
    (frame,) = frames_after(lounge.pk, 0, 10)
    assert "Anonymous" in frame.html
    assert ben.name not in frame.html
    assert "data-asker" not in frame.html
    assert set(frame.body) == {"id", "state", "text"}


def test_only_the_keyed_hash_of_the_secret_is_kept(lounge, ben, ask):
    question = ask(lounge, ben, anonymous=True, token="secret")
    assert question.mark == hash_token("secret")


def test_without_a_script_the_secret_is_in_the_answer_and_in_no_address(lounge, ben, client_of):
    answer = client_of(ben).post(
        ASK.format(lounge.pk), {"text": "Who decides?", "anonymous": "on", "token": "page-secret"}
    )
    page = answer.content.decode()
    assert 'value="page-secret"' in page
    assert "without your name" in page
    assert "page-secret" not in page.replace('value="page-secret"', "")


def test_where_a_moderator_looks_first_it_waits_for_them_and_says_so(lounge, ben, ada, client_of, now):
    services.set_asking(lounge, is_open=True, moderated=True, by=ada, now=now)
    sent = {"text": "Who decides?", "anonymous": "on", "token": "t"}
    answer = client_of(ben).post(ASK.format(lounge.pk), sent, headers={"Accept": "application/json"})
    assert "A moderator sees your question first" in answer.json()["said"]
    release_due(now + timedelta(minutes=1))
    question = Question.objects.get()
    assert (question.state, question.version, question.asker) == ("pending", None, None)


def test_the_organisers_see_no_name_in_admin_or_at_the_desk(lounge, ben, ada, ask, client_of):
    ask(lounge, ben, "Who decides?", anonymous=True)
    client = client_of(ada)
    for address in ("/admin/networking/question/", f"/assembly-2022/conversations/{lounge.pk}/questions/run/"):
        page = client.get(address).content.decode()
        assert "Who decides?" in page
        assert "Anonymous" in page
        assert ben.name not in page
