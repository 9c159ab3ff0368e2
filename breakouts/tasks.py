import logging

from celery import shared_task

from breakouts.voice.recording import NotMixed, mix

logger = logging.getLogger(__name__)


@shared_task(name="breakouts.mix_voices", time_limit=2 * 60 * 60)
def mix_voices(room_id: int) -> None:
    """The next sweep after an hour tries again."""
    try:
        mix(room_id)
    except NotMixed as problem:
        logger.error("The recording of room %s could not be made: %s", room_id, problem)
