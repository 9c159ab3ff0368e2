from datetime import timedelta

import pytest
from django.db import connection

from portal.equality.models import Asked, Frozen, Tally
from portal.equality.questions import QUESTIONS, UNSAID
from portal.equality.services import decline, forget_sums, freeze_due, freezes_at, may_reply, reply, sums
from portal.models import AuditEntry, Delegate, Event
from tests.conftest import make_delegate

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/assembly-2022/equality/"
YES = {"caring": "yes", "sex": "female"}
AFTER = "2022-06-11T00:00"


def press(client, response, answer=None, **pressed):
    """Sends the form of a page as a browser does."""
    context = response.context
    said = {"said": context["said"], "question": context["question"].slug} if "question" in context else {}
    return client.post(PAGE, said | ({"answer": answer} if answer else {}) | pressed)


def parts(response):
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def fill_in(event, number, said=YES):
    for n in range(number):
        assert reply(make_delegate(event, f"reply{n}@example.org", f"Reply {n}"), said)


def test_one_question_a_page_and_a_thank_you(client_of, ben):
    client = client_of(ben)
    page, asked = client.get(PAGE), []
    page = press(client, page)
    for question in QUESTIONS:
        asked.append(page.context["question"].slug)
        assert "Prefer not to say" in page.content.decode()
        assert Asked.objects.count() == Tally.objects.count() == 0
        page = press(client, page, "female" if question.slug == "sex" else None)
    assert asked == [question.slug for question in QUESTIONS]
    assert page.url == f"{PAGE}thank-you/"
    assert "Thank you" in client.get(page.url).content.decode()
    found = sums(ben.event)
    assert found["sex"] == {"female": 1, "male": 0, UNSAID: 0}
    assert {name: sum(counts.values()) for name, counts in found.items()} == dict.fromkeys(found, 1)


def test_going_back_shows_what_was_said(client_of, ben):
    client = client_of(ben)
    second = press(client, press(client, client.get(PAGE)), "25-34")
    first = press(client, second, "asian", back="yes")
    assert first.context["question"].slug == "age"
    assert first.context["form"].initial == {"answer": "25-34"}
    assert press(client, first, "25-34").context["form"].initial == {"answer": "asian"}


@pytest.mark.parametrize("said", ["", "x", "e30:forged:mark", "\x00"])
def test_what_we_did_not_sign_counts_for_nothing(client_of, ben, said):
    client = client_of(ben)
    client.post(PAGE, {"question": QUESTIONS[-1].slug, "answer": "yes", "said": said})
    assert {name: counts[UNSAID] for name, counts in sums(ben.event).items() if name != "caring"} == dict.fromkeys(
        [question.slug for question in QUESTIONS[:-1]], 1
    )


def test_an_answer_that_was_not_offered_is_not_said(ben):
    assert reply(ben, {"sex": "'; drop table", "nothing": "x"})
    assert sums(ben.event)["sex"][UNSAID] == 1


def test_a_person_counts_once(client_of, ben):
    assert reply(ben, YES)
    assert not reply(ben, YES)
    assert client_of(ben).get(PAGE).url == f"{PAGE}thank-you/"
    assert sums(ben.event)["sex"]["female"] == 1


def test_declining_reads_like_replying(ben, sana):
    decline(ben)
    reply(sana, YES)
    rows = Asked.objects.order_by("pk").values()
    assert [set(row) for row in rows] == [{"delegate_id"}, {"delegate_id"}]
    assert not may_reply(ben)


def test_nothing_is_kept_that_leads_to_a_person(client_of, ben):
    """No field for a person, a session, an address or a moment; nothing in the audit or in the session."""
    fields = {field.name: field.get_internal_type() for field in Tally._meta.get_fields()}
    assert fields == {
        "id": "UUIDField", "event": "ForeignKey", "question": "SlugField", "answer": "SlugField",
        "count": "PositiveIntegerField",
    }  # fmt: skip
    client = client_of(ben)
    before, entries = dict(client.session), AuditEntry.objects.count()
    page = press(client, client.get(PAGE))
    for _ in QUESTIONS:
        page = press(client, page, page.context["question"].answers[0][0])
    assert dict(client.session) == before
    assert AuditEntry.objects.count() == entries
    assert set(client.cookies) <= {"sessionid", "csrftoken"}


def test_two_people_of_any_answers_leave_the_same_rows_in_any_order(event, ben, sana):
    """The sums are all that is left: who came first cannot be told from them."""
    first, second = {"sex": "male", "caring": "no"}, {"sex": "female", "caring": "yes"}
    reply(ben, first)
    reply(sana, second)
    one_way = sums(event)
    Asked.objects.all().delete()
    Tally.objects.all().delete()
    reply(sana, second)
    reply(ben, first)
    assert sums(event) == one_way


