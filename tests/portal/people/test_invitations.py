"""A list of people as a spreadsheet: looked at first, then all of it or nothing."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal.mail.models import OutboxMail
from portal.models import AuditEntry, Delegate, Event, Invitation
from portal.people.places import refuse_delegate
from portal.people.spreadsheets import FORMULAS, TextWidget, as_text
from tests.portal.people.crowd import enter
from tests.portal.people.wizard import BASE, answer, finish, sign_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
IMPORT, CONFIRM = "/admin/portal/invitation/import/", "/admin/portal/invitation/process_import/"
HEADERS = ["E-mail", "Full name", "Organisation", "Region", "Role"]
LINE = ["dana@example.org", "Dana Placeholder", "Example Trust", "London", "Learner"]


def as_csv(*lines: list[str], headers: list[str] = HEADERS, separator: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([headers, *lines])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(*lines: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for line in (HEADERS, *lines):
        book.active.append(line)
    book.save(out)
    return out.getvalue()


@pytest.fixture
def admin(ada, client_of):
    return client_of(ada)


def preview(admin, event, data: bytes, kind: str = "csv"):
    file = SimpleUploadedFile(f"people.{kind}", data)
    given = {"event": event.pk, "import_file": file, "format": {"csv": 0, "xlsx": 1}[kind], "resource": 0}
    return admin.post(IMPORT, given)


def confirm(admin, page):
    form = page.context["confirm_form"]
    return admin.post(CONFIRM, {name: form[name].value() for name in form.fields}, follow=True)


@pytest.mark.parametrize(("kind", "pack"), [("csv", as_csv), ("xlsx", as_xlsx)])
def test_389_people_are_shown_and_only_then_invited(admin, event, kind, pack):
    page = preview(admin, event, pack(*crowd(389)), kind)
    assert Invitation.objects.count() == 0
    assert "person388@example.org" in page.content.decode()
    confirm(admin, page)
    assert event.invitations.count() == 389
    assert event.invitations.get(email="person7@example.org").region == "london"
    assert AuditEntry.objects.get(verb="import invitations").subject == "389 new, 0 changed"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_stand_apart_by_semicolons_and_tabs(admin, event, separator):
    page = preview(
        admin, event, as_csv(["dana@example.org", "Placeholder, Dana", "Trust", "London", ""], separator=separator)
    )
    confirm(admin, page)
    assert event.invitations.get().full_name == "Placeholder, Dana"


def test_a_file_whose_columns_are_not_found_is_told_how_columns_stand_apart(admin, event):
    page = preview(admin, event, b"E-mail|Full name\ndana@example.org|Dana")
    assert "commas, semicolons or tabs" in page.content.decode()


def crowd(count: int) -> list[list[object]]:
    return [[f"Person{n}@Example.org", f"Person {n}", "Example Trust", "London", "learner"] for n in range(count)]


def test_a_second_import_changes_what_is_known_and_adds_what_is_not(admin, event):
    confirm(admin, preview(admin, event, as_csv(LINE)))
    changed = ["DANA@example.org", "Dana Placeholder", "Another Trust", "Wales", "Learner"]
    confirm(admin, preview(admin, event, as_csv(changed, ["eli@example.org", "", "", "", ""])))
    assert list(event.invitations.values_list("email", "organisation", "region")) == [
        ("dana@example.org", "Another Trust", "wales"),
        ("eli@example.org", "", ""),
    ]


def test_one_bad_line_stops_all_and_is_named_in_plain_words(admin, event):
    lines = [
        ["no address", "A", "", "", ""],
        LINE,
        ["bo@example.org", "Bo", "", "Atlantis", "Boss"],
        LINE,
        ["", "Nobody", "", "", ""],
    ]
    page = preview(admin, event, as_csv(*lines))
    text = page.content.decode()
    assert "confirm_form" not in page.context
    for words in (
        "Nothing was imported: 4 lines need mending",
        "Enter a valid email address.",
        "“Atlantis” is none of: East of England, London",
        "“Boss” is none of: Learner, Educator",
        "This address stands in line 3 already.",
        '<th scope="row">6</th>',
    ):
        assert words in text, words
    assert "Traceback" not in text
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (as_csv(["Dana"], headers=["Who"]), "one must be called “email”"),
        (b"email,name\ndana@example.org,Ren\xe9", "Save it as XLSX, or as CSV in UTF-8"),
        (as_csv(*crowd(5001)), "Import at most 5000 at a time"),
    ],
)
def test_a_file_that_is_no_such_list_gets_a_sentence(admin, event, data, words):
    text = preview(admin, event, data).content.decode()
    assert words in text
    assert "Traceback" not in text


def test_nobody_imports_into_another_organisers_event(admin, event, other_event):
    preview(admin, other_event, as_csv(LINE))
    page = preview(admin, event, as_csv(LINE))
    form = page.context["confirm_form"]
    admin.post(CONFIRM, {name: form[name].value() for name in form.fields} | {"event": other_event.pk})
    assert Invitation.objects.count() == 0


def test_who_is_invited_need_not_be_approved_and_is_asked_little(event, client_of):
    Event.objects.update(entry="approval")
    Invitation.objects.create(event=event, email="dana@example.org", full_name="Dana P", organisation="Invited Trust")
    client = client_of()
    sign_in(client)
    assert 'value="Dana P"' in client.get(f"{BASE}register/name/").content.decode()
    assert 'value="Invited Trust"' in client.get(f"{BASE}register/place/").content.decode()
    answer(client)
    assert "You are registered" in finish(client).content.decode()


def test_an_unknown_address_asks_and_one_click_admits(event, client_of, admin):
    Event.objects.update(entry="approval")
    client = client_of()
    sign_in(client)
    answer(client)
    assert "We have your request" in finish(client).content.decode()
    assert client.get(f"{BASE}lobby/").status_code == 404
    asking = Delegate.registrations.get()
    address = f"/admin/portal/delegate/{asking.pk}/admit/"
    assert f'formaction="{address}"' in admin.get("/admin/portal/delegate/").content.decode()
    assert client.post(address).status_code == 302  # to the admin's own door
    assert not event.delegates.exists()
    admin.post(address)
    assert client.get(f"{BASE}lobby/").status_code == 200


def test_an_organiser_admits_nobody_to_another_event(admin, other_event, now, cleo):
    refuse_delegate(cleo, by=cleo.user, why="", now=now)
    admin.post(f"/admin/portal/delegate/{cleo.pk}/admit/")
    assert Delegate.registrations.get(pk=cleo.pk).state == "refused"


def test_each_invitation_is_mailed_once(admin, event):
    confirm(admin, preview(admin, event, as_csv(LINE)))
    chosen = {"action": "send", "_selected_action": [event.invitations.get().pk]}
    for _ in range(2):
        admin.post("/admin/portal/invitation/", chosen)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == ("dana@example.org", f"You are invited to {event.name}")


@pytest.mark.parametrize("start", FORMULAS)
def test_no_export_holds_a_formula(admin, event, ben, start):
    Delegate.objects.filter(pk=ben.pk).update(name=f"{start}cmd|' /C calc'!A0", grade="plain")
    out = admin.post("/admin/portal/delegate/export/", {"format": 0, "resource": 0})
    row = next(csv.DictReader(io.StringIO(out.content.decode(), newline="")))
    assert row["name"].startswith(f"'{start}")
    assert row["grade"] == "plain"
    book = load_workbook(io.BytesIO(admin.post("/admin/portal/delegate/export/", {"format": 1, "resource": 0}).content))
    assert {cell.data_type for line in book.active.iter_rows() for cell in line} <= {"s", "n", "b", "d", "inlineStr"}


def test_an_export_holds_every_state_of_ones_own_event_and_no_needs(admin, event, ben, cleo, now):
    Event.objects.update(entry="approval")
    asking = enter(event, cleo.user, now=now)
    ben.access_needs.create(kind="bsl", asked_at=now)
    out = admin.post("/admin/portal/delegate/export/", {"format": 0, "resource": 0}).content.decode()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {(row["email"], row["state"]) for row in rows} == {
        ("ben@example.org", "Approved"),
        (asking.user.email, "Applied"),
    }
    assert "bsl" not in out.lower()


@given(st.text())
def test_what_is_exported_begins_no_formula_and_comes_back_as_it_was(text):
    out = as_text(text)
    assert not out.startswith(FORMULAS)
    if not text.startswith("'"):
        assert TextWidget().clean(out) == " ".join(text.split())
