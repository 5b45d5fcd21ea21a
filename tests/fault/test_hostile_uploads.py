"""Every kind of hostile upload is refused with a clear field error, or nothing of it but its pixels is kept."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.domain.photos import LONGEST_SIDE, read_picture
from saleor_plugins.returns.models import Draft, Photo
from tests.fault.hostile import CLEANED, REFUSED
from tests.integration.returns.rooms import make_room

CODES = {"REQUIRED", "TOO_LARGE", "TOO_MANY_PIXELS", "NOT_A_PICTURE", "ANIMATED", "DAMAGED"}
# What is in a plain JPEG: its begin, JFIF, tables, frame, scan; no comment, no other application's segment.
PLAIN = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
MB_AT_MOST, SECONDS_AT_MOST = 450, 30


def segments(data):
    """The markers of a JPEG up to its pixels; what is after its end would show as another marker."""
    found, at = set(), 2
    while data[at + 1] != 0xDA:
        found.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return found | {0xDA}


def check_clean(jpeg):
    assert jpeg[:2] == b"\xff\xd8" and jpeg.index(b"\xff\xd9") == len(jpeg) - 2
    assert segments(jpeg) <= PLAIN
    for part in (b"CANARY", b"<script", b"<?", b"Exif", b"http", b"PK\x03\x04", b"%PDF", b"ICC_PROFILE"):
        assert part not in jpeg
    image = Image.open(BytesIO(jpeg))
    image.load()
    assert image.format == "JPEG" and max(image.size) <= LONGEST_SIDE
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    with pytest.raises(Invalid) as error:
        read_picture(BytesIO(REFUSED[name]()))
    assert error.value.field == "photo" and error.value.code in CODES
    assert "CANARY" not in error.value.message


@pytest.mark.parametrize("name", CLEANED)
def test_cleaned(name):
    picture = read_picture(BytesIO(CLEANED[name]()))
    check_clean(picture.content)
    check_clean(picture.preview)


def test_over_http_nothing_refused_is_stored_and_all_that_is_shown_is_clean(db, client, monkeypatch):
    """Whatever its name and its content type say."""
    monkeypatch.setattr("saleor_plugins.returns.views.photos.PER_MINUTE", 0)
    room = make_room()
    shopper, token = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(1, user_id=shopper.id)
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    address, draft = "/plugins/saleor_plugins.returns/photos/", ""
    for name, make in (CLEANED | REFUSED).items():
        file = SimpleUploadedFile("../<b>x.jpg.php\0.html", make(), "image/svg+xml")
        where = {"draftId": draft} if draft else {"orderId": order.id}
        form = {**where, "orderLineId": order.lines[0].id, "photo": file}
        answer = client.post(address, form, **headers)
        if name in REFUSED:
            told = answer.json()
            assert (answer.status_code, told["field"], told["code"] in CODES) == (400, "photo", True), name
            assert b"CANARY" not in answer.content
            assert Photo.objects.count() == 0
        else:
            assert answer.status_code == 201, name
            draft = answer.json()["draftId"]
            shown = client.get("/" + answer.json()["url"].split("://")[1].split("/", 1)[1])
            assert shown["Content-Type"] == "image/jpeg"
            check_clean(shown.content)
            Photo.objects.all().delete()
    assert Draft.objects.count() == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux counts the memory.")
def test_memory_and_time_have_bounds(count):
    """All of them, and the largest pictures that are allowed, one after the other in one process."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.fault.hostile"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    kinds, grown, seconds, slowest = done.stdout.strip().split(" ", 3)
    assert int(kinds) >= 50
    assert 100 < int(grown) <= MB_AT_MOST and float(seconds) <= SECONDS_AT_MOST, done.stdout
    count(f"{kinds} hostile uploads: {grown} MB more at most, {seconds} s for the slowest ({slowest})")
