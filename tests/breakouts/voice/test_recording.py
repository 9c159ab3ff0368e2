"""Who is recorded, what becomes of it, and who gets it."""

import json
import struct
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError

from breakouts.tasks import mix_voices
from breakouts.voice import recording
from breakouts.voice.models import Caller, RoomVoice, Way
from breakouts.voice.proxy import find_ticket
from breakouts.voice.queries import voice_state
from breakouts.voice.services import enter_voice, require_floor
from portal.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(settings, tmp_path, room, plan):
    """The room is recorded; gives where Janus would write."""
    settings.JANUS_URL, settings.JANUS_RECORDINGS = "ws://127.0.0.1:1", str(tmp_path / "recordings")
    plan("janus", recorded=True)
    folder = recording.folder_of(room.pk)
    folder.mkdir(parents=True)
    # Numbers of rooms come back, and what they were handed for is remembered for an hour.
    cache.delete(f"breakouts.voices.{room.pk}")
    return folder


@pytest.fixture
def address(room) -> str:
    return f"/assembly-2022/rooms/{room.round_id}/{room.pk}/voice/"


@pytest.fixture
def handed(monkeypatch):
    """The rooms that were given to be mixed."""
    rooms = []
    monkeypatch.setattr(mix_voices, "delay", rooms.append)
    return rooms


def part(header: dict, frames: bytes = b"MEET") -> bytes:
    text = json.dumps(header).encode()
    return b"MJR00002" + struct.pack("!H", len(text)) + text + frames


def test_only_who_agrees_is_recorded_and_is_asked_each_time(room, recorded, address, ben, seat, client_of, now):
    seat(room, ben)
    client = client_of(ben)
    for agrees in ("on", "", "on", None):
        fields = {} if agrees is None else {"agrees": agrees}
        entrance = client.post(f"{address}enter/", fields).json()
        assert entrance["recorded"] is (agrees == "on")
        ticket = find_ticket(ben.user_id, entrance["id"], entrance["entry"])
        assert ticket is not None and ticket.is_recorded is (agrees == "on")


@pytest.mark.parametrize("lacking", ["plan", "folder", "server"])
def test_nobody_is_recorded_where_the_room_is_not(lacking, room, recorded, plan, address, ben, seat, settings, now):
    if lacking == "plan":
        plan("janus", recorded=False)
    elif lacking == "folder":
        settings.JANUS_RECORDINGS = ""
    else:
        plan("peer")
    seat(room, ben)
    room.refresh_from_db()
    assert not enter_voice(room, ben.user, ben.name, agrees=True, now=now).recorded


def test_page_and_gauge_say_whether_it_is_recorded_and_the_page_asks(
    room, recorded, plan, address, ben, seat, client_of, now
):
    seat(room, ben)
    client = client_of(ben)
    page = client.get(address).content.decode()
    assert "data-voice-recording>" in page and "data-voice-no-recording hidden>" in page
    assert "data-voice-agrees" in page and "checked" not in page
    assert voice_state(room.pk, now)["recorded"] is True
    plan("janus", recorded=False)
    page = client.get(address).content.decode()
    assert "data-voice-recording hidden>" in page and "data-voice-no-recording>" in page
    assert voice_state(room.pk, now)["recorded"] is False


def test_a_room_stays_recorded_when_the_floor_is_asked_for(room, recorded, ada, now):
    require_floor(room, True, by=ada, now=now)
    assert RoomVoice.objects.get(room=room).recorded


@pytest.mark.parametrize(
    ("way", "folder", "is_right"), [("janus", "/r", True), ("janus", "", False), ("peer", "/r", False)]
)
def test_an_organiser_is_told_where_nothing_can_be_recorded(room, settings, way, folder, is_right):
    settings.JANUS_RECORDINGS = folder
    plan = RoomVoice(room=room, way=Way(way), recorded=True)
    if is_right:
        plan.clean()
    else:
        with pytest.raises(ValidationError):
            plan.clean()


