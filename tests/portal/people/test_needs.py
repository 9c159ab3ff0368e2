"""What people need is arranged by one person, seen by nobody else, and gone a month after."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.mail.models import OutboxMail
from portal.models import AccessNeed, AuditEntry
from portal.people.needs.services import delete_spent, say_needs

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PAGE = "/assembly-2022/access-needs/"


@pytest.fixture
def lena(event):
    """The access lead, who is nothing else here."""
    from portal.models import User

    user = User.objects.create_user("lena@example.org", "Lena Placeholder")
    event.access_leads.add(user)
    return user


@pytest.fixture
def need(ben, lena, now):
    say_needs(ben, ["bsl"], "", now=now)
    return ben.access_needs.get()


def act(client, need, **said):
    return client.post(f"{PAGE}{need.pk}/", said)


def test_the_lead_sees_who_needs_what_on_a_red_card(need, lena, client_of):
    page = client_of(lena).get(PAGE).content.decode()
    assert "A British Sign Language (BSL) interpreter, for Ben Placeholder" in page
    assert "Not arranged" in page


def test_no_other_organiser_sees_it_not_even_a_superuser(need, ada, client_of):
    ada.is_superuser = True
    ada.save()
    client = client_of(ada)
    assert client.get(PAGE).status_code == 404
    assert act(client, need, act="arrange").status_code == 404
    for page in ("/admin/", f"/admin/portal/delegate/{need.delegate_id}/change/", "/admin/portal/auditentry/"):
        text = client.get(page).content.decode()
        assert "Sign Language" not in text and "accessneed" not in text, page


def test_the_lead_of_another_event_finds_nothing_here(need, cleo, other_event, client_of):
    other_event.access_leads.add(cleo.user)
    client = client_of(cleo)
    assert act(client, need, act="arrange").status_code == 404
    assert client.post(f"/another/access-needs/{need.pk}/", {"act": "arrange"}).status_code == 404


def test_a_need_is_taken_arranged_and_told_back_once(need, ben, lena, client_of, now):
    client = client_of(lena)
    act(client, need, act="take")
    for _ in range(2):
        act(client, need, act="arrange", note="An interpreter is booked for the whole day.")
    need.refresh_from_db()
    assert (need.owner, need.arranged_at, need.note) == (lena, now, "An interpreter is booked for the whole day.")
    mail = OutboxMail.objects.get(key__startswith="arranged")
    assert mail.to == ben.user.email
    assert "An interpreter is booked" in mail.text
    assert "An interpreter is booked" in client_of(ben).get("/assembly-2022/registration/").content.decode()


def test_what_is_told_back_has_no_byte_that_no_database_takes(need, lena, client_of):
    act(client_of(lena), need, act="arrange", note="Boo\x00ked")
    need.refresh_from_db()
    assert need.note == "Booked"


def test_what_fell_through_is_red_again(need, lena, client_of):
    client = client_of(lena)
    act(client, need, act="arrange")
    act(client, need, act="reopen")
    need.refresh_from_db()
    assert need.arranged_at is None


def test_the_audit_and_the_mail_to_the_lead_say_neither_who_nor_what(need, lena, client_of):
    act(client_of(lena), need, act="arrange", note="Booked")
    said = [f"{entry.verb} {entry.subject}" for entry in AuditEntry.objects.filter(verb__contains="need")]
    said += [f"{mail.subject} {mail.text}" for mail in OutboxMail.objects.filter(key__startswith="needs.")]
    assert said
    assert not any(word in text for text in said for word in ("Ben", "Sign Language", "bsl", "Booked"))


def test_the_lead_is_told_once_a_day_that_something_waits(need, sana, ben, lena, now):
    say_needs(sana, ["captions"], "", now=now + timedelta(minutes=5))
    assert OutboxMail.objects.filter(to=lena.email).count() == 1
    say_needs(sana, ["captions", "breaks"], "", now=now + timedelta(days=1))
    assert OutboxMail.objects.filter(to=lena.email).count() == 2


def test_new_words_make_it_a_task_again_and_what_stays_stays_arranged(ben, lena, now):
    say_needs(ben, ["bsl"], "A quiet hour", now=now)
    ben.access_needs.update(arranged_at=now, owner=lena)
    say_needs(ben, ["bsl"], "A quiet morning", now=now)
    arranged = dict(ben.access_needs.values_list("kind", "arranged_at"))
    assert arranged == {"bsl": now, "other": None}


def test_who_leaves_needs_nothing_arranged(need, ben, now):
    from portal.people.places import cancel_registration

    cancel_registration(ben, by=ben.user, why="", now=now)
    assert not AccessNeed.objects.exists()


# The last day is 27 May 2022, so they go as 28 June begins in London.
@pytest.mark.parametrize(("seconds", "deleted"), [(-1, 0), (0, 1), (1, 1)])
def test_they_are_deleted_one_month_after_the_event(need, event, seconds, deleted):
    moment = datetime(2022, 6, 27, 23, tzinfo=UTC) + timedelta(seconds=seconds)
    assert delete_spent(moment, dry_run=True) == deleted
    assert AccessNeed.objects.count() == 1
    assert delete_spent(moment) == deleted
    assert AccessNeed.objects.count() == 1 - deleted
    counted = AuditEntry.objects.filter(verb="delete access needs", subject="1, one month after the event")
    assert counted.count() == deleted
    assert delete_spent(moment) == 0