def test_each_reply_writes_every_sum(event, ben, sana):
    """On PostgreSQL a row names the transaction that wrote it last: it is the same one for all."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's rows name no transaction.")
    reply(ben, {"sex": "male"})
    reply(sana, {"sex": "female"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM portal_tally")
        assert cursor.fetchone() == (1,)


def test_the_questions_are_for_who_is_registered(client_of, ada, cleo, ben):
    Delegate.objects.filter(pk=ben.pk).update(state="cancelled")
    assert {client_of(who).get(PAGE).status_code for who in (ada, cleo, ben)} == {404}


def test_the_report_is_made_once_two_weeks_after(event, at):
    fill_in(event, 30)
    assert freeze_due(at("2022-06-10T23:59:59")) == 0
    assert [freeze_due(at(AFTER)), freeze_due(at(AFTER)), freeze_due(at("2023-06-10T00:00"))] == [1, 0, 0]
    frozen = Frozen.objects.get()
    assert (frozen.total, str(frozen.day)) == (30, "2022-06-11")
    # Everybody said the same, so the others are hidden, and this with them.
    assert frozen.tables["sex"] == {"female": None, "male": None, UNSAID: None}


def test_after_freezing_nobody_is_counted_any_more(event, ben, at):
    fill_in(event, 30)
    freeze_due(at(AFTER))
    before = Frozen.objects.values().get()
    assert not reply(ben, YES)
    Event.objects.filter(pk=event.pk).update(months_after=12)
    assert freeze_due(at("2023-05-28T12:00")) == 0
    assert Frozen.objects.values().get() == before


def test_too_few_replies_wait_for_the_closing_and_then_show_nothing(event, at, ada, client_of):
    fill_in(event, 29)
    assert freeze_due(at(AFTER)) == 0
    assert freeze_due(at("2022-11-27T23:59:59")) == 0
    assert freeze_due(at("2022-11-28T00:00")) == 1
    assert "Fewer than 30" in client_of(ada).get(f"{PAGE}report/").content.decode()


def test_a_late_reply_of_one_more_makes_the_report_at_closing(event, ben, at):
    fill_in(event, 29)
    freeze_due(at(AFTER))
    assert reply(ben, YES)
    freeze_due(at("2022-11-28T00:00"))
    assert Frozen.objects.get().total == 30


def test_the_report_shows_nothing_before_it_is_frozen(event, ada, client_of, at):
    client = client_of(ada)
    empty = parts(client.get(f"{PAGE}report/"))
    fill_in(event, 40)
    assert parts(client.get(f"{PAGE}report/")) == empty


def test_the_report_shows_what_is_frozen_and_only_to_organisers(event, ada, ben, client_of, at):
    people = [make_delegate(event, f"p{n}@example.org", f"P {n}") for n in range(62)]
    for n, person in enumerate(people):
        reply(person, {"sex": "female" if n < 37 else "male", "caring": "yes" if n < 4 else "no"})
    freeze_due(at(AFTER))
    page = client_of(ada).get(f"{PAGE}report/").content.decode()
    assert "About 60 people" in page
    sex, caring = (Frozen.objects.get().tables[name] for name in ("sex", "caring"))
    assert sex == {"female": 35, "male": None, UNSAID: None}
    assert caring == {"yes": None, "no": None, UNSAID: None}
    assert client_of(ben).get(f"{PAGE}report/").status_code == 404


def test_no_admin_page_shows_a_row(ada, client_of):
    from django.contrib import admin

    assert not {Tally, Asked, Frozen} & set(admin.site._registry)


def test_the_sums_go_thirty_days_after_they_are_frozen(event, at):
    fill_in(event, 30)
    freeze_due(moment := at(AFTER))
    assert forget_sums(moment + timedelta(days=30)) == 0
    assert forget_sums(moment + timedelta(days=31), dry_run=True) == 1
    assert Tally.objects.exists()
    assert forget_sums(moment + timedelta(days=31)) == 1
    assert not Tally.objects.exists()


def test_the_dates_are_two_weeks_after_and_the_closing(event):
    assert [moment.isoformat() for moment in freezes_at(event)] == [
        "2022-06-10T23:00:00+00:00", "2022-11-28T00:00:00+00:00",
    ]  # fmt: skip


def test_the_lobby_and_the_registration_lead_there_until_asked(client_of, ben):
    client, way = client_of(ben), f'href="{PAGE}"'
    for page in ("lobby", "registration"):
        assert way in client.get(f"/assembly-2022/{page}/").content.decode()
    client.post(PAGE, {"decline": "yes"})
    for page in ("lobby", "registration"):
        assert way not in client.get(f"/assembly-2022/{page}/").content.decode()
