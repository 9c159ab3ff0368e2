"""Whoever must end something beside sockets is told of a revocation once it stands."""

import pytest
from django.db import transaction

from portal.live import registry
from portal.live.services import revoke, revoke_all
from tests.portal.live.little import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch) -> list[tuple[int, str]]:
    heard: list[tuple[int, str]] = []
    monkeypatch.setattr(registry, "_revoked", [])
    registry.register_revoked(lambda user_id, event: heard.append((user_id, event)))
    return heard


def test_after_the_commit_and_not_before(told, person):
    with transaction.atomic():
        revoke(person.pk, event="assembly", reason="left")
        assert told == []
    assert told == [(person.pk, "assembly")]


def test_not_of_what_was_taken_back(told, person):
    with transaction.atomic():
        revoke(person.pk, reason="left")
        transaction.set_rollback(True)
    assert told == []


def test_one_that_fails_does_not_undo_the_revocation(told, person):
    registry.register_revoked(lambda *_: 1 / 0)
    revoke(person.pk, reason="left")
    assert person.revocations.count() == 1


def test_of_many_each_is_told_though_another_fails(told, person):
    registry.register_revoked(lambda *_: 1 / 0)
    other = make_person("sam@example.org")
    revoke_all([person.pk, other.pk], event="assembly", reason="another window")
    assert told == [(person.pk, "assembly"), (other.pk, "assembly")]
