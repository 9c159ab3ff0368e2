from celery import shared_task

from portal import clock
from portal.sweeps.services import run_sweeps


@shared_task(name="portal.sweep", expires=30)
def sweep() -> None:
    run_sweeps(now=clock.now())
