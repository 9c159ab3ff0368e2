"""The notes of a room, by plain form and by script."""

import pytest

from breakouts.notes.models import Note, Wording
from breakouts.notes.services import name_note_taker
from breakouts.services import leave_room
from breakouts.taking_part.services import raise_hand
from tests.reading import text

pytestmark = pytest.mark.django_db


def save(client, where, text: str, base: int = 0, **more):
    return client.post(where("save_note"), {"section": "heard", "text": text, "base": base}, **more)


def test_notes_are_written_by_the_note_taker_and_those_who_lead_and_read_by_all(
    room, ben, ben_in, sana, ada, una, client_of, where, now
):
    assert save(ben_in, where, "By Ben").status_code == 404
    name_note_taker(room, ben, by=ada, now=now)
    assert save(ben_in, where, "By Ben").status_code == 303
    assert save(client_of(sana), where, "By Sana", base=1).status_code == 303
    assert "By Sana" in text(ben_in.get(where("notes")))
    assert save(client_of(una), where, "By Una", base=2).status_code == 404
    assert client_of(una).get(where("notes")).status_code == 404


def test_a_note_taker_who_gave_up_the_place_writes_no_more(room, ben, ben_in, ada, where, now):
    name_note_taker(room, ben, by=ada, now=now)
    leave_room(room.round, ben, now=now)
    assert save(ben_in, where, "By Ben").status_code == 404
    assert not Note.objects.filter(text="By Ben").exists()


def test_a_conflict_is_explained_and_both_texts_are_on_the_page(room, sana, ada, client_of, where):
    save(client_of(ada), where, "By Ada")
    response = save(client_of(sana), where, "By Sana")
    page = text(response)
    assert response.status_code == 409
    assert "Ada Placeholder has changed this section meanwhile. What you typed is kept." in page
    assert "By Ada</blockquote>" in page
    assert "By Sana</textarea>" in page
    assert 'name="base" value="1"' in page
    assert save(client_of(sana), where, "By both", base=1).status_code == 303
    assert "Did not go in" in text(client_of(sana).get(where("notes_history")))
    assert Wording.objects.filter(set_aside=True, text="By Sana").exists()


def test_a_script_is_answered_with_the_version_or_with_what_stands_there(room, sana, client_of, where):
    by_script = {"headers": {"Accept": "application/json"}}
    client = client_of(sana)
    assert save(client, where, "One", **by_script).json() == {"version": 1}
    response = save(client, where, "Two", **by_script)
    assert response.status_code == 409
    assert response.json() | {"error": ""} == {"error": "", "version": 1, "text": "One", "by": "Sana Placeholder"}


def test_notes_can_be_finished_for_half_an_hour_and_read_for_good(room, sana, ben_in, client_of, where, at):
    at("2022-05-27T10:59")
    assert save(client_of(sana), where, "Late").status_code == 303
    at("2022-05-27T11:00")
    assert save(client_of(sana), where, "Too late", base=1).status_code == 404
    at("2022-06-27T11:00")
    assert "Late" in text(ben_in.get(where("notes")))
    assert Note.objects.get().text == "Late"


def test_a_script_without_sockets_hears_the_hands_and_the_notes(room, ben, ben_in, sana, client_of, where, now):
    raise_hand(room, ben, now=now)
    save(client_of(sana), where, "One")
    state = ben_in.get(f"/assembly-2022/live/{room.channel('hands')}/").json()["state"]
    assert [name for _, name in state["raised"]] == ["Ben Placeholder"]
    frames = ben_in.get(f"/assembly-2022/live/{room.channel('notes')}/?after=0").json()["frames"]
    assert [frame["body"]["text"] for frame in frames] == ["One"]
