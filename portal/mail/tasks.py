from celery import shared_task

from portal import clock
from portal.mail import services


@shared_task(name="portal.send_mails")
def send_mails(*mail_ids: int) -> None:
    services.send_mails(mail_ids, now=clock.now())
