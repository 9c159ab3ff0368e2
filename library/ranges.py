"""The Range header, of one range."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII)


class UnsatisfiableRange(ValueError):
    """Asks for what the file does not have, or asks nonsense: 416."""


@dataclass(frozen=True)
class Span:
    """Bytes from ``start``, ``length`` of them, out of ``size``."""

    start: int
    length: int
    size: int

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.start + self.length - 1}/{self.size}"


def read_range(header: str, size: int) -> Span | None:
    """The bytes asked for; None for the whole file (no header, another unit, or several ranges).

    Raises UnsatisfiableRange.
    """
    if not header.startswith("bytes=") or "," in header:
        return None
    match = _RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        raise UnsatisfiableRange(header)
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end or (not first and int(last) == 0):
        raise UnsatisfiableRange(header)
    return Span(start, end - start + 1, size)
