"""`manage.py demo`: the day of 27 May 2022 as the record has it, live now, and never a row twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from portal import clock
from portal.models import Event, Session
from portal.programme.models import Kind

KEYNOTES = {"Professor Namita Kumar", "Dr Navina Evans", "Professor Liz Hughes", "Mr Piers Wilkinson"}
OURS = ("portal", "networking", "breakouts", "library")
# What says what happened may grow each time; mails and notes of the sweep are not the demonstration's.
GROWS = {"auditentry", "outboxmail", "channelversion"}


def demo(*arguments: str, **options: object) -> Event:
    call_command("demo", *arguments, verbosity=0, **options)
    return Event.objects.get(slug="assembly-2022")


def rows() -> dict[str, int]:
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {model._meta.label: model.objects.count() for model in models if model._meta.model_name not in GROWS}


@pytest.fixture
def assembly(db, at) -> Event:
    at("2022-05-20T15:00")
    return demo()


def test_the_day_has_the_shape_of_the_record(assembly):
    sessions = assembly.sessions.prefetch_related("speakers")
    kinds = Counter(session.kind for session in sessions)
    assert (kinds[Kind.KEYNOTE], kinds[Kind.ROUND], kinds[Kind.SHOWCASE]) == (3, 3, 11)
    by_kind = {kind: {s.name for one in sessions if one.kind == kind for s in one.speakers.all()} for kind in Kind}
    assert by_kind[Kind.KEYNOTE] == KEYNOTES
    assert len(by_kind[Kind.SHOWCASE]) == 18
    assert all("laceholder" in name for name in by_kind[Kind.SHOWCASE])


def test_each_round_has_three_rooms_of_three_quarters_of_an_hour(assembly):
    for session in assembly.sessions.filter(kind=Kind.ROUND):
        assert session.round.rooms.count() == 3
        assert session.ends - session.starts == timedelta(minutes=45)


def test_each_room_has_two_facilitators_of_whom_one_takes_notes(assembly):
    rooms = [room for session in assembly.sessions.filter(kind=Kind.ROUND) for room in session.round.rooms.all()]
    assert [room.facilitators.count() for room in rooms] == [2] * 9
    assert all(room.facilitators.filter(delegate=room.note_taker.delegate).exists() for room in rooms)
    assert sum(room.notes.count() for room in rooms) == 3
    assert [room.title for room in rooms if room.pseudonyms_allowed] == ["Behaviour that undermines"]


def test_there_is_something_to_read_to_watch_and_to_answer(assembly):
    assert assembly.documents.count() == 3
    film = Session.objects.get(event=assembly, title="Opening keynote").recording
    assert film.is_out
    assert film.urls()["captions"]
    said = [(talk.kind, talk.messages.count()) for talk in assembly.conversations.exclude(messages=None).order_by("pk")]
    assert sorted(said) == [("lounge", 3), ("table", 1), ("table", 2)]


def test_a_round_is_on_now(assembly):
    moment = clock.now()
    assert assembly.sessions.filter(kind=Kind.ROUND, starts__lte=moment, ends__gt=moment).count() == 1


def test_built_again_it_is_live_again_and_no_row_is_added(assembly, at):
    before = rows()
    for later in ("2022-05-20T15:05", "2022-05-20T23:40", "2022-05-21T09:00", "2022-12-25T09:00"):
        moment = at(later)
        event = demo()
        assert rows() == before, later
        assert event.sessions.filter(starts__lte=moment, ends__gt=moment).exists(), later


def test_a_named_day_keeps_its_date_and_times(assembly):
    event = demo(date="2022-05-27")
    assert (str(event.first_day), str(event.last_day)) == ("2022-05-27", "2022-05-27")
    first = event.sessions.get(title="Opening keynote")
    assert event.local(first.starts).strftime("%Y-%m-%d %H:%M") == "2022-05-27 09:30"


def test_a_crowd_comes_once(assembly):
    cast = 2 + 6  # Ben and Sana, and those who lead the rooms
    assert demo(delegates=389).delegates.count() == 389 + cast
    assert demo(delegates=389).delegates.count() == 389 + cast


def test_a_day_that_is_none_gets_a_sentence(db):
    with pytest.raises(CommandError, match="--date takes a day like 2022-05-27"):
        demo(date="27/05/2022")


def test_one_room_meets_elsewhere_by_a_link(assembly):
    from breakouts.voice.models import RoomVoice

    [plan] = RoomVoice.objects.all()
    assert (plan.room.title, plan.way) == ("Questions on ideas to take home", "link")
