"""Django's own sessions in the database, but for the one query that comes with every request."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from portal.prepared import Blank, Prepared


class SessionStore(db.SessionStore):
    """Named in ``SESSION_ENGINE``."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.find(key=self.session_key, now=timezone.now())
        if found is None:
            # As Django does it: who comes with a session that is gone gets a key of its own.
            self._session_key = None
        return found


def _sessions() -> QuerySet[Session]:
    key, now = Blank("key", CharField()), Blank("now", DateTimeField())
    return Session.objects.filter(session_key=key, expire_date__gt=now)


_SESSION = Prepared(_sessions)
