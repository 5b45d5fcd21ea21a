"""Uploads that nobody should trust: what they are, and whether they must be refused.

Each says CANARY where something of it could live on. ``python -m tests.fault.hostile`` reads all of them, and
the largest pictures that are allowed; it prints how many there are, by how many MB the process grew, how many
seconds the slowest took and which that was.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

from PIL import Image, PngImagePlugin

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.returns.domain.photos import read_picture

CANARY = b"<script>alert('CANARY')</script><?php system('CANARY'); ?>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + CANARY + b"</svg>"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;CANARY</svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><svg>&f;</svg>'


def saved(kind, size=(64, 48), mode="RGB", **options):
    out = io.BytesIO()
    picture(size, mode).save(out, kind, **options)
    return out.getvalue()


def picture(size=(64, 48), mode="RGB"):
    return Image.linear_gradient("L").resize(size).convert(mode)


def frames(count, size=(16, 16)):
    return [Image.new("RGB", size, (shade * 80 % 256, shade % 256, 0)) for shade in range(count)]


def moving(kind, count=3):
    first, *others = frames(count)
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others, duration=50)
    return out.getvalue()


def chunk(kind, body, crc=None):
    check = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def png(width, height, *chunks, depth=8, colour=2, idat=b""):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = b"".join(chunks) + chunk(b"IDAT", idat or zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def into_png(*chunks):
    """A whole picture with more chunks in it."""
    whole = saved("PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def segment(marker, body):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def into_jpeg(*segments):
    whole = saved("JPEG")
    return whole[:2] + b"".join(segments) + whole[2:]


def jpeg_head(width, height, *, progressive=False):
    """A JPEG that claims a size and has no data."""
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8" + segment(0xC2 if progressive else 0xC0, frame) + b"\xff\xd9"


def many_scans():
    """A progressive JPEG whose last scan is said over and over: each costs a walk over all its pixels."""
    whole = saved("JPEG", (6000, 6000), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 5000 + b"\xff\xd9"


def webp(*chunks):
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width, height):
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", b"\0\0\0\0" + sides


def lossless(width, height):
    return b"VP8L", b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0" * 20


def zipped(name="A.class", body=CANARY):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, body)
    return out.getvalue()


def exif(**tags):
    found = Image.Exif()
    for name, value in tags.items():
        found[int(name[1:], 16)] = value
    return found


def gps():
    found = exif(t010E="CANARY")
    found.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return found


def circle():
    """EXIF whose directory is its own child, with counts beyond all bounds."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x0112, 3, 0xFFFFFFFF, 8)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + entry + struct.pack("<I", 8)


def texts(**options):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", CANARY.decode(), zip=options.get("zip", False))
    info.add_itxt("XML:com.adobe.xmp", SVG.decode())
    return saved("PNG", pnginfo=info)


def script_and_jpeg():
    """JavaScript that is a JPEG: the length of its first segment reads as the begin of a comment."""
    body = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    first = b"\xff\xe0/*" + body + b"\0" * (0x2F2A - 2 - len(body))
    return b"\xff\xd8" + first + segment(0xFE, b"*/=alert('CANARY')/*") + saved("JPEG")[2:]


def cut(data, part=0.5):
    return data[: int(len(data) * part)]


MB = 1024 * 1024
BOMB = zlib.compress(b"\0" * (80 * MB), 9)

