"""Servers of their own, killed and slowed: kept out of the normal run, `make faults` asks for them."""

import os
from pathlib import Path

import pytest

from tests.servers import postgresql


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return None if "faults" in config.option.markexpr else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(autouse=True)
def now() -> None:
    """Everything here happens in real time."""


@pytest.fixture(scope="session", autouse=True)
def _needs() -> None:
    if postgresql() is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("PostgreSQL is not on this machine.")
