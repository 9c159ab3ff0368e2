"""docker-compose.yml and what is checked as production are one and the same."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.production import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PORTAL = [name for name, service in SERVICES.items() if service["image"] == "assembly-portal"]


def test_the_checked_environment_is_the_one_that_runs() -> None:
    for name in PORTAL:
        assert set(SERVICES[name]["environment"]) | {"DEBUG"} == set(ENVIRONMENT)


def test_no_secret_has_a_default() -> None:
    environment = SERVICES["pages"]["environment"]
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL"):
        assert ":?" in environment[name]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_that_stays_tells_its_health(name: str) -> None:
    assert name == "migrate" or "healthcheck" in SERVICES[name]


@pytest.mark.parametrize("name", [*PORTAL, "nginx"])
def test_nothing_of_ours_has_rights_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert COMPOSE["networks"]["back"]["internal"]


def test_there_is_one_beat() -> None:
    commands = [str(SERVICES[name].get("command", "")) for name in PORTAL]
    assert sum(" beat" in command for command in commands) == 1
    assert not any(" -B" in command for command in commands)


def test_the_portal_does_not_run_as_root() -> None:
    assert "\nUSER portal\n" in (ROOT / "deploy" / "Dockerfile").read_text()
