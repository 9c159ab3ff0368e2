"""Blocks beat everything; reports are looked at; moderators act, and each act is written down."""

import re
import uuid
from datetime import timedelta

import pytest

from networking.changes import take_back
from networking.direct.services import ask_to_talk
from networking.directory.queries import find_people
from networking.frames import frames_after
from networking.models import Message
from networking.polls.policy import may_vote
from networking.queries import history
from networking.safety import services
from networking.safety.models import Outcome, Reason, Report
from networking.safety.queries import acts_of, hidden_from
from networking.services import Muted, Refused, SlowDown, remove_message
from networking.standing import muted_words
from portal.live.access import may_type
from portal.live.models import Revocation
from portal.live.reads import version_of
from portal.live.registry import find_channel
from portal.mail.models import OutboxMail
from portal.models import AuditEntry
from portal.people.access import Visitor
from portal.people.services import see
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


@pytest.fixture
def report(now):
    def send(message, reporter, reason=Reason.UNKIND):
        return services.report_message(message, reporter, reason=reason, words="", now=now)

    return send


# Blocking


def test_who_blocks_hears_no_more_of_it_anywhere(lounge, ben, sana, say, client_of, now):
    said = say(lounge, sana, "words of Sana")
    services.block(ben, sana, now=now)
    client = client_of(ben)
    assert "words of Sana" not in client.get(f"{BASE}lounge/").content.decode()
    assert client.get(said.get_absolute_url()).status_code == 404
    caught_up = client.get(f"{BASE}live/{lounge.channel}/?after=0").json()
    assert (caught_up["frames"], caught_up["version"]) == ([], 1)
    assert sana not in find_people(ben.event, words="", role="", page=1, viewer=ben)


def test_who_is_blocked_hears_on_and_finds_nobody(lounge, ben, sana, say, client_of, now):
    services.block(ben, sana, now=now)
    say(lounge, ben, "words of Ben")
    assert "words of Ben" in client_of(sana).get(f"{BASE}lounge/").content.decode()
    assert ben not in find_people(ben.event, words="", role="", page=1, viewer=sana)


def test_a_block_is_one_persons_and_one_events(lounge, ben, sana, cleo, now):
    services.block(ben, sana, now=now)
    assert hidden_from(ben.user_id, "assembly-2022") == {sana.user_id}
    assert hidden_from(ben.user_id, "another") == hidden_from(sana.user_id, "assembly-2022") == frozenset()


def test_sockets_are_asked_again_when_somebody_is_blocked_and_unblocked(ben, sana, now):
    services.block(ben, sana, now=now)
    services.block(ben, sana, now=now)
    services.unblock(ben, sana)
    assert Revocation.objects.filter(user=ben.user, event="assembly-2022").count() == 3
    assert hidden_from(ben.user_id, "assembly-2022") == frozenset()


def test_frames_name_whose_words_they_carry(lounge, sana, say):
    say(lounge, sana)
    assert frames_after(lounge.pk, 0, 200)[0].by == sana.user_id


def test_between_two_with_a_block_neither_learns_whether_the_other_is_here(talk, ben, sana, client_of, now):
    see("assembly-2022", {ben.user_id: True, sana.user_id: True}, now)
    assert all("Here now" in client_of(who).get(talk.get_absolute_url()).content.decode() for who in (ben, sana))
    services.block(ben, sana, now=now)
    for who, other in ((ben, sana), (sana, ben)):
        assert "Here now" not in client_of(who).get(talk.get_absolute_url()).content.decode()
        person = client_of(who).get(f"{BASE}people/{other.pk}/").content.decode()
        assert "Here now" not in person


