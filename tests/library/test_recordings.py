"""The life of a recording: made by ffmpeg, published with captions, withdrawn and brought back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from library import films, store
from library.filetypes import BadFile
from library.models import TRANSITIONS, Recording, State
from library.recordings import (
    NO_CAPTIONS,
    NotAllowed,
    add_captions,
    bring_back_due,
    make_due,
    make_recording,
    publish_film,
    publish_recording,
    retry_recording,
    unpublish_recording,
    withdraw_due,
)
from library.uploads import begin_upload, receive_part
from portal.models import AuditEntry
from tests.library.conftest import FILES, read
from tests.library.files import VTT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]


def upload(session, data: bytes, ada, now) -> Recording:
    recording = Recording.objects.create(session=session)
    begun = begin_upload(recording, mark="film.mp4", size=len(data), by=ada, now=now)
    return receive_part(begun, source=begun.source, offset=0, data=data, by=ada, now=now)


def test_every_state_has_its_ways_out():
    assert set(TRANSITIONS) == set(State)


def test_an_uploaded_film_becomes_a_stream_and_a_plain_film(session, film_path, ada, now):
    recording = upload(session, film_path.read_bytes(), ada, now)
    assert make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    assert (recording.state, recording.progress, recording.error) == (State.READY, 100, "")
    folder = store.recording_folder(recording.key) / recording.stream
    assert "360p/index.m3u8" in (folder / "master.m3u8").read_text()
    assert "segment_00000.m4s" in (folder / "360p" / "index.m3u8").read_text()
    plain = (folder / "film.mp4").read_bytes()
    assert plain.index(b"moov") < plain.index(b"mdat")
    assert (folder / "poster.jpg").read_bytes().startswith(b"\xff\xd8")


def test_making_it_twice_makes_it_once(session, film_path, ada, now):
    recording = upload(session, film_path.read_bytes(), ada, now)
    assert make_recording(recording.pk, now=now)
    assert not make_recording(recording.pk, now=now)


def test_a_second_worker_leaves_a_film_in_hand_alone(session, ada, now):
    recording = Recording.objects.create(
        session=session, state=State.PROCESSING, claim="a", claimed_at=now, size=1, received=1
    )
    assert not make_recording(recording.pk, now=now + timedelta(minutes=4))
    recording.refresh_from_db()
    assert recording.claim == "a"


def test_the_sweep_finds_a_film_whose_worker_died(session, now):
    Recording.objects.create(session=session, state=State.PROCESSING, claim="a", claimed_at=now)
    assert make_due(now + timedelta(minutes=4)) == 0
    assert make_due(now + timedelta(minutes=6)) == 1


def test_a_worker_that_lost_its_claim_stops_and_leaves_nothing(session, film_path, ada, now, monkeypatch):
    recording = upload(session, film_path.read_bytes(), ada, now)
    make = films.make_stream

    def taken_over(source, folder, tell):
        Recording.objects.filter(pk=recording.pk).update(claim="another")
        make(source, folder, tell)

    monkeypatch.setattr(films, "make_stream", taken_over)
    assert not make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    assert (recording.state, recording.claim) == (State.PROCESSING, "another")
    assert not list(store.recording_folder(recording.key).glob("stream-*"))


def test_a_film_that_cannot_be_read_fails_in_plain_words_and_can_be_tried_again(session, ada, now):
    recording = upload(session, b"\x00\x00\x00\x18ftypisom" + b"\0" * 500, ada, now)
    assert not make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    assert recording.state == State.FAILED
    assert "no picture that can be read" in recording.error
    assert retry_recording(recording, by=ada, now=now).state == State.UPLOADED


def test_without_ffmpeg_it_says_so(session, film_path, ada, now, monkeypatch):
    def missing() -> str:
        raise films.BadFilm(films.NO_FFMPEG)

    monkeypatch.setattr(films, "ffmpeg", missing)
    recording = upload(session, film_path.read_bytes(), ada, now)
    make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    assert recording.error == films.NO_FFMPEG


def test_a_film_that_stops_the_worker_three_times_fails(session, now):
    recording = Recording.objects.create(session=session, state=State.UPLOADED, attempts=3)
    assert not make_recording(recording.pk, now=now)
    recording.refresh_from_db()
    assert recording.state == State.FAILED


def test_a_film_without_captions_is_not_published(session, ada, now):
    recording = Recording.objects.create(session=session, state=State.READY, stream="stream-x")
    with pytest.raises(NotAllowed) as refused:
        publish_recording(recording, by=ada, now=now)
    assert str(refused.value) == NO_CAPTIONS
    with pytest.raises(IntegrityError):
        Recording.objects.filter(pk=recording.pk).update(state=State.PUBLISHED)


def test_an_unfinished_film_is_not_published(session, ada, now):
    recording = Recording.objects.create(session=session, state=State.UPLOADED, captions="c.vtt")
    with pytest.raises(NotAllowed, match="cannot become"):
        publish_recording(recording, by=ada, now=now)


def test_publishing_and_taking_back_are_written_down(published, ada, now):
    unpublish_recording(published, by=ada, now=now)
    publish_recording(published, by=ada, now=now)
    verbs = list(AuditEntry.objects.filter(actor=ada).values_list("verb", flat=True))
    assert verbs == ["publish film", "unpublish film"]


def test_new_captions_are_to_be_reviewed_again(published, ada, now):
    Recording.objects.update(captions_reviewed=True)
    assert not add_captions(published, data=VTT.encode(), by=ada, now=now).captions_reviewed


def test_bad_captions_change_nothing(published, ada, now):
    with pytest.raises(BadFile):
        add_captions(published, data=b"no captions", by=ada, now=now)
    published.refresh_from_db()
    assert published.captions == "captions-x.vtt"


def test_at_closing_films_move_away_and_an_extension_brings_them_back(published, event, ben, client_of, at):
    url = f"{FILES}recordings/{published.pk}/film.mp4"
    home = store.root() / "recordings" / published.key
    assert withdraw_due(at("2022-11-27T23:59:59")) == 0
    after = at("2022-11-28T00:00:00")
    assert withdraw_due(after) == 1
    assert withdraw_due(after) == 0
    assert not home.exists()
    assert (store.root() / "withdrawn" / published.key).is_dir()
    assert client_of(ben).get(url).status_code == 404

    event.months_after = 7
    event.save(update_fields=["months_after"])
    # The clock lets people in before the sweep has run.
    assert read(client_of(ben).get(url)) == b"0123456789"
    assert bring_back_due(after) == 1
    assert home.is_dir()
    assert read(client_of(ben).get(url)) == b"0123456789"
    published.refresh_from_db()
    assert published.state == State.PUBLISHED


def test_a_withdrawal_that_stopped_half_way_is_ended(published, at):
    store.move_recording(published.key, withdrawn=True)
    assert withdraw_due(at("2022-11-28T00:00:00")) == 1
    assert (store.root() / "withdrawn" / published.key).is_dir()


def test_a_demonstration_is_published_once(session, film_path, now):
    first = publish_film(session, film_path, VTT, now=now)
    second = publish_film(session, film_path, VTT, now=now)
    assert (second.pk, second.stream) == (first.pk, first.stream)
    assert first.state == State.PUBLISHED


@pytest.mark.slow
def test_the_demonstration_film_is_made_once_and_has_captions(tmp_path):
    path, captions = films.demonstration_film(tmp_path)
    assert captions.startswith("WEBVTT")
    assert films.examine(path).seconds == pytest.approx(60, abs=1)
    before = path.stat().st_mtime_ns
    films.demonstration_film(tmp_path)
    assert path.stat().st_mtime_ns == before
