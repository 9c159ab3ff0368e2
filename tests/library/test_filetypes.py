"""What a file is, by its content."""

import zipfile
import zlib

import pytest

from library.filetypes import (
    DOCUMENTS,
    ODP,
    PDF,
    PPTX,
    SLIDES,
    BadFile,
    check_captions,
    identify,
    safe_filename,
)
from tests.library import files


@pytest.mark.parametrize(("data", "kind"), [(files.PDF, PDF), (files.PPTX, PPTX), (files.ODP, ODP)])
def test_slides_are_known_by_their_content(data, kind):
    assert identify(data, SLIDES) == kind


def pdf_with(words: bytes) -> bytes:
    return files.PDF.replace(b"/Catalog", b"/Catalog " + words)


def packed_object(words: bytes, *, kind: bytes = b"/Type /ObjStm") -> bytes:
    head = b"2 0 obj\n<< " + kind + b" /Filter /FlateDecode >>\nstream\n"
    return pdf_with(b"").replace(b"trailer", head + zlib.compress(words) + b"\nendstream\ntrailer")


DOCM = files.zipped({"[Content_Types].xml": b"<T c='x.macroEnabled.main+xml'/>", "ppt/presentation.xml": b""})
MACRO = files.zipped({"[Content_Types].xml": files.TYPES, "ppt/presentation.xml": b"", "ppt/vbaProject.bin": b""})
ODP_MACRO = files.zipped(
    {
        "mimetype": b"application/vnd.oasis.opendocument.presentation",
        "content.xml": b"",
        "Basic/Standard/x.xml": b"",
    }
)
REFUSED = {
    "html": b"<html><script>alert(1)</script></html>",
    "exe": b"MZ\x90\x00" + b"\x00" * 100,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "html before a pdf": b"<script></script>" + files.PDF,
    "zip": files.zipped({"hello.txt": b"hello"}),
    "macro part": MACRO,
    "macro type": DOCM,
    "free macro": ODP_MACRO,
    "cut zip": files.PPTX[:-30],
    "cut pdf": files.PDF[:-6],
    "pdf script": pdf_with(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "pdf script, hidden letters": pdf_with(b"/S /J#61vaScript"),
    "pdf script, packed": packed_object(b"<< /S /JavaScript >>"),
    "pdf script, packed in hidden letters": packed_object(b"<< /S /JavaScript >>", kind=b"/Type /O#62jStm"),
    "pdf script, packed far from its name": packed_object(b"<< /S /JavaScript >>", kind=b"/Type /ObjStm" + b" " * 500),
    "pdf launch": pdf_with(b"/S /Launch"),
    "pdf with a file": pdf_with(b"/EmbeddedFile"),
    "pdf with files": pdf_with(b"/Names << /EmbeddedFiles 3 0 R >>"),
    "locked pdf": pdf_with(b"/Encrypt 5 0 R"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_slides_or_can_act_is_refused_in_plain_words(name):
    with pytest.raises(BadFile) as refused:
        identify(REFUSED[name], SLIDES)
    assert str(refused.value).endswith(".")


PARTS = {"[Content_Types].xml": files.TYPES, "ppt/presentation.xml": b"<p/>", "ppt/\u00e9.xml": b""}
LZMA = files.zipped(PARTS, packing=zipfile.ZIP_LZMA)
DAMAGED = {
    "a name that is no text": files.zipped(PARTS).replace("\u00e9".encode(), b"\xc3\xc3"),
    "parts before the beginning": files.PPTX[:-6] + b"\xff\xff\x00\x00" + files.PPTX[-2:],
    "what cannot be unpacked": LZMA[:54] + b"\xff" * 8 + LZMA[62:],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_package_is_refused_as_damaged(name):
    with pytest.raises(BadFile, match="damaged"):
        identify(DAMAGED[name], SLIDES)


def test_a_package_that_unpacks_without_end_is_refused():
    bomb = files.zipped({"[Content_Types].xml": files.TYPES, "ppt/presentation.xml": b"\0" * 310 * 1024 * 1024})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(BadFile, match="smaller pictures"):
        identify(bomb, SLIDES)


def test_a_package_of_too_many_parts_is_refused():
    with pytest.raises(BadFile, match="smaller pictures"):
        identify(files.zipped({f"{n}.xml": b"" for n in range(5001)}), SLIDES)


def test_word_is_a_document_and_not_slides():
    word = files.zipped({"[Content_Types].xml": files.TYPES, "word/document.xml": b"<w/>"})
    assert identify(word, DOCUMENTS).ending == ".docx"
    with pytest.raises(BadFile):
        identify(word, SLIDES)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("My talk.pptx", "My talk.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\talk.exe", "talk.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        (".pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("Präsentation.pdf", "Präsentation.pdf"),
    ],
)
def test_a_filename_keeps_its_words_and_nothing_else(name, safe):
    assert safe_filename(name, PDF) == safe


@pytest.mark.parametrize(
    "data",
    [b"", b"1\n00:00 --> 00:01\nHi", b"WEBVTT", b"WEBVTTX\n\n00:00.000 --> 00:01.000\nHi", b"WEBVTT\n\n\xff --> ",
     b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"a" * 1024 * 1024],
)  # fmt: skip
def test_captions_that_are_not_webvtt_are_refused(data):
    with pytest.raises(BadFile):
        check_captions(data)


def test_captions_lose_their_byte_mark_and_windows_line_ends():
    assert check_captions(b"\xef\xbb\xbfWEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nHi") == (
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi"
    )