def test_a_change_of_recording_asks_everybody_anew(room, recorded, ben, ada, seat, client_of, now):
    seat(room, ben)
    enter_voice(room, ben.user, ben.name, agrees=True, now=now)
    change = f"/admin/breakouts/roomvoice/{room.pk}/change/"
    fields = {"room": room.pk, "way": "janus", "link": "", "minutes_before": 10}
    assert client_of(ada).post(change, fields).status_code == 302
    assert not RoomVoice.objects.get(room=room).recorded
    assert not Caller.objects.present().exists()


def test_a_room_is_mixed_when_it_has_been_over_for_two_minutes_and_once(room, recorded, handed, at):
    (recorded / "1-audio-0.mjr").write_bytes(part({"u": 1}))
    ends = room.closes
    assert recording.sweep_recordings(at(ends + timedelta(seconds=119))) == 0
    for _ in range(2):
        recording.sweep_recordings(at(ends + timedelta(seconds=121)))
    assert handed == [room.pk]


def test_recordings_end_with_their_time_and_with_their_room(room, recorded, handed, at):
    (recorded / recording.WHOLE).write_bytes(b"sound")
    stray = recorded.parent / "room-999999"
    stray.mkdir()
    recording.sweep_recordings(at(room.closes + timedelta(days=1)))
    assert recorded.exists() and not stray.exists() and handed == []
    closed = room.event.window.closes
    for moment, dry_run, count in ((closed, False, 0), (closed + timedelta(days=32), True, 1)):
        assert recording.keep_recordings(moment, dry_run=dry_run) == count
        assert recorded.exists()
    assert recording.keep_recordings(closed + timedelta(days=32), dry_run=False) == 1
    assert not recorded.exists()


def test_pictures_and_empty_parts_are_deleted_and_nothing_is_made_of_them(room, recorded):
    (recorded / "1-video-1.mjr").write_bytes(part({"u": 1}))
    (recorded / "1-audio-0.mjr").write_bytes(part({"s": 1}, b""))
    (recorded / "2-audio-0.mjr").write_bytes(b"MJR")
    recording.mix(room.pk)
    assert list(recorded.iterdir()) == []


def test_parts_that_cannot_be_mixed_are_kept_for_another_try(room, recorded, monkeypatch, caplog):
    (recorded / "1-audio-0.mjr").write_bytes(part({"u": 1}))
    monkeypatch.setenv("PATH", "")
    mix_voices(room.pk)
    assert "janus-pp-rec is not on this server." in caplog.text
    assert [each.name for each in recorded.iterdir()] == ["1-audio-0.mjr"]


def test_organisers_get_it_and_delete_it_and_nobody_else_does(
    room, recorded, address, ben, sana, cleo, ada, seat, client_of
):
    (recorded / recording.WHOLE).write_bytes(b"sound")
    seat(room, ben)
    for person in (ben, sana, cleo):
        assert client_of(person).get(f"{address}recording/").status_code == 404
        assert client_of(person).post(f"{address}recording/delete/").status_code == 404
    organiser = client_of(ada)
    answer = organiser.get(f"{address}recording/")
    assert b"".join(answer.streaming_content) == b"sound" and answer["Content-Type"] == "audio/mp4"
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    assert organiser.post(f"{address}recording/delete/").status_code == 302
    assert not recorded.exists()
    assert AuditEntry.objects.filter(verb="delete recording", actor=ada).count() == 1


def test_the_page_leads_organisers_to_the_recording_when_the_room_is_over(
    room, recorded, address, ben, ada, seat, client_of, at
):
    seat(room, ben)
    clients = [client_of(ada), client_of(ben)]
    at(room.closes)
    assert "The recording is ready a few minutes after" in clients[0].get(address).content.decode()
    (recorded / recording.WHOLE).write_bytes(b"sound")
    assert [f"{address}recording/" in client.get(address).content.decode() for client in clients] == [True, False]
