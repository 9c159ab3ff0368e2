"""What is written to everybody in its time: once, and never when it is no longer true."""

from datetime import UTC, date, datetime, timedelta

import pytest

from library.models import Recording
from portal.mail.models import OutboxMail
from portal.models import AuditEntry, Delegate, Event, Reminder
from portal.people.writing.reminders import remind_due, reminders_of

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def at_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(first: str, last: str | None = None, **more) -> dict[str, tuple[datetime, datetime]]:
    event = Event(
        name="E", slug="e", first_day=date.fromisoformat(first), last_day=date.fromisoformat(last or first), **more
    )
    return {each.occasion: (each.since, each.until) for each in reminders_of(event, None)}


def written() -> list[str]:
    return sorted(key.rsplit(".", 1)[0] for key in OutboxMail.objects.values_list("key", flat=True))


def sweep_through(moments) -> list[str]:
    for moment in moments:
        remind_due(moment)
    return written()


# Each with its trap; all moments in UTC.
VECTORS = [
    ("2022-05-27", "day_before", "2022-05-26T08:00", "summer time"),
    ("2022-05-27", "thanks", "2022-05-28T08:00", "summer time"),
    ("2022-05-27", "closing", "2022-10-27T08:00", "a month before 27 November, in summer time still"),
    ("2022-05-27", "closed", "2022-11-28T00:00", "in winter time"),
    ("2026-03-29", "day_before", "2026-03-28T09:00", "the night between loses an hour"),
    ("2026-10-25", "thanks", "2026-10-26T09:00", "the night between gains an hour"),
    ("2026-08-31", "closing", "2027-01-28T09:00", "28 February, a month back"),
    ("2022-05-27", "open", "2022-05-21T23:00", "midnight of summer time"),
]


@pytest.mark.parametrize(("first", "occasion", "since", "trap"), VECTORS)
def test_the_moment_is_civil_time_of_the_events_zone(first, occasion, since, trap):
    assert due(first)[occasion][0] == at_utc(since), trap


def test_a_window_that_ends_with_the_event_has_nothing_to_warn_of():
    assert set(due("2022-05-27", months_after=0)) == {"open", "day_before", "closed"}


def test_an_event_of_two_days_thanks_after_the_second():
    assert due("2026-10-27", "2026-10-28")["thanks"][0] == at_utc("2026-10-29T09:00")


def test_everybody_is_told_once_though_the_sweep_runs_twice(event, ben, sana, cleo, make_session, at):
    make_session("Opening", "09:30", "10:30")
    event.first_day = event.last_day
    told = sweep_through([at("2022-05-26T09:00"), at("2022-05-26T09:01"), at("2022-05-26T23:59")])
    mine = [f"day_before.{each.pk}" for each in (ben, sana)]
    assert [key for key in told if key in mine] == sorted(mine)
    assert len(told) == len(set(told))
    mail = OutboxMail.objects.get(key__startswith=f"day_before.{ben.pk}")
    assert "27 May 2022" in mail.text
    assert "9:30am" in mail.text


def test_not_a_second_before_its_moment(event, ben, make_session, at):
    make_session("Opening", "09:30", "10:30")
    Reminder.objects.create(event=event, occasion="open", day=event.first_day, at=at("2022-05-22T00:00"))
    Reminder.objects.create(event=event, occasion="day_before", day=date(2022, 5, 26), at=at("2022-05-26T09:00"))
    eight_thirty = at("2022-05-27T08:30")
    assert remind_due(eight_thirty - timedelta(seconds=1)) == 0
    assert remind_due(eight_thirty) == 1


@pytest.mark.parametrize("late", ["2022-05-27T09:30", "2022-06-20T12:00"])
def test_what_is_no_longer_true_is_not_said_but_noted(event, ben, make_session, at, late):
    make_session("Opening", "09:30", "10:30")
    told = sweep_through([at(late)])
    assert not any(key.startswith(("day_before", "hour_before")) for key in told)
    missed = set(Reminder.objects.filter(missed=True).values_list("occasion", flat=True))
    assert {"day_before", "hour_before"} <= missed
    assert AuditEntry.objects.filter(verb="reminder missed", subject__startswith="day_before").count() == 1


def test_a_week_without_the_sweep_changes_what_is_said_to_nobody_twice(event, ben, at):
    at("2022-05-22T00:00")
    through = [at("2022-05-22T00:01"), at("2022-05-29T12:00"), at("2022-05-29T12:01"), at("2022-12-10T12:00")]
    told = sweep_through(through)
    assert told == [f"{occasion}.{ben.pk}" for occasion in ("open", "thanks")]


def test_only_those_who_take_part_are_written_to(event, ben, sana, at):
    Delegate.objects.filter(pk=sana.pk).update(suspended_at=at("2022-05-20T09:00"))
    Delegate.registrations.filter(pk=ben.pk).update(state="waiting")
    assert sweep_through([at("2022-05-26T09:00")]) == []


def test_recordings_are_told_of_when_the_first_is_out(event, ben, make_session, at):
    session = make_session()
    later = at("2022-05-30T09:00")
    assert not any(key.startswith("recordings") for key in sweep_through([later]))
    Recording.objects.create(session=session, state="published", captions="c.vtt", stream="s", published_at=later)
    assert f"recordings.{ben.pk}" in sweep_through([later + timedelta(days=1), later + timedelta(days=2)])


def test_moving_the_day_tells_the_new_one(event, ben, at):
    sweep_through([at("2022-05-26T09:00")])
    Event.objects.filter(pk=event.pk).update(first_day=date(2022, 6, 10), last_day=date(2022, 6, 10))
    told = sweep_through([at("2022-06-09T09:00")])
    assert told.count(f"day_before.{ben.pk}") == 2


def test_extending_the_window_tells_the_new_closing(event, ben, at):
    sweep_through([at("2022-11-28T00:00")])
    Event.objects.filter(pk=event.pk).update(months_after=8)
    told = sweep_through([at("2022-11-29T00:00"), at("2022-12-27T09:00"), at("2023-01-28T00:00")])
    assert told.count(f"closed.{ben.pk}") == 2
    assert told.count(f"closing.{ben.pk}") == 1


def test_it_asks_no_more_for_many_people_than_for_one(event, make_session, at, django_assert_max_num_queries):
    from tests.conftest import make_delegate

    for number in range(150):
        make_delegate(event, f"p{number}@example.org", f"P {number}")
    now = at("2022-05-26T09:00")
    with django_assert_max_num_queries(40):
        remind_due(now)
    assert OutboxMail.objects.filter(key__startswith="day_before").count() == 150


def test_a_session_before_the_days_of_the_event_is_not_its_beginning(event, ben, make_session, at):
    early = make_session("Try your camera", "12:00", "12:30")
    type(early).objects.filter(pk=early.pk).update(starts=at("2022-05-24T12:00"), ends=at("2022-05-24T12:30"))
    make_session("Opening", "09:30", "10:30")
    assert not any(key.startswith("hour_before") for key in sweep_through([at("2022-05-24T11:30")]))
    assert f"hour_before.{ben.pk}" in sweep_through([at("2022-05-27T08:30")])
    assert "begins at 9:30am" in OutboxMail.objects.get(key__startswith=f"hour_before.{ben.pk}").subject


def test_an_open_portal_does_not_open_again_when_its_window_is_moved(event, ben, at):
    sweep_through([at("2022-05-23T10:00")])
    Event.objects.filter(pk=event.pk).update(days_before=7)
    assert sweep_through([at("2022-05-23T11:00")]).count(f"open.{ben.pk}") == 1
