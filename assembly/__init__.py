"""The composition root: settings, addresses and processes. It imports every app; nothing imports it."""

from assembly.celery import app as celery_app

__all__ = ["celery_app"]
