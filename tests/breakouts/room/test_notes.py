"""Notes are kept as they are typed, and nothing that was typed is lost."""

from datetime import timedelta

import pytest

from breakouts.models import Notice
from breakouts.notes.models import LONGEST, Section, Wording
from breakouts.notes.queries import frames_after, notes_of
from breakouts.notes.services import Changed, NoteRefused, name_note_taker, save_note

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def write(room, ada, now):
    def write(text: str, base: int, *, by=ada, section=Section.HEARD, after: int = 0):
        moment = now + timedelta(seconds=after)
        return save_note(room, section, text, base=base, by=by, by_name=by.name, now=moment)

    return write


def test_each_save_is_the_next_version_and_the_three_sections_are_one_log(room, write):
    first = write("One", 0)
    second = write("Idea", 0, section=Section.IDEAS)
    third = write("One, two", first.version)
    assert (first.version, second.version, third.version) == (1, 2, 3)
    assert [note.text for note in notes_of(room).sections] == ["One, two", "Idea", ""]
    assert [frame.version for frame in frames_after(room.pk, 0, 10)] == [2, 3]


def test_who_wrote_over_an_older_version_is_told_and_their_words_are_kept(room, write, sana):
    write("By Ada", 0)
    with pytest.raises(Changed, match="Ada Placeholder has changed this section") as changed:
        write("By Sana", 0, by=sana.user)
    assert changed.value.note.text == "By Ada"
    kept = Wording.objects.get(set_aside=True)
    assert (kept.text, kept.by) == ("By Sana", sana.user)
    assert write("By both", changed.value.note.version, by=sana.user).version == 2


def test_the_same_text_again_is_no_change_whatever_it_was_written_over(room, write):
    note = write("One", 0)
    assert write("One", 0) == note
    assert write("", 0, section=Section.ASKS) is None
    assert Wording.objects.count() == 1


def test_history_is_a_step_for_each_person_and_minute(room, write, sana):
    note = write("One", 0)
    note = write("One two", note.version, after=30)
    note = write("One two three", note.version, after=61)
    note = write("By Sana", note.version, by=sana.user, after=70)
    write("", note.version, after=80)
    steps = Wording.objects.order_by("pk").values_list("text", flat=True)
    assert list(steps) == ["One two", "One two three", "By Sana", ""]


def test_too_much_is_refused_in_words(write):
    with pytest.raises(NoteRefused, match="holds 10,000 characters, and this has 10,001"):
        write("x" * (LONGEST + 1), 0)


def test_a_room_has_one_note_taker(room, ben, una, ada, now):
    for person in (ben, una):
        name_note_taker(room, person, by=ada, now=now)
    room.refresh_from_db()
    assert room.note_taker.delegate == una
    assert "asked to take the notes of Room 1" in Notice.objects.get(delegate=person).words
    name_note_taker(room, None, by=ada, now=now)
    assert Notice.objects.get(delegate=person).words == "You do not take the notes of Room 1 any more."
    assert not hasattr(type(room).objects.get(pk=room.pk), "note_taker")
