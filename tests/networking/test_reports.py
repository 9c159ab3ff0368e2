"""Reports of what somebody said: each is looked at, decided by a choice, and can be opened again."""

import re
from datetime import timedelta

import pytest

from networking.changes import edit_message, take_back
from networking.frames import frames_after
from networking.models import Message
from networking.safety import services
from networking.safety.models import Outcome, Reason, Report
from networking.safety.queries import acts_of
from networking.services import Refused, remove_message
from portal.mail.models import OutboxMail
from portal.models import AuditEntry
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


@pytest.mark.parametrize(
    ("outcome", "stays"),
    [
        (Outcome.NOTHING, True),
        (Outcome.SPOKEN, True),
        (Outcome.REMOVED, False),
        (Outcome.MUTED, False),
        (Outcome.SUSPENDED, False),
    ],
)
def test_what_was_hidden_is_shown_again_or_gone_and_never_waits_for_ever(
    lounge, ben, others, say, report, decide, outcome, stays
):
    said = say(lounge, ben, "hard words")
    reports = [report(said, reporter) for reporter in others]
    decide(reports[-1], outcome)
    said.refresh_from_db()
    assert (said.removed_at is None) is stays
    assert said.removed_at or said.hidden_at is None


def test_the_third_report_hides_a_message_until_an_organiser_has_looked(lounge, ben, others, say, report, decide):
    said = say(lounge, ben, "hard words")
    for number, reporter in enumerate(others, 1):
        last = report(said, reporter)
        report(said, reporter)
        said.refresh_from_db()
        assert (said.hidden_at is not None) == (number == 3)
    assert "hard words" not in frames_after(lounge.pk, 0, 200)[0].html
    decide(last, Outcome.NOTHING)
    assert "hard words" in frames_after(lounge.pk, 0, 200)[0].html
    assert not Report.objects.filter(outcome="").exists()


def test_what_broke_no_rule_is_not_hidden_by_numbers_again(event, lounge, ben, others, say, report, decide):
    said = say(lounge, ben)
    decide(report(said, others[0]), Outcome.NOTHING)
    for number in range(4):
        report(said, make_delegate(event, f"again{number}@example.org", "Again"))
    said.refresh_from_db()
    assert said.hidden_at is None


def test_words_that_were_changed_since_an_organiser_found_nothing_in_them_are_reported_anew(
    lounge, ben, others, say, report, decide, now
):
    said = say(lounge, ben, "kind words")
    first = report(said, others[0])
    decide(first, Outcome.NOTHING)
    edit_message(said, "hard words", by=ben, now=now + timedelta(minutes=1))
    for reporter in others:
        assert report(said, reporter).outcome == ""
    said.refresh_from_db()
    assert (said.reports.count(), said.hidden_at is not None) == (3, True)


def test_danger_is_mailed_to_organisers_at_once_and_the_mail_says_nothing_of_it(lounge, ben, sana, ada, say, report):
    report(say(lounge, ben, "secret words"), sana, Reason.DANGER)
    mail = OutboxMail.objects.get()
    assert mail.to == ada.email
    assert "secret words" not in mail.text
    assert ben.name not in mail.text


def test_who_reported_sees_what_was_done_and_not_the_note(lounge, ben, sana, say, report, decide, client_of):
    decide(report(say(lounge, ben), sana), Outcome.REMOVED, note="between us", answer="Thank you for telling us")
    page = client_of(sana).get(f"{BASE}people/safety/").content.decode()
    assert "It was removed" in page
    assert "Thank you for telling us" in page
    assert "between us" not in page
    assert Message.objects.get().removed_at


def test_nobody_floods_the_organisers(lounge, ben, sana, say, report, now):
    for minute in range(20):
        report(say(lounge, ben, at=now + timedelta(minutes=minute)), sana)
    with pytest.raises(Refused):
        report(say(lounge, ben, at=now + timedelta(hours=2)), sana)


def test_a_report_by_plain_form(lounge, ben, sana, say, client_of):
    said = say(lounge, ben)
    address = f"{said.get_absolute_url()}report/"
    client = client_of(sana)
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "danger", "words": "please look"}).status_code == 302
    assert Report.objects.get().about == ben


