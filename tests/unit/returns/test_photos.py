"""Pictures are drawn anew, the right way up, small, and without anything else that was in them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.returns.domain.photos import MAX_BYTES, Picture, read_picture

ORIENTATION, GPS = 0x0112, 0x8825


def encoded(image, kind="JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def arrow(size=(300, 200)) -> Image.Image:
    """Red in the corner at the top left, on grey: turned pictures show it elsewhere."""
    image = Image.new("RGB", size, (120, 120, 120))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1] // 3), fill=(250, 0, 0))
    return image


def read(data: bytes) -> Picture:
    return read_picture(BytesIO(data))


def opened(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_a_jpeg_of_the_same_pixels(kind) -> None:
    picture = read(encoded(arrow(), kind))
    image = opened(picture)
    assert (image.format, image.size, image.mode) == ("JPEG", (300, 200), "RGB")
    assert (picture.width, picture.height) == (300, 200)
    red, grey = image.getpixel((20, 20)), image.getpixel((280, 180))
    assert red[0] > 220 and red[1] < 40 and abs(grey[0] - 120) < 10
    assert read(encoded(arrow(), kind)) == picture


def test_large_ones_become_small_and_have_a_preview() -> None:
    picture = read(encoded(arrow((4000, 1000))))
    assert (picture.width, picture.height) == (2000, 500)
    assert Image.open(BytesIO(picture.preview)).size == (320, 80)


@pytest.mark.parametrize("turn", range(1, 9))
def test_what_a_camera_says_about_its_turn_is_applied_and_forgotten(turn) -> None:
    """The eight ways a camera may be held (Exif 2.32, tag 274): red is at the top left again."""
    undo = {
        1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4,
    }[turn]  # fmt: skip
    stored = arrow() if undo is None else arrow().transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    image = opened(read(encoded(stored, exif=exif, quality=95)))
    assert image.size == (300, 200)
    assert image.getpixel((20, 20))[1] < 60 < image.getpixel((280, 180))[1]
    assert not image.getexif()


def test_where_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "holiday at home", "Ada Shopper"
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (52.0, 31.0, 12.0)
    sent = encoded(arrow(), exif=exif, icc_profile=b"profile of Ada", comment=b"Ada was here")
    picture = read(sent)
    assert b"Ada" in sent
    for kept in (picture.content, picture.preview):
        assert b"Ada" not in kept and b"Exif" not in kept and b"ICC_PROFILE" not in kept
        assert set(Image.open(BytesIO(kept)).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "WEBP")])
def test_what_is_transparent_is_white(mode, kind) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
    options = {"transparency": 0} if mode == "P" else {}
    assert opened(read(encoded(image, kind, **options))).getpixel((20, 20)) == (255, 255, 255)


def test_sixteen_bits_of_grey_stay_grey() -> None:
    image = Image.new("I;16", (40, 40), 30_000)
    assert abs(opened(read(encoded(image, "PNG"))).getpixel((20, 20))[0] - 117) < 4


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "REQUIRED"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), "TOO_LARGE"),
        (b"hello", "NOT_A_PICTURE"),
        (encoded(arrow())[:600], "DAMAGED"),
    ],
)
def test_a_refusal_names_its_field(data, code) -> None:
    with pytest.raises(Invalid) as error:
        read_picture(BytesIO(data), field="lines.0.photo")
    assert (error.value.field, error.value.code) == ("lines.0.photo", code)
