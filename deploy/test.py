"""
`make test`: everything on SQLite, and the tests marked `database` again on PostgreSQL.

The tests in browsers run beside the others, and what they print comes at the end: each half waits much for its servers.
Arguments go to pytest. The last line printed is the sum of all runs.
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from assembly.processes import Refused
from tests.servers import chromium, postgresql, running_postgresql

CI = os.environ.get("CI") == "true"
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Outcome:
    code: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        passed, failed = self.passed + other.passed, self.failed + other.failed
        return Outcome(self.code or other.code, passed, failed, self.skipped + other.skipped)


def main(arguments: list[str]) -> int:
    programs = find_programs()
    environment = dict(os.environ)
    elsewhere = environment.pop("DATABASE_URL", "")
    with ExitStack() as stack:
        printed = stack.enter_context(tempfile.TemporaryFile("w+"))
        beside = stack.enter_context(ThreadPoolExecutor(1))
        browsers = beside.submit(pytest, "-m", "browser", *arguments, environment=environment, out=printed)
        print("== Tests on SQLite", flush=True)
        outcomes = [pytest("-m", "not browser", *arguments, environment=environment)]
        url = elsewhere or (programs and stack.enter_context(running_postgresql(programs)))
        if url:
            print("== Tests on PostgreSQL", flush=True)
            outcomes.append(pytest("-m", "database", *arguments, environment={**environment, "DATABASE_URL": url}))
        outcomes.append(browsers.result())
        print("== Tests in browsers, on SQLite", flush=True)
        printed.seek(0)
        print(printed.read(), end="")
    # A chosen few may hold none of one kind.
    ran = [each for each in outcomes if each.code != NOTHING_COLLECTED]
    total = sum(ran, start=Outcome(0 if ran else NOTHING_COLLECTED))
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return total.code


def find_programs() -> Path | None:
    """Bring Chromium and PostgreSQL where that is ours to do; say what goes untested without them."""
    if not chromium():
        apt_install("chromium-headless-shell") or apt_install("chromium")
    if not chromium():
        missing("Chromium", "browser tests are skipped")
    programs = postgresql()
    if not programs and not os.environ.get("DATABASE_URL") and apt_install("postgresql"):
        programs = postgresql()
    if not programs and not os.environ.get("DATABASE_URL"):
        missing("PostgreSQL", "tests of the database run on SQLite alone")
    return programs


def apt_install(package: str) -> bool:
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return False
    print(f"Installing {package} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return all(
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL).returncode == 0
        for command in (["apt-get", "update", "-qq"], install)
    )


def missing(program: str, consequence: str) -> None:
    if CI:
        sys.exit(f"{program} is missing and could not be installed: CI needs it.")
    print(f"{program} is not on this machine, so {consequence}.", flush=True)


def pytest(*arguments: str, environment: dict[str, str], out: IO[str] | None = None) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, env=environment, stdout=out, stderr=out).returncode
        return count(code, report)


def count(code: int, report: Path) -> Outcome:
    if not report.exists():
        return Outcome(code)
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    of = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        of = {name: number + int(suite.get(name, 0)) for name, number in of.items()}
    failed = of["failures"] + of["errors"]
    return Outcome(code, of["tests"] - failed - of["skipped"], failed, of["skipped"])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        sys.exit(str(refused))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
