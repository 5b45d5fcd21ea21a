"""Pictures that strangers send: looked at with suspicion, and stored only as drawn anew.

What is kept is a JPEG of ours, made of pixels alone: no byte that was sent is in it, so nothing can ride
along (EXIF and where the picture was taken, colour profiles, comments, scripts, a second file behind the
first). The limits come before the decoder, which is where pictures do harm
(https://pillow.readthedocs.io/en/stable/handbook/security.html).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any, BinaryIO

from PIL import Image

from saleor_plugins.kernel.errors import Invalid, Required

MAX_BYTES = 10_000_000
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2000
PREVIEW_SIDE = 320
MAX_PER_LINE = 5
# A side that a JPEG can have; a progressive JPEG has some ten scans, and each costs a walk over all pixels.
_MAX_SIDE = 65_500
_MAX_SCANS = 100
_KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
_READABLE = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Decoded pixels are large: one picture of a process at a time.
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: two JPEGs, pixels of the larger one, and what it is recognised by."""

    content: bytes
    preview: bytes
    width: int
    height: int
    digest: str


def read_picture(upload: BinaryIO, *, field: str = "photo") -> Picture:
    """The picture in `upload`, drawn anew.

    Raises Required for nothing, Invalid naming `field`: TOO_LARGE (bytes), TOO_MANY_PIXELS, NOT_A_PICTURE
    for what is no JPEG, PNG or WebP by its content, ANIMATED, DAMAGED for what cannot be decoded to its end.
    """
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise Required("Choose a picture.", field=field)
    if len(data) > MAX_BYTES:
        raise Invalid(f"At most {MAX_BYTES // 1_000_000} MB.", field=field, code="TOO_LARGE")
    _check_kind(data, field)
    with _one_at_a_time:
        try:
            return _drawn_anew(data, field)
        except Invalid:
            raise
        # A decoder answers broken bytes with whatever it stumbled over.
        except Exception:
            raise Invalid("The picture is damaged.", field=field, code="DAMAGED") from None


def _check_kind(data: bytes, field: str) -> None:
    """Refuse by the first bytes what is no picture, or needs much memory merely to be opened."""
    kind = next((name for start, name in _KINDS.items() if data.startswith(start)), "")
    if not kind or (kind == "WEBP" and data[8:12] != b"WEBP"):
        raise Invalid("Must be a JPEG, PNG or WebP picture.", field=field, code="NOT_A_PICTURE")
    if kind == "JPEG" and data.count(b"\xff\xda") > _MAX_SCANS:
        raise Invalid("The picture is damaged.", field=field, code="DAMAGED")
    if kind == "WEBP":
        # Its decoder makes room for its canvas, twice, before anybody can ask how large it is.
        width, height = _canvas(data)
        _check_size(width, height, field, MAX_PIXELS // 2)


def _canvas(data: bytes) -> tuple[int, int]:
    """Width and height in the header of a WebP (RFC 9649): extended, lossless, or else lossy."""
    if data[12:16] == b"VP8X":
        return tuple(int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))  # type: ignore[return-value]
    if data[12:16] == b"VP8L":
        both = int.from_bytes(data[21:25], "little")
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    return tuple(int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))  # type: ignore[return-value]


def _check_size(width: int, height: int, field: str, most: int = MAX_PIXELS) -> None:
    if width * height > most or max(width, height) > _MAX_SIDE:
        text = f"At most {most // 1_000_000} megapixels."
        raise Invalid(text, field=field, code="TOO_MANY_PIXELS")


def _drawn_anew(data: bytes, field: str) -> Picture:
    with Image.open(BytesIO(data), formats=_READABLE) as image:
        _check_size(image.width, image.height, field)
        # A JPEG for printing carries more pictures behind the first (MPO); they are not looked at.
        if getattr(image, "is_animated", False) and image.format != "MPO":
            raise Invalid("Must not be animated.", field=field, code="ANIMATED")
        # The decoder of JPEG draws large ones small at once, in less memory.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
        picture = _on_white(image)
    picture = picture.transpose(turn) if turn is not None else picture
    content, (width, height) = _jpeg(picture, 85), picture.size
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return Picture(content, _jpeg(picture, 75), width, height, hashlib.sha256(content).hexdigest())


def _on_white(image: Any) -> Any:
    """Its pixels, made small, in red, green and blue, with white where they are transparent."""
    if image.mode.startswith("I"):  # 16 bits: Pillow would cut off what is brighter than 255
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if image.mode in ("P", "PA") else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def _jpeg(image: Any, quality: int) -> bytes:
    """The pixels as JPEG: what Pillow remembers beside them stays behind."""
    out = BytesIO()
    Image.frombytes("RGB", image.size, image.tobytes()).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
