"""`manage.py serve` as a process of its own, for the tests that meet the portal as a person does."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import free_tcp_port, until

ROOT = Path(__file__).resolve().parents[1]
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ASSEMBLY_NOW", "ORIGINS", "ALLOWED_HOSTS", "JANUS_URL")


@dataclass
class Serving:
    """One run of `manage.py serve`, and what it printed."""

    data: Path
    port: int = field(default_factory=free_tcp_port)
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> "Serving":
        self.out = self.data / f"out-{time.monotonic_ns()}.txt"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.whole_environment(),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        return self

    def whole_environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        mine = {"DEBUG": "true", "DATA_DIR": str(self.data), "PORT": str(self.port)}
        return {**clean, **mine, **self.environment}

    def run(self, code: str) -> str:
        """What this Python prints in a process of its own, on the same rows and the same Valkey."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        environment = self.whole_environment()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def text(self) -> str:
        return self.out.read_text()

    def ready(self) -> "Serving":
        until(lambda: "Ctrl-C stops everything." in self.text() or self.ended(), 180)
        assert not self.ended(), self.text()
        return self

    def ended(self) -> bool:
        return self.process.poll() is not None

    def descendants(self) -> set[int]:
        """Every process below this one, whatever started it."""
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        parents = {int(pid): int(parent) for pid, parent in map(str.split, table.stdout.splitlines())}
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}
