"""Whose pages may open a socket, asked of the whole ASGI application."""

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings

from assembly.asgi import application
from portal.live.hub import current_hub


async def knock(headers: list[tuple[bytes, bytes]]) -> tuple[bool, int | None]:
    return await WebsocketCommunicator(application, "/live/assembly-2022/", headers).connect(timeout=5)


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.test", "ORIGIN.evil.test", "ORIGIN@evil.test", "https://localhost:1", "file://", "*"],
)
async def test_a_page_of_another_origin_is_refused_and_logged(
    origin: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    own = settings.ORIGINS[0]
    headers = [] if origin is None else [(b"origin", origin.replace("ORIGIN", own).encode())]
    assert await knock(headers) == (False, 1000)
    assert "Refused a socket whose origin is" in caplog.text
    assert not current_hub().crowd


@pytest.mark.django_db(transaction=True)
async def test_our_own_page_is_asked_who_is_there() -> None:
    assert await knock([(b"origin", settings.ORIGINS[0].encode())]) == (False, 4401)
