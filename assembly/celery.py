import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assembly.settings")

app = Celery("assembly")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Tasks live inside the packages of each app, so the apps name them in their own `tasks` module.
app.autodiscover_tasks()