def test_who_is_blocked_reads_of_it_what_any_closed_talk_says(talk, ben, sana, client_of, now):
    services.block(ben, sana, now=now)
    sent = {"text": "Hello", "client_id": uuid.uuid4()}
    told = client_of(sana).post(f"{talk.get_absolute_url()}say/", sent, headers={"Accept": "application/json"})
    words = "This conversation can be read, but not added to, just now."
    assert (told.status_code, told.json()) == (403, {"error": words})
    page = client_of(sana).get(talk.get_absolute_url()).content.decode()
    assert "data-chat-form" not in page
    words = re.sub(r"<[^>]*>", "", page).replace("Read out, report, block", "").replace("People you blocked", "")
    assert "block" not in words.lower()


def test_the_blocked_cannot_call_who_blocked_them(lounge, ben, sana, say, now):
    services.block(ben, sana, now=now)
    assert say(lounge, sana, f"@{ben.name} listen").mentioned == []


def test_blocking_by_plain_form_asks_first(ben, sana, client_of):
    client = client_of(ben)
    assert "Block Sana Placeholder?" in client.get(f"{BASE}people/{sana.pk}/block/").content.decode()
    assert not ben.blocks.exists()
    assert client.post(f"{BASE}people/{sana.pk}/block/").status_code == 302
    assert "Sana Placeholder" in client.get(f"{BASE}people/safety/").content.decode()
    client.post(f"{BASE}people/{sana.pk}/unblock/")
    assert not ben.blocks.exists()


def test_nobody_is_found_by_guessing_who_hides(event, ben, client_of):
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    for what in ("block", "report"):
        assert client_of(ben).get(f"{BASE}people/{shy.pk}/{what}/").status_code == 404


def test_who_asks_to_talk_can_be_blocked_and_reported_from_that_day_on(event, ben, client_of, now):
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    ask_to_talk(shy, ben, words="Unwelcome words", now=now)
    for what in ("block", "report"):
        assert client_of(ben).get(f"{BASE}people/{shy.pk}/{what}/").status_code == 200
    client_of(ben).post(f"{BASE}people/{shy.pk}/block/")
    assert ben.blocks.get().blocked == shy


# Reports


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


# In a place


def test_who_is_muted_reads_and_does_not_write_until_the_time_is_up(lounge, ben, sana, ada, say, now):
    services.mute(lounge, ben, by=ada, now=now)
    with pytest.raises(Muted, match=r"^You were muted here until 11:00am\. "):
        say(lounge, ben)
    assert say(lounge, sana)
    assert say(lounge, ben, at=now + timedelta(hours=1))


def test_who_is_muted_is_not_seen_to_write_but_votes(lounge, ben, ada, now):
    services.mute(lounge, ben, by=ada, now=now)
    typing = find_channel(lounge.channel)
    for moment, may in ((now, False), (now + timedelta(minutes=services.MUTE_MINUTES), True)):
        assert may_type(ben.user_id, typing, moment) == may
    assert may_vote(Visitor(lounge.event, ben.user, ben, False, now), lounge)


def test_what_a_mute_refuses_is_403_in_words_that_name_nobody(lounge, ben, sana, ada, say, client_of, now):
    own, other, client = say(lounge, ben, "words of Ben"), say(lounge, sana), client_of(ben)
    services.mute(lounge, ben, by=ada, now=now)
    sent = {"text": "more", "client_id": uuid.uuid4(), "with": "agree"}
    addresses = [
        f"{lounge.get_absolute_url()}say/",
        f"{own.get_absolute_url()}edit/",
        f"{other.get_absolute_url()}react/",
    ]
    for address in addresses:
        told = client.post(address, sent, headers={"Accept": "application/json"})
        assert (told.status_code, told.json()["error"]) == (403, muted_words(lounge.event, now + timedelta(hours=1)))
        plain = client.post(address, sent)
        assert (plain.status_code, "You were muted here until 11:00am" in plain.content.decode()) == (403, True)
    acts = client.get(f"{own.get_absolute_url()}acts/").content.decode()
    assert "muted here until 11:00am" in acts
    assert not any(words in acts for words in ("Reply</a>", "Change my words", "Thank you"))
    assert "Take it back" in acts


