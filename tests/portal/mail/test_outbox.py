import pytest
from django.core import mail

from portal.mail.models import OutboxMail
from portal.mail.services import ATTEMPTS, CLAIM, post_mail, send_due, send_mail

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def posted(event, ben, now):
    return post(ben, now)


def post(ben, now, key="registered.1"):
    context = {"delegate": ben, "event": ben.event, "address": "https://portal.example"}
    return post_mail(key=key, to=ben.user.email, template="confirmed", context=context, now=now)


def test_one_cause_writes_one_mail(posted, ben, now):
    assert post(ben, now) == posted
    assert OutboxMail.objects.count() == 1


def test_a_mail_goes_once_though_the_task_runs_twice(posted, now):
    assert send_mail(posted.pk, now=now) is True
    assert send_mail(posted.pk, now=now) is False
    assert [sent.subject for sent in mail.outbox] == [posted.subject]


def test_the_sweep_sends_what_no_kick_reached(posted, now):
    assert send_due(now) == 1
    assert send_due(now) == 0


def test_a_mail_another_worker_holds_is_left_to_it_until_its_claim_ends(posted, now):
    OutboxMail.objects.update(claimed_until=now + CLAIM)
    assert send_due(now) == 0
    assert send_due(now + CLAIM) == 1


def test_a_server_that_refuses_is_written_down_and_given_up_after_five_tries(posted, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    moments = [now + CLAIM * number for number in range(ATTEMPTS + 1)]
    assert [send_mail(posted.pk, now=moment) for moment in moments] == [False] * (ATTEMPTS + 1)
    posted.refresh_from_db()
    assert posted.attempts == ATTEMPTS
    assert "refused" in posted.error.lower()
