"""Versions, hints on commit, and revocations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.test import Client

from portal.live import services
from portal.live.access import hash_session
from portal.live.models import Log, Revocation
from portal.live.registry import Channel, ChannelKind, Frame, find_channel, register_channel
from tests.portal.live.little import Little


@pytest.mark.django_db(transaction=True)
def test_a_bump_belongs_to_the_transaction_of_its_change() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        services.bump("talk.1")
    assert not Log.objects.exists()


@pytest.mark.django_db
def test_a_log_counts_from_one(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert [services.bump("talk.1"), services.bump("talk.1")] == [1, 2]
    assert services.bump("talk.2") == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_takes_its_version_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.bump("talk.1")
        _ = 1 / 0
    with transaction.atomic():
        assert services.bump("talk.1") == 1


@pytest.mark.django_db
def test_several_logs_are_bumped_in_order() -> None:
    versions = services.bump_all(["talk.2", "talk.10", "talk.1", "talk.2"])
    assert list(versions.items()) == [("talk.1", 1), ("talk.10", 1), ("talk.2", 1)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(services, "_send", sent.append)
    with transaction.atomic():
        services.publish("talk.1", Frame(1, "message", "<p>hello</p>"))
        services.touch("talk.1.tally")
        assert sent == []
    assert [text.partition("\n")[0] for text in sent] == ["talk.1 1", "talk.1.tally ~"]


def test_a_kind_is_a_log_or_a_gauge() -> None:
    with pytest.raises(ValueError, match="log or a gauge"):
        ChannelKind(name="talk", may_hear=lambda *_: True)


def test_two_kinds_cannot_share_a_name(little: Little) -> None:
    with pytest.raises(ValueError, match="named talk"):
        register_channel(ChannelKind(name="talk", may_hear=lambda *_: True, state=little.state))


def test_a_name_without_its_id_is_its_kind(little: Little) -> None:
    found = [find_channel(name) for name in ("talk.12", "talk.12.tally", "talk.12.other")]
    assert [c and (c.kind.name, c.id) for c in found] == [("talk", 12), ("talk.tally", 12), None]
    assert isinstance(found[0], Channel)


@pytest.mark.django_db(transaction=True)
def test_signing_out_stores_no_session_key(person: AbstractBaseUser, client_of: Client) -> None:
    key = client_of.session.session_key or ""
    client_of.logout()
    revocation = Revocation.objects.get()
    assert revocation.session_hash == hash_session(key)
    assert key and key not in revocation.session_hash
    assert (revocation.user_id, revocation.event) == (person.pk, "")


@pytest.mark.django_db
def test_old_revocations_are_forgotten(person: AbstractBaseUser) -> None:
    noon = datetime(2026, 5, 27, 12, tzinfo=UTC)
    for minute in (0, 1):
        revocation = Revocation.objects.create(user_id=person.pk, reason="signed out")
        Revocation.objects.filter(pk=revocation.pk).update(at=noon + timedelta(minutes=minute))
    assert services.forget_revocations(before=noon + timedelta(minutes=1)) == 1
    assert Revocation.objects.get().at == noon + timedelta(minutes=1)
