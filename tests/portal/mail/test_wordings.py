"""Words that an organiser may change, and nothing else than words."""

import pytest
from django.urls import reverse

from portal.mail.models import OutboxMail, Wording
from portal.mail.wordings import Letter, default_wording, fill, names_in, occasions
from portal.people.writing.letters import write_to

pytestmark = pytest.mark.django_db

TEXT = "Dear {name},\n\nCome in: {portal}\n{registration}\n"


def edit(client, event, occasion="approved", **data):
    return client.post(reverse("admin:portal_wording_edit", args=[event.pk, occasion]), data, follow=True)


@pytest.mark.parametrize("name", sorted(occasions()))
def test_each_default_can_be_filled_for_a_reader(event, name):
    sample = occasions()[name].sample(event.pk)
    letter = default_wording(name)
    assert names_in(letter.subject + letter.text) <= set(sample)
    filled = fill(letter, sample)
    assert not names_in(filled.subject + filled.text)
    assert filled.subject


def test_the_words_are_no_template_language():
    nasty = "{% load static %} {{ settings.SECRET_KEY }} {name.__class__} {event}"
    filled = fill(Letter("s", nasty), {"event": "E", "name": "N"})
    assert filled.text == "{% load static %} {{ settings.SECRET_KEY }} {name.__class__} E\n"


def test_what_is_put_in_is_not_looked_at_again():
    assert fill(Letter("s", "{name}"), {"name": "{contact}", "contact": "c"}).text == "{contact}\n"


def test_a_name_cannot_add_a_header_or_a_second_line():
    assert (
        fill(Letter("For {name}", ""), {"name": "Ben\r\nBcc: all@example.org"}).subject
        == "For Ben Bcc: all@example.org"
    )


def test_the_events_own_words_are_used_and_only_there(client_of, ada, ben, cleo, event, now):
    edit(client_of(ada), event, subject="Hello {name}", text=TEXT, save="")
    write_to(ben, "approved", cause=1, now=now)
    write_to(cleo, "approved", cause=1, now=now)
    own, other = OutboxMail.objects.order_by("pk")
    assert own.subject == "Hello Ben Placeholder"
    assert other.subject == "You have a place at Another Assembly"


def test_a_preview_shows_both_parts_and_keeps_nothing(client_of, ada, event):
    page = edit(client_of(ada), event, subject="Hello {name}", text=TEXT + "<script>alert(1)</script>", preview="")
    assert "Hello Sam Placeholder" in page.content.decode()
    assert "&lt;script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert not Wording.objects.exists()


def test_one_can_have_it_sent_before_saving(client_of, ada, event):
    edit(client_of(ada), event, subject="Hello {name}", text=TEXT, send="")
    sent = OutboxMail.objects.get()
    assert (sent.to, sent.subject) == ("ada@example.org", "Hello Sam Placeholder")
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("subject", "text", "said"),
    [
        ("Hello", TEXT + "{nonsense}", "There is nothing to put for {nonsense}"),
        ("{until_when}", TEXT, "There is nothing to put for {until_when}"),
        ("Hello", TEXT + "{until} {why} {note} {begins}", "nothing to put for {begins}, {note}, {until}, {why}"),
        ("Hello", "Dear {name}, come in: {portal}", "Keep {registration}"),
        ("", TEXT, "This field is required"),
        ("x" * 151, TEXT, "at most 150 characters"),
    ],
)
def test_words_that_would_not_work_are_refused_and_kept_in_the_box(client_of, ada, event, subject, text, said):
    page = edit(client_of(ada), event, subject=subject, text=text, save="").content.decode()
    assert said in page
    assert text.split(",")[0] in page
    assert not Wording.objects.exists()


def test_back_to_the_portals_words(client_of, ada, event):
    edit(client_of(ada), event, subject="Hello {name}", text=TEXT, save="")
    edit(client_of(ada), event, default="")
    assert not Wording.objects.exists()


def test_saving_the_portals_own_words_keeps_no_row(client_of, ada, event):
    letter = default_wording("approved")
    edit(client_of(ada), event, subject=letter.subject, text=letter.text, save="")
    assert not Wording.objects.exists()


def test_another_events_words_are_not_to_be_found(client_of, ada, other_event):
    for name, more in [("portal_wording_event", []), ("portal_wording_edit", ["approved"])]:
        address = reverse(f"admin:{name}", args=[other_event.pk, *more])
        assert client_of(ada).get(address).status_code == 404
    assert client_of(ada).get(reverse("admin:portal_wording_changelist")).content.count(b"Another Assembly") == 0


def test_another_events_mails_are_not_to_be_found(client_of, ada, ben, cleo, now):
    write_to(ben, "approved", cause=1, now=now)
    write_to(cleo, "approved", cause=1, now=now)
    page = client_of(ada).get(reverse("admin:portal_outboxmail_changelist")).content.decode()
    assert "ben@example.org" in page
    assert "cleo@example.org" not in page


def test_an_organiser_sees_on_the_event_and_the_person_what_did_not_arrive(client_of, ada, ben, event, now):
    write_to(ben, "approved", cause=1, now=now)
    OutboxMail.objects.update(bounced_at=now, error="550 No such person")
    page = client_of(ada).get(reverse("admin:portal_event_change", args=[event.pk]))
    assert "1 mail could not be delivered" in page.content.decode()
    person = client_of(ada).get(reverse("admin:portal_delegate_change", args=[ben.pk]))
    assert "550 No such person" in person.content.decode()
    failed = client_of(ada).get(reverse("admin:portal_outboxmail_changelist") + "?delivery=failed")
    assert "Came back" in failed.content.decode()


def test_an_unknown_occasion_is_not_found(client_of, ada, event):
    assert client_of(ada).get(reverse("admin:portal_wording_edit", args=[event.pk, "nonsense"])).status_code == 404


def test_what_was_arranged_for_somebody_is_for_the_access_leads_alone(client_of, ada, ben, event, now):
    write_to(ben, "arranged", cause=1, note="Captions", now=now)
    OutboxMail.objects.update(bounced_at=now, error="550 No such person")
    mails, person = (
        reverse("admin:portal_outboxmail_changelist"),
        reverse("admin:portal_delegate_change", args=[ben.pk]),
    )
    mail = reverse("admin:portal_outboxmail_change", args=[OutboxMail.objects.get().pk])
    assert "Arranged" not in client_of(ada).get(mails).content.decode()
    assert "Arranged" not in client_of(ada).get(person).content.decode()
    assert "Captions" not in client_of(ada).get(mail, follow=True).content.decode()
    event.access_leads.add(ada)
    assert "Arranged" in client_of(ada).get(mails).content.decode()
    assert "Captions" in client_of(ada).get(mail).content.decode()
