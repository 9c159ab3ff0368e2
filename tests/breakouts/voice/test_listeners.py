"""People without a browser hear and see one who speaks, through the portal and a real media server."""

import shutil

import pytest

from benchmarks.house import house
from tests.servers import running_janus

CUT_WITHIN = 5.0


@pytest.mark.slow
def test_a_small_room_hears_one_speaker_until_the_seat_is_given_up():
    pytest.importorskip("aiortc", reason="aiortc is not installed (requirements/voice.txt).", exc_type=ImportError)
    if shutil.which("janus") is None:
        pytest.skip("Janus is not on this machine (Debian: apt-get install janus).")
    from benchmarks.voice import fill_room

    with running_janus() as janus, house(5, engine="sqlite") as built:
        figures = fill_room(built, janus, speakers=1)
    assert figures["people"] == 5
    assert max(figures["line_cut_s"], figures["silent_s"]) < CUT_WITHIN
