import io

import pytest
from PIL import Image

from portal.programme.services import PHOTO_PIXELS, BadPhoto, square_photo


def picture(size, mode="RGB", kind="PNG") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 128).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("size", [(10, 10), (2000, 300), (300, 2000)])
@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "GIF"), ("L", "WEBP")])
def test_any_shape_becomes_a_square_jpeg(size, mode, kind):
    made = Image.open(io.BytesIO(square_photo(picture(size, mode, kind)).read()))
    assert (made.format, made.size) == ("JPEG", (PHOTO_PIXELS, PHOTO_PIXELS))


def test_what_rides_in_the_metadata_does_not_survive():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    Image.new("RGB", (9, 9)).save(out, "JPEG", exif=exif)
    assert b"script" not in square_photo(out.getvalue()).read()


def test_a_huge_picture_is_refused_from_its_header():
    with pytest.raises(BadPhoto, match="50 megapixels"):
        square_photo(picture((8000, 7000), "1"))


@pytest.mark.parametrize("data", [b"", b"<svg onload='x'/>", b"MZ\x90", picture((9, 9))[:30]])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(BadPhoto, match="not a picture"):
        square_photo(data)
