"""A page of text as a small PDF with a title and a language, enough for a document to open."""

PAGE = (595, 842)  # A4 in points
LEFT, TOP, LEADING = 64, 760, 28


def text_pdf(title: str, lines: list[str]) -> bytes:
    """One A4 page; ``lines`` are Latin text of at most about 85 characters each."""
    content = _content(lines)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % _escape(title),
    ]
    return _assemble(objects)


def _content(lines: list[str]) -> bytes:
    heading, *rest = lines
    parts = [b"BT /F1 22 Tf %d %d Td (%s) Tj /F1 12 Tf 0 -%d Td" % (LEFT, TOP, _escape(heading), 2 * LEADING)]
    parts += [b"(%s) Tj 0 -%d Td" % (_escape(line), LEADING) for line in rest]
    return b"\n".join([*parts, b"ET"])


def _escape(text: str) -> bytes:
    encoded = text.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        encoded = encoded.replace(special, b"\\" + special)
    return encoded


def _assemble(objects: list[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)
