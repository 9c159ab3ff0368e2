"""Every sweep there is, run twice and by two at once, does what one run does."""

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail

from breakouts.services import add_room, open_round
from portal.live.models import Revocation
from portal.mail.services import post_mail
from portal.models import Delegate, Heartbeat
from portal.people.writing.letters import words_of
from portal.sweeps.registry import sweeps
from tests.breakouts.rush import rush
from tests.conftest import make_delegate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
# The clock of each row's own log, and what only a shared counter gives.
APART = {"id", "version"}
OURS = {"portal", "networking", "breakouts", "library"}


@pytest.fixture
def much_is_due(event, ben, sana, make_session, at):
    """The morning after: the portal never opened, nobody was written to, a mail waits and an offer has lapsed."""
    now = at("2022-05-28T09:30")
    add_room(open_round(make_session(kind="round")), title="Room", theme="", capacity=2)
    event.capacity = 3
    event.save()
    words = words_of(event) | {"name": ben.name}
    post_mail(key="waits", to=ben.user.email, occasion="confirmed", event_id=event.pk, words=words, now=now)
    late = make_delegate(event, "late@example.org", "Late Placeholder")
    yesterday = now - timedelta(days=1)
    Delegate.objects.filter(pk=late.pk).update(state="waiting", queued_at=yesterday, offered_until=yesterday)
    Revocation.objects.create(user_id=ben.user_id, at=now - timedelta(days=9))
    return now


def rows() -> dict[str, list[str]]:
    """Everything that is kept, without the numbers of rows."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS and model is not Heartbeat]
    return {model._meta.label: sorted(map(plain, model._default_manager.values())) for model in models}


def plain(row: dict[str, object]) -> str:
    return str({field: value for field, value in row.items() if field not in APART})


@pytest.mark.parametrize("name", sorted(sweeps()))
def test_a_second_run_changes_nothing_more(much_is_due, name):
    sweeps()[name](much_is_due)
    once, sent = rows(), len(mail.outbox)
    sweeps()[name](much_is_due)
    assert rows() == once
    assert len(mail.outbox) == sent


@pytest.mark.parametrize("name", sorted(sweeps()))
def test_two_at_once_do_what_one_does(much_is_due, name):
    def sweep() -> None:
        sweeps()[name](much_is_due)

    outcomes = rush([sweep, sweep])
    together, sent = rows(), Counter(str(each.to) for each in mail.outbox)
    assert outcomes == {"done": 2}
    # What one run alone would still do, two at once have done.
    sweep()
    assert rows() == together
    assert Counter(str(each.to) for each in mail.outbox) == sent
    assert all(number == 1 for number in sent.values())


def test_something_is_due_to_most_of_them(much_is_due):
    done = {name: sweep(much_is_due) for name, sweep in sweeps().items()}
    busy = {name for name, number in done.items() if number}
    assert {"portal.open", "portal.remind", "portal.mail", "portal.places", "portal.revocations"} <= busy
