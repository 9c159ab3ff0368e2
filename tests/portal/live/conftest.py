"""Fixtures for the gateway's tests: fake channels, a person, and their tabs."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from portal.live import registry, services
from portal.live.registry import ChannelKind
from tests.portal.live.little import Little, OpenTab, Tab, make_person, sign_in


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Little:
    little = Little()
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_doors", [])
    monkeypatch.setattr(registry, "_witnesses", [])
    registry.register_channel(ChannelKind(name="talk", may_hear=little.may_hear, frames_after=little.frames_after))
    registry.register_channel(ChannelKind(name="talk.tally", may_hear=little.may_hear, state=little.state))
    registry.register_channel(ChannelKind(name="desk", may_hear=little.may_hear, states=little.states))
    registry.register_door(little.door)
    registry.register_witness(little.witness)
    return little


@pytest.fixture(autouse=True)
def now() -> None:
    """Sockets, beats and rounds live in real time here."""


@pytest.fixture(autouse=True)
def _own_redis_channel(settings: Any) -> None:
    """Redis subscriptions are shared by all who run tests on this server at once."""
    settings.LIVE_REDIS_CHANNEL = f"test.live.{secrets.token_hex(8)}"


@pytest.fixture
def no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_silent_until", 0.0)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def bare_middleware(settings: Any) -> None:
    """Sessions and users only: these tests know no events."""
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]


@pytest.fixture
def person(transactional_db: None) -> AbstractBaseUser:
    return make_person("pat@example.org")


@pytest_asyncio.fixture
async def open_tab() -> AsyncIterator[OpenTab]:
    """Opens tabs, and closes those still open when the test ends."""
    tabs: list[Tab] = []

    async def open_one(client: Client | None, event: str = "assembly") -> Tab:
        tab = Tab(client, event)
        tabs.append(tab)
        return await tab.open()

    yield open_one
    for tab in tabs:
        with contextlib.suppress(Exception):
            await tab.disconnect(timeout=5)


@pytest.fixture
def client_of(person: AbstractBaseUser) -> Client:
    return sign_in(person)