@pytest.mark.parametrize("place", ["lounge", "talk"])
@pytest.mark.parametrize("gone", ["taken back", "hidden"])
def test_what_went_out_of_sight_is_reported_all_the_same_and_read_by_organisers_alone(
    place, gone, ben, sana, ada, say, request, client_of, now
):
    said = say(request.getfixturevalue(place), ben, "hard words")
    if gone == "hidden":
        services.hide_message(said, now=now)
    else:
        take_back(said, by=ben, now=now)
    address, client = f"{said.get_absolute_url()}report/", client_of(sana)
    pages = [client.get(said.get_absolute_url()), client.get(said.conversation.get_absolute_url()), client.get(address)]
    assert all(address in page.content.decode() for page in pages[:2])
    assert client.post(address, {"reason": "unkind"}).status_code == 302
    pages += [client.post(address, {}), client.get(f"{BASE}people/safety/")]
    assert not any("hard words" in page.content.decode() for page in pages)
    assert "hard words" in client_of(ada).get(f"{BASE}moderation/").content.decode()


def test_what_a_moderator_removed_is_dealt_with_and_not_reported_again(lounge, ben, sana, ada, say, client_of, now):
    said = say(lounge, ben, "hard words")
    remove_message(said, by=ada, now=now)
    assert client_of(sana).get(f"{said.get_absolute_url()}report/").status_code == 403


def test_the_queue_is_for_organisers(lounge, ben, sana, ada, say, report, client_of):
    kept = report(say(lounge, ben, "look at this"), sana)
    assert client_of(sana).get(f"{BASE}moderation/").status_code == 404
    client = client_of(ada)
    assert "look at this" in client.get(f"{BASE}moderation/").content.decode()
    outcome = {f"{kept.pk}-outcome": "muted", f"{kept.pk}-note": "for now"}
    assert client_of(sana).post(f"{BASE}moderation/reports/{kept.pk}/", outcome).status_code == 404
    assert client.post(f"{BASE}moderation/reports/{kept.pk}/", outcome).status_code == 302
    kept.refresh_from_db()
    assert (kept.outcome, kept.note) == ("muted", "for now")
    assert lounge.mutes.filter(delegate=ben).exists()


@pytest.fixture
def close(client_of, ada):
    """What Ada sends from the queue about a report, by plain form."""

    def post(report, **words):
        values = {f"{report.pk}-{name}": value for name, value in words.items() if name not in {"sure", "back"}}
        values |= {name: words[name] for name in ("sure", "back") if name in words}
        return client_of(ada).post(f"{BASE}moderation/reports/{report.pk}/", values)

    return post


def test_a_report_is_closed_by_a_choice_and_never_by_none(lounge, ben, sana, say, report, close):
    kept = report(say(lounge, ben), sana)
    answer = close(kept, outcome="", note="a note", answer="words to Sana")
    page = answer.content.decode()
    assert (answer.status_code, Report.objects.get().outcome) == (422, "")
    assert page.count("Choose what should be done.") == 2
    assert re.search(rf"reports/{kept.pk}/\" novalidate", page), "in these words, and not the browser's"
    assert all(words in page for words in ("a note", "words to Sana", '<option value="" selected>Choose</option>'))


def test_what_is_chosen_is_named_as_what_will_be_done(lounge, ben, sana, say, report, client_of, ada, now):
    report(say(lounge, ben), sana)
    services.report_person(ben, sana, reason=Reason.UNKIND, words="", now=now)
    page = client_of(ada).get(f"{BASE}moderation/").content.decode()
    assert "Remove it, and put the person out of the event" in page
    assert not any(label in page for label in Outcome.labels)


def test_of_a_person_nothing_can_be_removed_and_no_place_is_theirs_to_be_muted_in(ben, sana, decide, now):
    kept = services.report_person(ben, sana, reason=Reason.UNKIND, words="", now=now)
    for outcome in (Outcome.REMOVED, Outcome.MUTED):
        with pytest.raises(Refused):
            decide(kept, outcome)
    assert set(acts_of(kept)) == {Outcome.NOTHING, Outcome.SPOKEN, Outcome.SUSPENDED}


