from celery import shared_task

from library.recordings import make_recording
from portal import clock


@shared_task(name="library.make_stream", time_limit=8 * 60 * 60)
def make_stream(recording_id: int) -> None:
    make_recording(recording_id, now=clock.now())
