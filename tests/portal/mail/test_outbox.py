"""A mail goes once: through a server that refuses, puts off and hangs up."""

from datetime import timedelta

import pytest
from django.core import mail

from portal.mail import bounces
from portal.mail.models import OutboxMail
from portal.mail.services import (
    ATTEMPTS,
    BATCH,
    CLAIM,
    Reader,
    message_id,
    post_mail,
    post_mails,
    send_again,
    send_due,
    send_mails,
    undelivered,
)  # fmt: skip
from portal.people.writing.letters import words_of
from tests.portal.mail.smtp import Post, running_post

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def posted(event, ben, now):
    return post(ben, now)


@pytest.fixture
def server(settings):
    with running_post() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def post(ben, now, key="registered.1"):
    words = words_of(ben.event) | {"name": ben.name}
    return post_mail(key=key, to=ben.user.email, occasion="confirmed", event_id=ben.event.pk, words=words, now=now)


def write_many(event, number, now):
    readers = (Reader(f"thanks.{each}", f"person{each}@example.org", words_of(event)) for each in range(number))
    return post_mails(readers, occasion="thanks", event_id=event.pk, now=now)


def send_all(now):
    for _ in range(OutboxMail.objects.count() // BATCH + 1):
        send_due(now)


def got(server: Post) -> list[str]:
    return sorted(reader for reader, _ in server.taken)


def test_one_cause_writes_one_mail(posted, ben, now):
    assert post(ben, now) == posted
    assert OutboxMail.objects.count() == 1


def test_a_mail_goes_once_though_the_task_runs_twice(posted, now):
    assert send_mails([posted.pk], now=now) == 1
    assert send_mails([posted.pk], now=now) == 0
    assert [sent.subject for sent in mail.outbox] == [posted.subject]


def test_the_sweep_sends_what_no_kick_reached(posted, now):
    assert send_due(now) == 1
    assert send_due(now) == 0


def test_a_mail_another_worker_holds_is_left_to_it_until_its_claim_ends(posted, now):
    OutboxMail.objects.update(claimed_until=now + CLAIM)
    assert send_due(now) == 0
    assert send_due(now + CLAIM) == 1


def test_a_mail_put_off_is_tried_ever_more_seldom_and_given_up_after_five_times(server, posted, now):
    server.busy[posted.to] = 99
    waits = []
    for _ in range(ATTEMPTS):
        assert send_due(now) == 0
        posted.refresh_from_db()
        assert send_due(posted.due_at - timedelta(seconds=1)) == 0
        waits.append(round((posted.due_at - now).total_seconds() / 60))
        now = posted.due_at
    assert waits == [2, 4, 8, 16, 32]
    assert posted.error == "451 Try later"
    assert send_due(now + timedelta(days=7)) == 0
    assert list(undelivered(OutboxMail.objects.all())) == [posted]


def test_a_server_that_is_away_for_a_day_loses_nothing(event, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    write_many(event, 3, now)
    for minutes in range(0, 24 * 60, 20):
        assert send_due(now + timedelta(minutes=minutes)) == 0
    with running_post() as back:
        settings.EMAIL_PORT = back.port
        assert send_due(now + timedelta(days=1)) == 3


def test_what_is_no_longer_true_does_not_go_any_more(event, ben, now):
    reader = Reader("day_before.1", ben.user.email, words_of(event))
    post_mails([reader], occasion="thanks", event_id=event.pk, now=now, until=now + CLAIM)
    assert send_due(now + CLAIM) == 0
    assert send_due(now + CLAIM - timedelta(seconds=1)) == 1


def test_it_arrives_with_both_parts_the_calendar_and_a_name_of_its_own(server, ben, now):
    words = words_of(ben.event) | {"name": "Zoë <b>Øst</b>"}
    letter = post_mail(
        key="k", to=ben.user.email, occasion="confirmed", event_id=ben.event.pk, words=words, now=now,
        calendar="BEGIN:VCALENDAR",
    )  # fmt: skip
    assert send_due(now) == 1
    [(reader, message)] = server.taken
    assert reader == ben.user.email
    assert message["Message-ID"] == message_id(letter)
    text, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert "Dear Zoë <b>Øst</b>," in text
    assert "Dear Zoë &lt;b&gt;Øst&lt;/b&gt;," in html
    assert f'href="{words["portal"]}"' in html
    assert [each.get_filename() for each in message.iter_attachments()] == ["event.ics"]


def test_many_are_written_in_few_statements_and_sent_over_one_connection(
    server, event, now, django_assert_max_num_queries
):
    # The words once; a batch is read back in one, and written in one, or on SQLite in three.
    with django_assert_max_num_queries(11):
        assert write_many(event, 2 * BATCH + 10, now) == 2 * BATCH + 10
    assert write_many(event, 2 * BATCH + 10, now) == 2 * BATCH + 10
    assert OutboxMail.objects.count() == 2 * BATCH + 10
    assert send_due(now) == BATCH
    assert server.connections == 1


def test_who_is_refused_bounces_and_who_is_put_off_gets_it_later_and_the_rest_at_once(server, event, now):
    write_many(event, 10, now)
    server.refused = {"person3@example.org"}
    server.busy["person5@example.org"] = 1
    send_all(now)
    assert len(server.taken) == 8
    bounced = OutboxMail.objects.get(bounced_at__isnull=False)
    assert (bounced.to, bounced.error) == ("person3@example.org", "550 No such person")
    send_all(now + 2 * CLAIM)
    assert got(server) == sorted(f"person{each}@example.org" for each in range(10) if each != 3)


def test_a_server_that_hangs_up_half_way_loses_nobody(server, event, now):
    write_many(event, 10, now)
    server.dies_after = 4
    send_mails(list(OutboxMail.objects.order_by("pk").values_list("pk", flat=True)[:4]), now=now)
    server.dies_after = None
    send_all(now)
    send_all(now + 2 * CLAIM)
    # The fourth was taken before the line broke, and SMTP cannot say so: it alone comes twice.
    assert set(got(server)) == {f"person{each}@example.org" for each in range(10)}
    assert len(server.taken) == 11


def test_while_the_server_is_away_one_mail_asks_for_all(event, now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    write_many(event, 10, now)
    assert send_due(now) == 0
    assert OutboxMail.objects.exclude(error="").count() == 1


def test_what_failed_can_be_sent_again_and_what_arrived_cannot(server, event, now):
    write_many(event, 2, now)
    server.refused = {"person1@example.org"}
    send_all(now)
    server.refused = set()
    assert send_again(OutboxMail.objects.all(), now=now) == 1
    send_all(now)
    assert got(server) == ["person0@example.org", "person1@example.org"]


REPORT = """From: mailer-daemon@example.org
To: assembly@localhost
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {reader}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Mailbox unknown
--b
Content-Type: text/rfc822-headers

Subject: You are registered
Message-ID: {id}

--b--
"""


def come_back(posted, now, **changes):
    values = {"reader": posted.to, "action": "failed", "id": message_id(posted)} | changes
    return bounces.take_back(REPORT.format(**values).encode(), now=now)


def test_a_mail_that_comes_back_later_is_marked_once_with_the_reason(posted, now):
    send_due(now)
    assert come_back(posted, now) == 1
    assert come_back(posted, now) == 0
    posted.refresh_from_db()
    assert (posted.bounced_at, posted.error) == (now, "smtp; 550 5.1.1 Mailbox unknown")


@pytest.mark.parametrize(
    "changes",
    [{"reader": "somebody@example.org"}, {"action": "delayed"}, {"id": "<other@example.org>"}, {"id": "<outbox-0@x>"}],
)
def test_a_report_of_something_else_marks_nothing(posted, now, changes):
    send_due(now)
    assert come_back(posted, now, **changes) == 0
    assert not OutboxMail.objects.exclude(bounced_at=None).exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: hello\n\nDear organisers,",
        b"\xff\xfe\x00",
        REPORT[:300].encode(),
        REPORT.replace("{id}", "<[").encode(),
    ],
)
def test_any_other_message_is_let_be(db, now, raw):
    assert bounces.take_back(raw, now=now) == 0


def test_a_report_of_what_has_not_gone_yet_holds_nothing_back(posted, now):
    assert come_back(posted, now) == 0
    assert send_due(now) == 1


def test_a_reader_in_angle_brackets_is_the_same_reader(posted, now):
    send_due(now)
    assert come_back(posted, now, reader=f"<{posted.to}>") == 1