# Refused, whatever they call themselves: (what it is, how it is made).
REFUSED = {
    "nothing": lambda: b"",
    "text": lambda: b"CANARY",
    "an SVG": lambda: SVG,
    "an SVG with a prolog": lambda: b'<?xml version="1.0"?>' + SVG,
    "a gzipped SVG": lambda: gzip.compress(SVG),
    "a billion laughs": lambda: LAUGHS,
    "an XML that reads files": lambda: XXE,
    "HTML": lambda: b"<!doctype html>" + CANARY,
    "HTML before a JPEG": lambda: CANARY + saved("JPEG"),
    "a byte order mark and HTML": lambda: b"\xef\xbb\xbf<html>" + CANARY,
    "PHP": lambda: b"<?php system($_GET['c']); ?>",
    "a shell script": lambda: b"#!/bin/sh\nrm -rf CANARY\n",
    "a PDF": lambda: b"%PDF-1.7\n1 0 obj<</JS(CANARY)>>endobj\n%%EOF",
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(CANARY) run\n",
    "a zip": zipped,
    "a jar behind a GIF": lambda: saved("GIF") + zipped(),
    "a Windows program": lambda: b"MZ\x90\0" + CANARY,
    "an ELF program": lambda: b"\x7fELF\x02\x01\x01" + CANARY,
    "Flash": lambda: b"CWS\x0a" + CANARY,
    "a Word document": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + CANARY,
    "a video": lambda: b"\0\0\0\x20ftypmp42\0\0\0\0mp42isom" + CANARY,
    "a HEIC that nothing here reads": lambda: b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + CANARY,
    "an AVIF": lambda: b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + CANARY,
    "a sound in RIFF": lambda: b"RIFF\x24\0\0\0WAVEfmt " + CANARY,
    "a video in RIFF": lambda: b"RIFF\x24\0\0\0AVI LIST" + CANARY,
    "a GIF": lambda: saved("GIF"),
    "a moving GIF": lambda: moving("GIF"),
    "a BMP": lambda: saved("BMP"),
    "a TIFF": lambda: saved("TIFF"),
    "an icon": lambda: saved("ICO", sizes=[(16, 16)]),
    "a JPEG 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + CANARY,
    "a Photoshop file": lambda: b"8BPS\0\x01" + CANARY,
    "a Targa": lambda: saved("TGA"),
    "a PCX": lambda: saved("PCX"),
    "a PPM": lambda: saved("PPM"),
    "a FITS": lambda: b"SIMPLE  =                    T" + CANARY,
    "a moving PNG": lambda: moving("PNG"),
    "a moving WebP": lambda: moving("WEBP"),
    "a WebP of a thousand frames": lambda: moving("WEBP", 1000),
    "a PNG of four gigapixels": lambda: png(65_000, 65_000),
    "a PNG that is a hair": lambda: png(2**31 - 1, 1),
    "a PNG of 0 by 0": lambda: png(0, 0),
    "a PNG a little too large": lambda: png(8001, 5000, depth=1, colour=0),
    "a JPEG of four gigapixels": lambda: jpeg_head(65_500, 65_500),
    "a progressive JPEG of four gigapixels": lambda: jpeg_head(65_500, 65_500, progressive=True),
    "a JPEG without data": lambda: jpeg_head(2000, 2000),
    "a JPEG of five thousand scans": many_scans,
    "a WebP canvas of 281 terapixels": lambda: webp(canvas(2**24, 2**24)),
    "a lossless WebP of 268 megapixels": lambda: webp(lossless(16_384, 16_384)),
    "a lossy WebP of 268 megapixels": lambda: webp((b"VP8 ", b"\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f" + b"\0" * 20)),
    "a WebP that is no WebP inside": lambda: webp((b"EXIF", CANARY)),
    "a PNG with a text of 80 MB": lambda: into_png(chunk(b"zTXt", b"Comment\0\0" + BOMB)),
    "a PNG with a profile of 80 MB": lambda: into_png(chunk(b"iCCP", b"p\0\0" + BOMB)),
    "more than 10 MB": lambda: saved("JPEG") + b"\0" * 10_000_000,
    "half a JPEG": lambda: cut(saved("JPEG", (600, 600))),
    "half a PNG": lambda: cut(saved("PNG", (600, 600))),
    "half a WebP": lambda: cut(saved("WEBP", (600, 600))),
    "a PNG that is wrong inside": lambda: png(64, 48, idat=b"CANARY" * 20),
    "a PNG with a wrong sum": lambda: saved("PNG")[:33] + chunk(b"sRGB", b"\0", 1) + saved("PNG")[33:],
    "a JPEG's first bytes": lambda: b"\xff\xd8\xff",
    "a JPEG's first bytes and HTML": lambda: b"\xff\xd8\xff\xe0" + CANARY,
    "a PNG's first bytes and HTML": lambda: b"\x89PNG\r\n\x1a\n" + CANARY,
}  # fmt: skip
# Pictures that carry something: taken, and nothing of it is left.
CLEANED = {
    "a JPEG and HTML": lambda: saved("JPEG") + CANARY,
    "a JPEG and a jar": lambda: saved("JPEG") + zipped(),
    "a JPEG and a PDF": lambda: saved("JPEG") + b"%PDF-1.7 CANARY %%EOF",
    "a JPEG with a script as comment": lambda: into_jpeg(segment(0xFE, CANARY)),
    "a JPEG that is JavaScript": script_and_jpeg,
    "a JPEG with a script in its EXIF": lambda: saved("JPEG", exif=exif(t010E=CANARY.decode(), t9286="CANARY")),
    "a JPEG that says where it was taken": lambda: saved("JPEG", exif=gps()),
    "a JPEG with XMP": lambda: into_jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SVG)),
    "a JPEG with a colour profile": lambda: saved("JPEG", icc_profile=CANARY),
    "a JPEG with a picture in its EXIF": lambda: into_jpeg(segment(0xE1, b"Exif\0\0" + saved("JPEG", (9, 9)) + CANARY)),
    "a JPEG with Photoshop's blocks": lambda: into_jpeg(segment(0xED, b"Photoshop 3.0\0" + CANARY)),
    "a JPEG whose EXIF goes in circles": lambda: into_jpeg(segment(0xE1, circle())),
    "a JPEG with a second one behind it": lambda: saved("JPEG") + into_jpeg(segment(0xFE, CANARY)),
    "a PNG with scripts as texts": texts,
    "a PNG with a packed script": lambda: texts(zip=True),
    "a PNG with a chunk of its own": lambda: into_png(chunk(b"evIl", CANARY)),
    "a PNG with a script as palette": lambda: into_png(chunk(b"PLTE", CANARY + b"\0" * (-len(CANARY) % 3))),
    "a PNG and HTML": lambda: saved("PNG") + CANARY,
    "a PNG and a jar": lambda: saved("PNG") + zipped(),
    "a PNG with far too much data": lambda: png(8, 8, idat=BOMB),
    "a PNG with EXIF": lambda: saved("PNG", exif=gps()),
    "a WebP and HTML": lambda: saved("WEBP") + CANARY,
    "a WebP with XMP": lambda: saved("WEBP", xmp=SVG),
    "a WebP with EXIF and a profile": lambda: saved("WEBP", exif=gps(), icc_profile=CANARY),
}  # fmt: skip
# As large as is allowed.
LARGEST = {
    "a PNG of 40 megapixels": lambda: saved("PNG", (8000, 5000), "RGBA"),
    "a palette of 40 megapixels": lambda: saved("PNG", (8000, 5000), "P"),
    "a progressive JPEG of 40 megapixels": lambda: saved("JPEG", (8000, 5000), progressive=True),
    "a WebP of 20 megapixels": lambda: saved("WEBP", (5000, 4000), "RGBA", method=0),
}


def made_elsewhere(make, file):
    """Write a sample from a child, so that the memory it takes to make is not counted."""
    child = os.fork()
    if child == 0:
        file.write(make())
        file.flush()
        os._exit(0)
    os.waitpid(child, 0)
    file.seek(0)
    return file


def refused(file):
    try:
        read_picture(file)
    except Invalid:
        return True
    return False


def peak():
    """The most memory that this process had, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    before, slowest = peak(), (0.0, "")
    for name, make in (REFUSED | CLEANED | LARGEST).items():
        with tempfile.TemporaryFile() as file:
            sample, started = made_elsewhere(make, file), time.monotonic()
            assert refused(sample) == (name in REFUSED), name
            slowest = max(slowest, (time.monotonic() - started, name))
    print(f"{len(REFUSED) + len(CLEANED)} {peak() - before} {slowest[0]:.2f} {slowest[1]}")


if __name__ == "__main__":
    main()
