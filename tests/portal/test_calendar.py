"""A personal calendar, read by a parser that is neither ours nor the writer's."""

from datetime import UTC, date, datetime

import pytest
import vobject
from django.urls import reverse

from portal.calendar.services import feed_address, renew_address
from portal.events.services import event_calendar
from portal.ics import Entry, write_calendar
from portal.models import Delegate, OutboxMail, Session
from portal.people.places import cancel_registration
from portal.people.writing.letters import write_to

pytestmark = pytest.mark.django_db


def path_of(delegate) -> str:
    return "/" + feed_address(delegate).split("/", 3)[3]


def read(client, delegate) -> dict:
    answer = client.get(path_of(delegate))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    parsed = vobject.readOne(answer.content.decode())
    return {entry.summary.value: entry for entry in parsed.contents.get("vevent", [])}


def test_the_feed_needs_no_sign_in_and_follows_the_programme(client, ben, make_session):
    session = make_session("Opening", "09:30", "10:30")
    entry = read(client, ben)["Opening"]
    assert entry.dtstart.value == datetime(2022, 5, 27, 8, 30, tzinfo=UTC)
    assert entry.dtend.value == datetime(2022, 5, 27, 9, 30, tzinfo=UTC)
    assert entry.url.value.endswith(session.get_absolute_url())
    first = entry.uid.value
    Session.objects.filter(pk=session.pk).update(title="Welcome", starts=datetime(2022, 5, 27, 8, 0, tzinfo=UTC))
    moved = read(client, ben)
    assert list(moved) == ["Welcome"]
    assert moved["Welcome"].uid.value == first
    assert moved["Welcome"].dtstart.value.hour == 8


@pytest.mark.parametrize("spoil", [lambda path: path[:-5] + "x.ics", lambda path: path.replace("-0.", "-1.")])
def test_a_wrong_address_is_nobodys(client, ben, spoil):
    assert client.get(spoil(path_of(ben))).status_code == 404


def test_the_address_of_one_event_opens_no_other(client, ben, other_event):
    assert client.get(path_of(ben).replace(ben.event.slug, other_event.slug)).status_code == 404


def test_a_new_address_ends_the_old(client_of, client, ben):
    old = path_of(ben)
    answer = client_of(ben).post(reverse("portal:calendar_renew", args=[ben.event.slug]), follow=True)
    ben.refresh_from_db()
    assert path_of(ben) in answer.content.decode()
    assert client.get(old).status_code == 404
    assert client.get(path_of(ben)).status_code == 200


@pytest.mark.parametrize("leave", ["cancel", "suspend", "deactivate"])
def test_who_left_finds_an_empty_calendar(client, ben, make_session, now, leave):
    make_session()
    assert read(client, ben)
    if leave == "cancel":
        cancel_registration(ben, by=ben.user, why="ill", now=now)
    elif leave == "suspend":
        Delegate.objects.filter(pk=ben.pk).update(suspended_at=now)
    else:
        ben.user.is_active = False
        ben.user.save()
    assert read(client, ben) == {}


def test_it_can_be_read_after_the_portal_closed_and_is_stored_nowhere(client, ben, make_session, at):
    make_session()
    at("2023-01-10T12:00")
    assert list(read(client, ben)) == ["Opening"]
    assert "no-store" in client.get(path_of(ben))["Cache-Control"]


def test_the_feed_asks_as_much_for_three_sessions_as_for_one(client, ben, make_session, django_assert_num_queries):
    make_session("One")
    for at_least in range(2):
        with django_assert_num_queries(3):
            client.get(path_of(ben))
        if not at_least:
            make_session("Two", "11:00", "12:00")
            make_session("Three", "12:00", "13:00")


def test_the_file_is_the_same_calendar(client_of, ben, make_session):
    make_session()
    answer = client_of(ben).get(reverse("portal:calendar_file", args=[ben.event.slug]))
    assert vobject.readOne(answer.content.decode()).vevent.summary.value == "Opening"
    assert answer["Content-Disposition"] == 'attachment; filename="assembly-2022.ics"'


def test_a_confirmation_brings_the_event_and_a_refusal_does_not(ben, now):
    write_to(ben, "confirmed", cause=1, now=now)
    write_to(ben, "refused", cause=1, now=now)
    confirmed, refused = OutboxMail.objects.order_by("pk")
    entry = vobject.readOne(confirmed.calendar).vevent
    assert (entry.dtstart.value, entry.dtend.value) == (date(2022, 5, 27), date(2022, 5, 28))
    assert entry.url.value.endswith("/assembly-2022/")
    assert refused.calendar == ""


def test_the_mail_carries_it(ben, now, mailoutbox):
    from portal.mail.services import send_due

    write_to(ben, "confirmed", cause=1, now=now)
    send_due(now)
    [(name, content, kind)] = mailoutbox[0].attachments
    assert name == "event.ics"
    assert kind.startswith("text/calendar")
    assert vobject.readOne(content).vevent.summary.value == ben.event.name


@pytest.mark.parametrize(
    "title",
    [
        "Plain",
        "Commas, semicolons; and \\ back\nEND:VEVENT",
        "Ünïcødé " * 20,
        "x" * 300,
        "SUMMARY:again\r\nURL:http://x",
    ],
)
def test_words_come_out_as_they_went_in(now, title):
    entry = Entry("one@example.org", title, now, now, "https://example.org/?a=1&b=2", title)
    text = write_calendar(title, [entry], now=now)
    parsed = vobject.readOne(text)
    assert [each.name for each in parsed.components()] == ["VEVENT"]
    assert parsed.vevent.summary.value == title.replace("\r\n", "\n")
    assert parsed.vevent.url.value == "https://example.org/?a=1&b=2"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_days_on_both_sides_of_a_change_of_clocks_keep_their_hours(client, ben, event, make_session):
    Session.objects.create(
        event=event, title="Winter", starts=datetime(2022, 10, 30, 9, tzinfo=event.tz),
        ends=datetime(2022, 10, 30, 10, tzinfo=event.tz),
    )  # fmt: skip
    make_session("Summer", "09:00", "10:00")
    entries = read(client, ben)
    assert event.local(entries["Winter"].dtstart.value).hour == event.local(entries["Summer"].dtstart.value).hour == 9


def test_the_event_of_two_days_ends_after_the_second(event, now):
    event.last_day = date(2022, 5, 28)
    assert vobject.readOne(event_calendar(event, now=now)).vevent.dtend.value == date(2022, 5, 29)


def test_a_new_address_is_made_once_a_press(ben):
    renew_address(ben)
    renew_address(ben)
    assert ben.calendar_version == 2
