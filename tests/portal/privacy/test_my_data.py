import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command

from networking.direct.services import answer_request, ask_to_talk
from networking.models import Message, ReactionKind
from networking.questions.models import Question
from networking.questions.services import ask_question, upvote
from networking.reactions import react
from networking.safety.services import block, hide_message
from networking.services import open_lounge, post_message, remove_message
from portal.live.services import revoke
from portal.mail.models import OutboxMail
from portal.mail.services import send_due
from portal.models import AuditEntry, Delegate, Draft, Event, StateChange, User
from portal.people.needs.services import say_needs
from portal.privacy.own import _keep_accounts
from portal.privacy.registry import exporters, register_exporter
from portal.privacy.services import (
    StillOrganises,
    count_spent,
    erase_person,
    export_person,
    keep_periods,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]
HOME = "/assembly-2022/my-data/"


@pytest.fixture
def said(event, ben, sana, now):
    """Ben has spoken, called, talked with Sana and needs something; she has named him."""
    lounge = open_lounge(event)
    say_needs(ben, ["captions"], "a chair by the door", now=now)
    answer_request(ask_to_talk(ben, sana, words="About rotas?", now=now), accept=True, now=now)
    OutboxMail.objects.create(
        key="x", to="Ben@example.org", subject="You are in", text="Dear Ben", created_at=now, due_at=now
    )
    message = post_message(lounge, ben, "Rotas come too late", client_id=uuid.uuid4(), now=now)
    post_message(lounge, sana, f"I agree with @{ben.name}", client_id=uuid.uuid4(), now=now)
    return message


def opened(response):
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return archive.namelist(), json.loads(archive.read("my-data.json")), archive.read("my-data.html").decode()


def test_the_file_holds_what_is_held_twice(said, client_of, ben, sana):
    response = client_of(ben).post(f"{HOME}file/")
    names, data, page = opened(response)
    assert names == ["my-data.json", "my-data.html"]
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    parts = data["parts"]
    assert parts["Messages"][0]["text"] == "Rotas come too late"
    assert parts["Requests to talk you sent"][0]["words"] == "About rotas?"
    assert {row["words"] for row in parts["What you need"]} >= {"a chair by the door"}
    assert parts["Account"][0]["email"] == "ben@example.org"
    assert parts["Mail"][0]["subject"] == "You are in"
    for words in ("Rotas come too late", "About rotas?", "a chair by the door", "Dear Ben"):
        assert words in page
    assert "sana@example.org" not in json.dumps(data)


def test_what_somebody_wrote_is_text_in_the_page(event, ben, now, client_of):
    post_message(open_lounge(event), ben, "<script>alert(1)</script>", client_id=uuid.uuid4(), now=now)
    _, _, page = opened(client_of(ben).post(f"{HOME}file/"))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_who_blocked_somebody_is_told_to_nobody(ben, sana, now, client_of):
    from networking.safety.models import Block

    Block.objects.create(blocker=sana, blocked=ben, at=now)
    assert "Who blocked you" not in export_person(ben.user)
    assert export_person(sana.user)["People you blocked"][0]["blocked name"] == ben.name


@pytest.mark.parametrize(
    "moment", ["2022-05-20T12:00", "2022-05-25T12:00", "2022-05-27T10:00", "2022-06-27T12:00", "2023-12-01T12:00"]
)
def test_my_data_can_be_had_in_every_phase_of_a_registration(ben, client_of, at, moment):
    at(moment)
    assert client_of(ben).post(f"{HOME}file/").status_code == 200
    assert client_of(ben).get(f"{HOME}erase/").status_code == 200


def test_who_cancelled_has_their_data_too(ben, client_of):
    Delegate.registrations.filter(pk=ben.pk).update(state="cancelled")
    assert client_of(ben).post(f"{HOME}file/").status_code == 200


@pytest.mark.parametrize("gone", ["removed", "hidden", "blocked by", "blocking", ""])
def test_words_of_others_are_handed_out_only_while_they_may_be_read(gone, event, ben, sana, ada, now):
    lounge = open_lounge(event)
    said = post_message(lounge, sana, f"Look, @{ben.name}", client_id=uuid.uuid4(), now=now)
    react(said, ben, ReactionKind.AGREE, now=now)
    upvote(ask_question(lounge, sana, "Who looks?", anonymous=False, token="t", now=now).question, ben)
    match gone:
        case "removed":
            remove_message(said, by=ada, now=now)
        case "hidden":
            hide_message(said, now=now)
        case "blocked by":
            block(sana, ben, now=now)
        case "blocking":
            block(ben, sana, now=now)
    parts = export_person(ben.user)
    assert [name in parts for name in ("Messages that name you", "Reactions")] == [not gone] * 2
    assert ("Questions you agreed with" in parts) == ("block" not in gone)


def everything() -> str:
    """Every row of every table, as words, without the session that Django signs."""
    kept = [model for model in apps.get_models() if model._meta.label != "sessions.Session"]
    return repr([row for model in kept for row in model._base_manager.values_list()])


def test_erasing_leaves_no_trace_of_the_person_in_any_table(said, client_of, ben, sana):
    assert "Ben Placeholder" in everything()
    client = client_of(ben)
    assert client.post(f"{HOME}erase/").status_code == 422
    response = client.post(f"{HOME}erase/", {"sure": "on"}, follow=True)
    assert "is erased" in response.content.decode()
    left = everything().lower()
    for trace in ("ben placeholder", "ben@example.org", "a chair by the door", "about rotas", "dear ben"):
        assert trace not in left, trace


