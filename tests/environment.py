"""A pytest plugin, loaded before Django's settings are: the environment they read, and a real Valkey."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.servers import running_valkey

_servers = ExitStack()
os.environ.setdefault("DEBUG", "true")
os.environ["DATA_DIR"] = _servers.enter_context(tempfile.TemporaryDirectory(prefix="assembly-test-"))
# Playwright's synchronous interface runs a loop of its own beside the ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Never the one a developer works with: tests empty it.
os.environ["REDIS_URL"] = _servers.enter_context(running_valkey())
# A clean checkout has collected no static files, and WhiteNoise warns of that at every client.
Path("staticfiles").mkdir(exist_ok=True)


def pytest_unconfigure() -> None:
    _servers.close()
