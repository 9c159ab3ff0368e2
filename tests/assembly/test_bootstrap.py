"""The first step of both commands, which must speak plainly on any machine."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "deploy" / "bootstrap.py"


def test_an_old_python_can_read_it_as_far_as_the_sentence() -> None:
    ast.parse(BOOTSTRAP.read_text(), feature_version=(3, 6))


def test_it_imports_nothing_that_must_be_installed() -> None:
    imported = re.findall(r"^\s*(?:import|from) (\w+)", BOOTSTRAP.read_text(), re.MULTILINE)
    assert set(imported) <= {"hashlib", "importlib", "json", "os", "pathlib", "shutil", "subprocess", "sys"}


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_a_lock_holds_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    pinned = re.findall(r"^[\w.\[\]-]+==.*?(?=^\w|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pinned
    assert all("--hash=sha256:" in entry for entry in pinned)


def test_the_front_end_lock_holds_no_addresses() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text()


def test_the_design_system_asks_nothing_of_another_machine() -> None:
    css = (ROOT / "static/vendor/nhsuk/nhsuk-frontend.min.css").read_text()
    assert "Frutiger" not in css
    assert "@font-face" not in css
    assert "://" not in css.replace("http://www.w3.org/", "")


def test_every_image_that_the_design_system_names_was_copied() -> None:
    folder = ROOT / "static/vendor/nhsuk"
    named = set(re.findall(r"url\(([^)]+)\)", (folder / "nhsuk-frontend.min.css").read_text()))
    assert named
    assert all((folder / name).is_file() for name in named if not name.startswith("data:"))
