"""The cast: Ada organises, Ben attends, Sana speaks, Cleo belongs to another event."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

LONDON = ZoneInfo("Europe/London")
LIVE = "2022-05-27T10:00"


@pytest.fixture(autouse=True)
def _settings(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CELERY_TASK_ALWAYS_EAGER = False


@pytest.fixture
def at(monkeypatch) -> Callable[[str | datetime], datetime]:
    """Freezes the portal's clock at a UK local time."""
    from portal import clock

    def freeze(moment: str | datetime) -> datetime:
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=LONDON)
        monkeypatch.setattr(clock, "frozen", moment)
        return moment

    return freeze


@pytest.fixture(autouse=True)
def now(at) -> datetime:
    """The live day at ten, unless a test says otherwise."""
    return at(LIVE)


def make_event(slug: str, name: str):
    from portal.models import Event

    return Event.objects.create(slug=slug, name=name, first_day=date(2022, 5, 27), last_day=date(2022, 5, 27))


def make_delegate(event, email: str, name: str, *, listed: bool = True):
    from portal.models import Delegate, User

    user = User.objects.create_user(email, name)
    return Delegate.objects.create(
        event=event, user=user, name=name, organisation="Example Trust", role="learner", listed=listed,
        registered_at=datetime(2022, 5, 1, tzinfo=LONDON),
    )  # fmt: skip


@pytest.fixture
def event(db):
    return make_event("assembly-2022", "National Annual Learner Assembly")


@pytest.fixture
def other_event(db):
    return make_event("another", "Another Assembly")


@pytest.fixture
def ada(event):
    from allauth.mfa.models import Authenticator

    from portal.models import User

    user = User.objects.create_user("ada@example.org", "Ada Placeholder", is_staff=True)
    # Outside DEBUG the admin asks organisers for a second factor.
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    event.organisers.add(user)
    return user


@pytest.fixture
def ben(event):
    return make_delegate(event, "ben@example.org", "Ben Placeholder")


@pytest.fixture
def sana(event):
    return make_delegate(event, "sana@example.org", "Sana Placeholder")


@pytest.fixture
def sana_speaker(event, sana):
    from portal.models import Speaker

    return Speaker.objects.create(event=event, user=sana.user, name=sana.name)


@pytest.fixture
def cleo(other_event):
    return make_delegate(other_event, "cleo@example.org", "Cleo Placeholder")


@pytest.fixture
def make_session(event):
    """A session of the live day: ``make_session("Opening", "09:00", "10:30", kind="keynote")``."""
    from portal.models import Session

    def make(title: str = "Opening", starts: str = "09:30", ends: str = "10:30", *, kind: str = "keynote"):
        day = date(2022, 5, 27)
        times = [datetime.combine(day, datetime.strptime(t, "%H:%M").time(), LONDON) for t in (starts, ends)]  # noqa: DTZ007
        return Session.objects.create(event=event, kind=kind, title=title, starts=times[0], ends=times[1])

    return make


@pytest.fixture
def client_of():
    """A signed-in test client for a User or a Delegate; for None, nobody's."""
    from django.test import Client

    def sign_in(person=None, **kwargs) -> Client:
        client = Client(**kwargs)
        if person is not None:
            client.force_login(getattr(person, "user", person))
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _clean_redis() -> Iterator[None]:
    yield
    from django.conf import settings
    from redis import Redis, RedisError

    with suppress(RedisError):
        Redis.from_url(settings.REDIS_URL).flushdb()


@pytest.fixture(autouse=True)
def _nobody_has_asked() -> Iterator[None]:
    """The count of questions lives in the process, and so from one test to the next."""
    yield
    from networking.questions.limits import allowance

    allowance.forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: their loop runs until the end, and asynchronous tests bring their own."""
    items.sort(key=lambda item: "journeys" in item.path.parts)
