"""Where Celery looks for tasks: each package has its own."""

from portal.mail.tasks import send_mails
from portal.sweeps.tasks import sweep

__all__ = ["send_mails", "sweep"]