def test_putting_somebody_out_asks_first_and_going_back_keeps_what_was_written(lounge, ben, sana, say, report, close):
    kept = report(say(lounge, ben), sana)
    asked = close(kept, outcome="suspended", note="the second time").content.decode()
    assert "Put Ben Placeholder out of the event?" in asked
    assert "the second time" in asked
    back = close(kept, outcome="suspended", note="the second time", back="1").content.decode()
    assert "the second time" in back
    assert '<option value="suspended" selected>' in back
    ben.refresh_from_db()
    assert (ben.suspended_at, Report.objects.get().outcome) == (None, "")
    assert close(kept, outcome="suspended", sure="1").status_code == 302
    ben.refresh_from_db()
    assert (ben.suspended_at is not None, Report.objects.get().outcome) == (True, "suspended")


def test_putting_somebody_out_from_a_message_asks_first(ben, ada, client_of):
    client, address = client_of(ada), f"{BASE}moderation/people/{ben.pk}/suspend/"
    assert "Put Ben Placeholder out of the event?" in client.get(address).content.decode()
    ben.refresh_from_db()
    assert ben.suspended_at is None
    client.post(address)
    ben.refresh_from_db()
    assert ben.suspended_at


def test_who_is_second_to_close_a_report_learns_that_nothing_was_done(lounge, ben, sana, say, report, decide, close):
    kept = report(say(lounge, ben), sana)
    decide(kept, Outcome.NOTHING)
    assert close(kept, outcome="suspended", sure="1").status_code == 302
    ben.refresh_from_db()
    assert (ben.suspended_at, Report.objects.get().outcome) == (None, "nothing")
    assert not decide(kept, Outcome.REMOVED)


# Opened again


def test_a_report_is_opened_again_with_its_words_and_who_sent_it_reads_that_it_waits(
    lounge, ben, sana, ada, say, report, decide, client_of
):
    kept = report(say(lounge, ben), sana)
    decide(kept, Outcome.NOTHING, note="a note", answer="Kind words")
    assert client_of(ada).post(f"{BASE}moderation/reports/{kept.pk}/reopen/").status_code == 302
    mine = client_of(sana).get(f"{BASE}people/safety/").content.decode()
    assert "Waiting for the organisers" in mine
    assert "Kind words" not in mine
    queue = client_of(ada).get(f"{BASE}moderation/").content.decode()
    assert all(words in queue for words in ("a note", "Kind words", "Do this, and close the report"))
    assert AuditEntry.objects.filter(actor=ada, verb="reopen report").count() == 1


def test_opening_again_opens_what_was_closed_together_and_undoes_nothing(
    lounge, ben, others, ada, say, report, decide, now
):
    said = say(lounge, ben)
    reports = [report(said, reporter) for reporter in others]
    decide(reports[0], Outcome.MUTED)
    reports[1].refresh_from_db()
    assert services.reopen(reports[1], by=ada, now=now)
    assert Report.objects.filter(outcome="").count() == 3
    said.refresh_from_db()
    assert said.removed_at
    assert lounge.mutes.holding(now).filter(delegate=ben).exists()
    reports[1].refresh_from_db()
    assert not services.reopen(reports[1], by=ada, now=now)


@pytest.mark.parametrize(("number", "hidden"), [(2, False), (3, True)])
def test_what_is_looked_at_again_counts_by_numbers_again(
    number, hidden, lounge, ben, others, ada, say, report, decide, now
):
    said = say(lounge, ben)
    first = report(said, others[0])
    decide(first, Outcome.NOTHING)
    for reporter in others[1:number]:
        report(said, reporter)
    first.refresh_from_db()
    services.reopen(first, by=ada, now=now)
    said.refresh_from_db()
    assert (said.hidden_at is not None) == hidden


def test_only_organisers_open_a_report_again(lounge, ben, sana, say, report, decide, client_of):
    kept = report(say(lounge, ben), sana)
    decide(kept, Outcome.NOTHING)
    assert client_of(sana).post(f"{BASE}moderation/reports/{kept.pk}/reopen/").status_code == 404
    assert Report.objects.get().outcome == "nothing"
