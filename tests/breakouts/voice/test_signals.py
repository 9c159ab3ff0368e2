"""What one browser says to another in a room to find the way to it."""

import pytest

from breakouts.voice import services
from breakouts.voice.models import Signal
from breakouts.voice.services import VoiceRefused

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_signal_goes_to_one_person_and_is_read_again_by_version(room, ben, sana, join):
    from breakouts.voice.live import frames_after

    one, other = join(room, ben), join(room, sana)
    services.send_signal(one, other, "hello")
    signal = services.send_signal(one, other, "again")
    assert [frame.body["body"] for frame in frames_after(other.pk, 0, 10)] == ["hello", "again"]
    assert [frame.version for frame in frames_after(other.pk, signal.version - 1, 10)] == [signal.version]
    assert frames_after(one.pk, 0, 10) == []


def test_a_signal_carries_no_byte_that_no_database_takes(room, ben, sana, join):
    assert services.send_signal(join(room, ben), join(room, sana), "he\x00llo").body == "hello"


def test_signals_end_with_who_sent_them(room, ben, sana, join):
    one, other = join(room, ben), join(room, sana)
    services.send_signal(one, other, "hello")
    join(room, ben)
    assert not Signal.objects.exists()


def test_no_signal_to_who_is_out_in_another_room_or_without_end(room, make_round, ben, sana, join):
    one, other = join(room, ben), join(room, sana)
    elsewhere = join(make_round(2, title="Round two").rooms.get(), sana)
    with pytest.raises(VoiceRefused):
        services.send_signal(one, elsewhere, "hello")
    with pytest.raises(VoiceRefused, match="too long"):
        services.send_signal(one, other, "x" * 40_000)
    services.leave_voice(other, entry=other.entry)
    other.refresh_from_db()
    with pytest.raises(VoiceRefused):
        services.send_signal(one, other, "hello")
