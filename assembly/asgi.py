"""Everything in the embedded default, and only the live gateway in production."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assembly.settings")

# Loads the apps: what follows imports models.
stock = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402

from assembly.onehop import OneHopHandler  # noqa: E402
from portal.live.direct import DirectWriting  # noqa: E402
from portal.live.routing import websocket_urlpatterns  # noqa: E402

one_hop = OneHopHandler()
live = OriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), settings.ORIGINS)


async def pages(scope, receive, send):  # type: ignore[no-untyped-def]
    """Files stream without holding a thread of the pool; every page takes one hop."""
    handler = stock if scope["path"].startswith("/files/") else one_hop
    await handler(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": ASGIStaticFilesHandler(pages) if settings.DEBUG else pages,  # type: ignore[arg-type]
        "websocket": DirectWriting(live),
    }
)
