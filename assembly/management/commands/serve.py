"""`make run`: the whole portal on one machine."""

import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from assembly import processes
from assembly.processes import Children, Refused
from portal.people.links import demonstration_links

READY_SECONDS = 60.0


class Command(BaseCommand):
    help = "Migrates, loads the demonstration event and runs everything on this machine (PORT chooses the port)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            sys.exit("serve is for one machine and needs DEBUG=true; docker-compose.yml runs the real thing.")
        listen_for_the_end()
        children = Children(settings.DATA_DIR / "log", os.environ)
        reason = None
        try:
            port = processes.free_port(os.environ.get("PORT", "8000"))
            # Open until this process ends, so past the last child.
            self.held = processes.hold_data(settings.DATA_DIR)
            self.run(children, port)
        except Refused as refused:
            reason = str(refused)
        except KeyboardInterrupt:
            self.tell("\nStopping.")
        finally:
            stop_undisturbed(children)
        sys.exit(reason)

    def run(self, children: Children, port: int) -> None:
        self.start_redis(children)
        self.tell("Preparing the database and the demonstration event ...")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("demo", verbosity=0)
        start_portal(children, port)
        self.tell("Starting ...")
        address = f"http://localhost:{port}"
        children.wait_until(lambda: healthy(port), "The portal", READY_SECONDS)
        self.welcome(address)
        children.watch()

    def start_redis(self, children: Children) -> None:
        if os.environ.get("REDIS_URL"):
            processes.check_redis_url(settings.REDIS_URL)
            return
        server = processes.redis_server()
        children.start("redis", processes.redis_command(server, settings.DATA_DIR))
        children.wait_until(lambda: processes.redis_answers(settings.REDIS_URL), "Redis", 10)

    def welcome(self, address: str) -> None:
        self.tell(f"\nAssembly is ready at {address}/")
        self.tell(f"Mailed codes can be read at {address}/mailbox/")
        self.tell("Sign in with one click as:")
        for label, link in demonstration_links(address):
            self.tell(f"  {label:<12} {link}")
        self.tell("Ctrl-C stops everything.")

    def tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def start_portal(children: Children, port: int) -> None:
    beat = Path(settings.DATA_DIR) / "beat"
    worker = ("worker", "-B", "--pool", "threads", "-c", "2", "--without-gossip", "--without-mingle")
    children.start("worker", [sys.executable, "-m", "celery", "-A", "assembly", *worker, "-s", str(beat)])
    # A thousand who come back at once wait their turn: dropping and asking again costs more than waiting.
    patient = ("--websocket_connect_timeout", "60")
    # So do a thousand who press a button at once: beyond Twisted's usual fifty the kernel would hang up on some.
    where = ("-e", f"tcp:{port}:interface=127.0.0.1:backlog=1024")
    web = (*where, *patient, "assembly.asgi:application")
    children.start("web", [sys.executable, "-m", "daphne", *web])


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def listen_for_the_end() -> None:
    """A polite kill ends us as Ctrl-C does, and a closed terminal unless we were told to outlive it."""
    # SIGINT too: a shell that starts us in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)


def stop_undisturbed(children: Children) -> None:
    """A second Ctrl-C must not leave half of them running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    children.stop()


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
