"""Everything in the embedded default, and only the live gateway in production."""

import logging
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assembly.settings")

# Loads the apps: what follows imports models.
stock = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402

from assembly.arrivals import let_in_a_few  # noqa: E402
from assembly.bodies import leave_forms_unread  # noqa: E402
from assembly.collecting import collect_seldom  # noqa: E402
from assembly.onehop import OneHopHandler  # noqa: E402
from breakouts.voice.routing import websocket_urlpatterns as voice_urlpatterns  # noqa: E402
from portal.live.direct import DirectWriting  # noqa: E402
from portal.live.routing import websocket_urlpatterns  # noqa: E402

logger = logging.getLogger(__name__)

leave_forms_unread()
let_in_a_few()
one_hop = OneHopHandler()


async def pages(scope, receive, send):  # type: ignore[no-untyped-def]
    """Files stream without holding a thread of the pool; every page takes one hop."""
    handler = stock if scope["path"].startswith("/files/") else one_hop
    await handler(scope, receive, send)


class OwnOrigins:
    """A socket opened by somebody else's page, or by no page, is refused and leaves a line in the log.

    A browser writes an origin in one way only, so it is compared as it stands and never parsed.
    """

    def __init__(self, app: Any, origins: list[str]) -> None:
        self.app = app
        self.origins = {origin.lower().rstrip("/").encode() for origin in origins}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        named = [value for name, value in scope["headers"] if name == b"origin"]
        app = self.app
        if len(named) != 1 or named[0] not in self.origins:
            logger.warning("Refused a socket whose origin is %.100r", named)
            app = WebsocketDenier.as_asgi()
        await app(scope, receive, send)


live = OwnOrigins(URLRouter([*websocket_urlpatterns, *voice_urlpatterns]), settings.ORIGINS)
application = ProtocolTypeRouter(
    {
        "http": ASGIStaticFilesHandler(pages) if settings.DEBUG else pages,  # type: ignore[arg-type]
        "websocket": DirectWriting(live),
    }
)
collect_seldom()