def test_what_others_answered_stays_by_a_delegate_who_left(said, ben, sana, client_of, now):
    erase_person(ben.user, now=now)
    page = client_of(sana).get(f"/assembly-2022/conversations/{said.conversation_id}/").content.decode()
    assert "Rotas come too late" in page
    assert "A delegate who left" in page
    assert "Ben Placeholder" not in page


def test_erasing_ends_sessions_and_frees_the_place(event, ben, sana, now, client_of):
    Event.objects.filter(pk=event.pk).update(capacity=2)
    elsewhere = client_of(ben)
    erase_person(ben.user, now=now)
    assert elsewhere.get(HOME).status_code == 302
    assert not Delegate.objects.filter(pk=ben.pk).exists()
    assert Delegate.objects.filter(event=event).count() == 1


def test_no_mail_goes_to_who_was_erased(said, ben, now, mailoutbox):
    erase_person(ben.user, now=now)
    send_due(now + timedelta(hours=1))
    assert [mail.to for mail in mailoutbox if "ben@example.org" in mail.to] == []


def test_the_audit_says_that_somebody_was_erased_and_not_who(ben, now):
    erase_person(ben.user, now=now)
    entry = AuditEntry.objects.get(verb="erase person")
    assert (entry.subject, entry.actor) == (f"account {ben.user.pk}", None)
    assert not AuditEntry.objects.filter(subject__icontains="Ben").exists()


def test_an_erased_address_can_register_anew(ben, now):
    erase_person(ben.user, now=now)
    assert User.objects.create_user("ben@example.org", "Ben").pk != ben.user.pk


def test_who_organises_hands_over_first(ada, event, client_of, now):
    with pytest.raises(StillOrganises):
        erase_person(ada, now=now)
    assert client_of(ada).post(f"{HOME}erase/", {"sure": "on"}).url == HOME
    assert User.objects.get(pk=ada.pk).is_active


def test_a_part_has_one_name():
    name = next(iter(exporters()))
    with pytest.raises(ValueError, match="Two parts"):
        register_exporter(name, lambda user: [])


def test_a_dry_run_counts_what_the_sweep_deletes(said, ben, event, now, at):
    Draft.objects.create(event=event, user=ben.user, answers={}, changed_at=now)
    late = at("2023-08-01T12:00")
    before = everything()
    counted = count_spent(late)
    assert everything() == before
    assert counted["drafts"] == counted["mail"] == 1
    assert counted["conversations"] == 3
    assert counted["registrations"] == 2
    keep_periods(late)
    entries = AuditEntry.objects.filter(verb="retention").values_list("subject", flat=True)
    audit = {name: int(number) for name, number in (subject.split(": ") for subject in entries)}
    # The accounts follow from the registrations that the same sweep took the names from.
    assert audit.pop("accounts") == 2
    assert audit == {name: count for name, count in counted.items() if count}
    assert not Message.objects.exists()
    assert not Question.objects.exists()
    assert {d.name for d in Delegate.registrations.all()} == {"A delegate who left"}


@pytest.mark.parametrize(("moment", "kept"), [("2023-02-27T23:59:59", True), ("2023-02-28T00:00:00", False)])
def test_conversations_go_three_calendar_months_after_closing(said, at, moment, kept):
    keep_periods(at(moment))
    assert Message.objects.exists() is kept


def test_extending_the_window_keeps_conversations(said, event, at):
    Event.objects.filter(pk=event.pk).update(months_after=12)
    keep_periods(at("2023-03-01T12:00"))
    assert Message.objects.exists()


def test_a_mail_that_was_emptied_is_not_written_again(said, at):
    keep_periods(at("2022-12-01T12:00"))
    assert OutboxMail.objects.get(key="x").to == ""


def test_an_account_goes_a_year_after_it_was_used_and_never_an_organisers(ada, ben, event, at, now):
    User.objects.update(date_joined=now)
    Delegate.registrations.update(name="A delegate who left")
    assert _keep_accounts(now + timedelta(days=365), dry_run=True) == 0
    assert _keep_accounts(now + timedelta(days=366), dry_run=False) == 1
    assert User.objects.get(pk=ada.pk).is_active
    assert not User.objects.get(pk=ben.user.pk).is_active


def test_the_command_counts_and_with_dry_run_deletes_nothing(said, at, capsys):
    at("2023-08-01T12:00")
    call_command("retention", dry_run=True)
    assert "conversations: 3 months after the portal closes" in capsys.readouterr().out
    assert Message.objects.exists()
    call_command("retention")
    assert not Message.objects.exists()


def test_the_admin_page_is_for_those_who_look_after_the_portal(ada, client_of, client):
    assert client_of(ada).get("/admin/retention/").status_code == 403
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    assert "Kept until" in client_of(User.objects.get(pk=ada.pk)).get("/admin/retention/").content.decode()


def test_the_privacy_page_has_the_organisers_words_and_every_period(event, client):
    assert "What we keep, and why" in client.get("/assembly-2022/privacy/").content.decode()
    Event.objects.filter(pk=event.pk).update(privacy="Our <b>own</b> words")
    page = client.get("/assembly-2022/privacy/").content.decode()
    assert "Our &lt;b&gt;own&lt;/b&gt; words" in page
    assert "3 months after the portal closes" in page


def test_revocations_and_changes_lose_the_reason(ben, now):
    StateChange.objects.create(delegate=ben, state="approved", at=now, why="Known from last year")
    revoke(ben.user_id, reason="test")
    erase_person(ben.user, now=now)
    assert "Known from last year" not in everything()