def test_an_open_page_is_told_of_a_mute_by_a_gauge_of_ones_own(lounge, ben, sana, ada, client_of, now, at):
    channel = f"{BASE}live/mutes.{ben.pk}/"
    assert client_of(ben).get(channel).json()["state"] == {"muted": {}}
    services.mute(lounge, ben, by=ada, now=now)
    assert client_of(ben).get(channel).json()["state"] == {
        "muted": {str(lounge.pk): muted_words(lounge.event, now + timedelta(hours=1))}
    }
    assert client_of(sana).get(channel).status_code == 404
    at("2022-05-27T11:00")
    assert client_of(ben).get(channel).json()["state"] == {"muted": {}}


def test_the_page_of_who_is_muted_says_so_in_place_of_the_box(lounge, ben, ada, client_of, now):
    services.mute(lounge, ben, by=ada, now=now)
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert re.search(r"data-chat-muted>You were muted here until 11:00am", page)
    assert re.search(r"data-chat-form[^>]* hidden>", page)
    sent = client_of(ben).post(f"{lounge.get_absolute_url()}say/", {"text": "kept", "client_id": uuid.uuid4()})
    assert not re.search(r"data-chat-form[^>]* hidden>", sent.content.decode()), "what was typed is not lost"
    assert ">\nkept</textarea>" in sent.content.decode()


def test_a_mute_ends_early_when_it_is_lifted(lounge, ben, ada, say, now):
    services.mute(lounge, ben, by=ada, now=now)
    services.unmute(lounge, ben, by=ada, now=now)
    assert say(lounge, ben)


def test_slow_mode_makes_each_wait_for_themselves(lounge, ben, sana, ada, say, now):
    services.slow_down(lounge, seconds=30, by=ada, now=now)
    say(lounge, ben)
    with pytest.raises(SlowDown):
        say(lounge, ben, at=now + timedelta(seconds=29))
    assert say(lounge, sana)
    assert say(lounge, ben, at=now + timedelta(seconds=30))


