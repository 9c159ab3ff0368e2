from celery import shared_task

from portal import clock
from portal.mail import services


@shared_task(name="portal.send_mail")
def send_mail(mail_id: int) -> None:
    services.send_mail(mail_id, now=clock.now())
