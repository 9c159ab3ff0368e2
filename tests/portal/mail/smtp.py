"""A mail server of a few lines (RFC 5321): it keeps what it takes, and refuses whom a test says."""

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default


class Post(socketserver.ThreadingTCPServer):
    """``refused`` are never taken, ``busy`` are put off so often; after ``dies_after`` mails it hangs up."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[tuple[str, Message]] = []
        self.refused: set[str] = set()
        self.busy: Counter[str] = Counter()
        self.dies_after: int | None = None
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def answer_reader(self, reader: str) -> str:
        if reader in self.refused:
            return "550 No such person"
        if self.busy[reader]:
            self.busy[reader] -= 1
            return "451 Try later"
        return "250 OK"


class _Talk(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        self.server.connections += 1
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                self.reader = line.split("<")[1].split(">")[0]
                self._say(self.server.answer_reader(self.reader))
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
                if self.server.dies_after is not None and len(self.server.taken) >= self.server.dies_after:
                    return
                self._say("250 OK")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 OK")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.taken.append((self.reader, message_from_bytes(b"".join(lines), policy=default)))

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def running_post() -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
