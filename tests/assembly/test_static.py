"""Static files as production names them."""

import json
import re
from pathlib import Path
from typing import Any

from django.core.management import call_command


def collect(folder: Path, settings: Any) -> dict[str, str]:
    """Collect as production does; gives each name's hashed name."""
    settings.STATIC_ROOT = folder
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "assembly.storage.StaticStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return dict(json.loads((folder / "staticfiles.json").read_text())["paths"])


def test_a_module_imports_others_by_their_hashed_names(tmp_path: Path, settings: Any) -> None:
    hashed = collect(tmp_path, settings)
    ours = [hashed[name] for name in hashed if name.startswith("js/")]
    assert ours
    for name in ours:
        imported = re.findall(r"""from\s*["'](\.[^"']+)["']""", (tmp_path / name).read_text())
        assert all(re.search(r"\.[0-9a-f]{12}\.", path) for path in imported), name
