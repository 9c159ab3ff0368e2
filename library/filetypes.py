"""What a file really is, by its content: the name and the browser's word count for nothing."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024  # bytes
MAX_PART = 1024 * 1024
MAX_OBJECTS = 32 * 1024 * 1024
# What reading a package raises: of a name that is no text or a place before its beginning (ValueError), of its parts.
DAMAGED = (
    zipfile.BadZipFile, ValueError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, KeyError, EOFError,
    OSError,
)  # fmt: skip


class BadFile(ValueError):
    """Says in plain words why a file is refused."""


@dataclass(frozen=True)
class FileType:
    name: str
    ending: str
    content_type: str


_OPEN = "application/vnd.openxmlformats-officedocument"
_FREE = "application/vnd.oasis.opendocument"
PDF = FileType("PDF", ".pdf", "application/pdf")
PPTX = FileType("PowerPoint", ".pptx", f"{_OPEN}.presentationml.presentation")
ODP = FileType("OpenDocument slides", ".odp", f"{_FREE}.presentation")
DOCX = FileType("Word", ".docx", f"{_OPEN}.wordprocessingml.document")
XLSX = FileType("Excel", ".xlsx", f"{_OPEN}.spreadsheetml.sheet")
ODT = FileType("OpenDocument text", ".odt", f"{_FREE}.text")
ODS = FileType("OpenDocument sheet", ".ods", f"{_FREE}.spreadsheet")

SLIDES = (PDF, PPTX, ODP)
DOCUMENTS = (*SLIDES, DOCX, XLSX, ODT, ODS)
_OFFICE = {"ppt/presentation.xml": PPTX, "word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")


def identify(data: bytes, allowed: Iterable[FileType]) -> FileType:
    """The file's type. Raises BadFile for another type, and for a file that can act by itself."""
    allowed = tuple(allowed)
    found = None
    if data.startswith(b"%PDF-"):
        found = _check_pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        found = _check_zip(data)
    if found not in allowed or found is None:
        names = ", ".join(kind.ending[1:].upper() for kind in allowed[:-1])
        raise BadFile(
            f"This file is not of a kind we can share. Choose a {names} or {allowed[-1].ending[1:].upper()} file."
        )
    return found


def safe_filename(name: str, kind: FileType) -> str:
    """The name as people will save it: no path, no control characters, the true ending."""
    last = PurePath(name.replace("\\", "/")).name
    stem = last.rpartition(".")[0] if "." in last else last
    stem = "".join(letter for letter in stem if letter.isprintable() and letter not in '<>:"/\\|?*').strip(" .")
    return f"{stem[:100] or 'document'}{kind.ending}"


def _check_pdf(data: bytes) -> FileType:
    if b"%%EOF" not in data[-2048:]:
        raise BadFile("This PDF is not complete. Save it again, then choose it once more.")
    if b"/Encrypt" in data:
        raise BadFile("This PDF is protected by a password. Save it without, then choose it once more.")
    if any(_ACTIVE.search(_plain(part)) for part in (data, *_object_streams(data))):
        raise BadFile(
            "This PDF has a script, a program or another file inside. Save it as a plain PDF, then choose it once more."
        )
    return PDF


def _plain(data: bytes) -> bytes:
    """Names in a PDF may be written with #xx for any letter."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)


def _object_streams(data: bytes) -> Iterable[bytes]:
    """What compressed object streams hold, up to a limit for all of them."""
    left, before = MAX_OBJECTS, 0
    for match in re.finditer(rb"stream\r?\n", data):
        if left <= 0:
            raise BadFile("This PDF is packed too tightly to be checked. Save it again as a plain PDF.")
        # All that was said since the stream before it, however much that is.
        said, before = data[before : match.start()], match.end()
        if b"/ObjStm" not in _plain(said):
            continue
        try:
            part = zlib.decompressobj().decompress(data[match.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        yield part


def _check_zip(data: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_entries(package)
            return _free_type(package) or _office_type(package)
    except BadFile:
        raise
    except DAMAGED:
        raise BadFile("This file is damaged. Save it again, then choose it once more.") from None


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BadFile("This file unpacks to far more than slides need. Save it with smaller pictures.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadFile("This file is protected by a password. Save it without, then choose it once more.")
    if any(_is_macro(entry.filename.lower()) for entry in entries):
        raise BadFile("This file has macros inside. Save it without macros, then choose it once more.")


def _is_macro(name: str) -> bool:
    return name.endswith("vbaproject.bin") or "activex" in name or name.startswith(("basic/", "scripts/"))


def _office_type(package: zipfile.ZipFile) -> FileType | None:
    names = set(package.namelist())
    if "[Content_Types].xml" not in names:
        return None
    if b"macroenabled" in _read_part(package, "[Content_Types].xml").lower():
        raise BadFile("This file has macros inside. Save it without macros, then choose it once more.")
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def _free_type(package: zipfile.ZipFile) -> FileType | None:
    if "mimetype" not in package.namelist() or "content.xml" not in package.namelist():
        return None
    said = _read_part(package, "mimetype").decode("ascii", "replace").strip()
    return next((kind for kind in (ODP, ODT, ODS) if kind.content_type == said), None)


def _read_part(package: zipfile.ZipFile, name: str) -> bytes:
    """What is read is limited by itself: sizes in the directory may lie."""
    with package.open(name) as part:
        data = part.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise BadFile("This file is built in a way we do not know. Save it again, then choose it once more.")
    return data


def check_captions(data: bytes) -> bytes:
    """WebVTT as UTF-8 text with ``\\n`` ends. Raises BadFile."""
    if len(data) > MAX_PART:
        raise BadFile("Captions can be at most 1 MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("Captions must be saved as UTF-8 text.") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"WEBVTT([ \t\n]|$)", lines) or "\x00" in lines:
        raise BadFile("This file is not WebVTT: its first line must be WEBVTT.")
    if "-->" not in lines:
        raise BadFile("These captions are empty: there is no line of speech in them.")
    return lines.encode()
