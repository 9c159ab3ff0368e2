"""Small real files of each kind."""

import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nHello.\n"
TYPES = b'<?xml version="1.0"?><Types></Types>'


def zipped(parts: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


PPTX = zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": b"<p/>"})
ODP = zipped({"mimetype": b"application/vnd.oasis.opendocument.presentation", "content.xml": b"<office:document/>"})