def test_slow_mode_is_said_in_the_same_words_to_who_sets_it_and_who_waits(lounge, ben, ada, client_of, now, at):
    services.slow_down(lounge, seconds=60, by=ada, now=now)
    assert "Each person may write" in client_of(ada).get(f"{lounge.get_absolute_url()}moderate/").content.decode()
    pace, client = "Slow mode: each person may write every minute.", client_of(ben)
    assert client.get(f"{BASE}live/{lounge.channel}.pace/").json()["state"] == {"html": pace}
    assert pace in client.get(f"{BASE}lounge/").content.decode()
    post, headers = (f"{lounge.get_absolute_url()}say/", {"text": "Hi"}), {"Accept": "application/json"}
    turn = {"words": "You can write again at 10:01:00am.", "seconds": 60}
    assert client.post(*post, headers=headers).json()["turn"] == turn
    at(now + timedelta(seconds=15))
    waiting = 'data-wait="45" data-chat-state>You can write again at 10:01:00am.<'
    assert waiting in client.get(f"{BASE}lounge/").content.decode()
    refused = client.post(*post, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (429, f"{pace} You can write again at 10:01:00am.")
    at(now + timedelta(seconds=60))
    assert "You can write again" not in client.get(f"{BASE}lounge/").content.decode()


def test_where_there_is_no_slow_mode_nothing_is_said_of_it(lounge, ben, client_of):
    page = client_of(ben).get(f"{BASE}lounge/").content.decode()
    assert f'data-live-gauge="{lounge.channel}.pace"></div>' in page
    assert "Slow mode" not in page


@pytest.mark.parametrize("what", ["remove", "mute"])
def test_only_who_leads_moderates(what, lounge, ben, sana, ada, say, client_of):
    said = say(lounge, ben)
    address = f"{said.get_absolute_url()}{what}/"

    def done():
        return Message.objects.exclude(removed_at=None).exists() or lounge.mutes.filter(delegate=ben).exists()

    for person, answer in ((None, 302), (sana, 404), (ben, 404)):
        response = client_of(person).post(address)
        assert response.status_code == answer
        assert answer == 404 or "/accounts/login/" in response.url
    assert (done(), version_of(lounge.channel), AuditEntry.objects.count()) == (False, said.version, 0)
    response = client_of(ada).post(address)
    assert (response.status_code, response.url) == (302, f"{lounge.get_absolute_url()}?at={said.pk}#message-{said.pk}")
    assert done()


@pytest.mark.parametrize("what", ["take-back", "edit", "remove", "mute"])
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_another_s_message_is_nobody_else_s_to_change(what, headers, lounge, ben, sana, cleo, say, client_of):
    said = say(lounge, ben, "words of Ben")
    never = f"{BASE}conversations/{lounge.pk}/messages/{said.pk + 1}/{what}/"
    for person in (sana, cleo):
        for address in (f"{said.get_absolute_url()}{what}/", never):
            assert client_of(person).post(address, {"text": "other words"}, headers=headers).status_code == 404
    assert Message.objects.values_list("text", "version", "removed_at").get() == ("words of Ben", said.version, None)
    assert version_of(lounge.channel) == said.version
    assert not lounge.mutes.exists()


def test_what_one_may_not_do_just_now_is_403_and_what_does_not_fit_422(lounge, ben, say, client_of, at):
    said, client = say(lounge, ben, "words of Ben"), client_of(ben)
    assert client.post(f"{said.get_absolute_url()}edit/", {"text": ""}).status_code == 422
    at("2022-06-01T12:00")
    assert client.post(f"{said.get_absolute_url()}edit/", {"text": "other words"}).status_code == 403
    assert Message.objects.get().text == "words of Ben"


# In the event


def test_who_is_suspended_is_out_at_once(lounge, ben, ada, client_of, now):
    client = client_of(ben)
    services.suspend(ben, by=ada, now=now)
    for path in ("lobby/", "lounge/", "register/", "registration/"):
        assert client.get(f"{BASE}{path}").status_code == 403
    said = client.post(f"{BASE}conversations/{lounge.pk}/say/", {"text": "Hi", "client_id": uuid.uuid4()})
    assert said.status_code == 403
    assert client.get(f"{BASE}live/{lounge.channel}/").status_code == 404
    assert Revocation.objects.filter(user=ben.user, event="assembly-2022").exists()


def test_who_is_let_back_in_is_as_before(ben, ada, client_of, now):
    services.suspend(ben, by=ada, now=now)
    services.restore(ben, by=ada, now=now)
    ben.refresh_from_db()
    assert client_of(ben).get(f"{BASE}lobby/").status_code == 200


def test_every_act_of_a_moderator_is_written_down(lounge, ben, sana, ada, say, report, decide, now):
    decide(report(say(lounge, ben), sana), Outcome.SUSPENDED)
    services.mute(lounge, sana, by=ada, now=now)
    services.unmute(lounge, sana, by=ada, now=now)
    services.slow_down(lounge, seconds=10, by=ada, now=now)
    services.restore(ben, by=ada, now=now)
    verbs = set(AuditEntry.objects.filter(actor=ada).values_list("verb", flat=True))
    assert verbs == {"decide report", "suspend", "remove message", "mute", "unmute", "slow mode", "restore"}


def test_history_without_the_blocked_is_fifty_of_the_others(lounge, ben, sana, say, now):
    for minute in range(60):
        for author in (ben, sana):
            say(lounge, author, at=now + timedelta(minutes=minute))
    read = history(lounge, unheard=frozenset({sana.user_id}))
    assert {message.author_id for message in read.messages} == {ben.pk}
    assert len(read.messages) == 50
