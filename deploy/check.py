"""`make check`: all that reads the code without running it. Failures are listed last."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.production import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON_FILES = ("assembly", "portal", "networking", "breakouts", "library", "deploy", "tests", "benchmarks")


def main() -> int:
    checks = {
        "Python style (ruff)": tool("ruff", "check", "--quiet", *folders()),
        "Python layout (ruff format)": tool("ruff", "format", "--check", "--quiet", *folders()),
        "Types (mypy)": tool("mypy", DEBUG="true"),
        "Imports go downwards (import-linter)": tool("lint-imports", "--no-logo"),
        "Migrations match models": manage("makemigrations", "--check", "--dry-run", DEBUG="true"),
        "Safe in production (check --deploy)": manage("check", "--deploy", "--fail-level", "WARNING", **ENVIRONMENT),
        "Templates (djlint)": tool("djlint", "--lint", "--quiet", "templates"),
        "docker-compose.yml by its schema": tool(
            "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"
        ),
        "No addresses in lock files": no_addresses,
    }
    failed = [title for title, check in checks.items() if not passes(title, check)]
    for title in failed:
        print(f"Failed: {title}")
    if not failed:
        print("All checks passed.")
    return len(failed)


def passes(title: str, check: Callable[[], bool]) -> bool:
    print(f"== {title}", flush=True)
    return check()


def tool(name: str, *arguments: str, **environment: str) -> Callable[[], bool]:
    command = [str(BIN / name), *arguments]
    return lambda: subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode == 0


def manage(*arguments: str, **environment: str) -> Callable[[], bool]:
    return tool("python", "manage.py", *arguments, **environment)


def folders() -> list[str]:
    return [name for name in PYTHON_FILES if (ROOT / name).is_dir()]


def no_addresses() -> bool:
    """A lock with an address would send every machine to the registry that this one happened to use."""
    locks = [*ROOT.glob("requirements/*.txt"), ROOT / "package-lock.json"]
    found = [lock.name for lock in locks if "http://" in lock.read_text() or "https://" in lock.read_text()]
    if found:
        print(f"Addresses stand in {', '.join(found)}.")
    return not found


if __name__ == "__main__":
    sys.exit(main())
