"""Files at the addresses Shopify names: uploads of variables, downloads of results. No token goes there."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import urlsplit

import requests

from .errors import BulkFailed, Unreachable
from .session import LOOPBACK, Sessions

_ROUNDS = 5
_CHUNK = 1 << 16
_TIMEOUT = (5.0, 60.0)
_sessions = Sessions({"Accept-Encoding": "identity"})

Sleep = Callable[[float], None]


def upload(url: str, form: Mapping[str, str], file: BinaryIO, *, sleep: Sleep) -> None:
    """Post a file with the fields of its form; again when nobody answers, as it has one fixed name.

    Raises BulkFailed when it is refused, Unreachable.
    """
    _check(url)
    boundary = secrets.token_hex(16)
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for attempt in range(_ROUNDS):
        body = _Form(form, file, boundary)
        try:
            answer = _sessions.get().post(
                url, data=body, headers=kind, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException:
            sleep(0.5 * 2**attempt)
            continue
        if answer.status_code < 300:
            return
        if answer.status_code < 500 and answer.status_code != 429:
            raise BulkFailed(f"the upload was refused: HTTP {answer.status_code}")
        sleep(0.5 * 2**attempt)
    raise Unreachable("the upload got no answer", 30)


class _Form:
    """A multipart form with one file, read as it is sent: it may be 100 MB."""

    def __init__(self, form: Mapping[str, str], file: BinaryIO, boundary: str):
        fields = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.items()
        )
        name = 'Content-Disposition: form-data; name="file"; filename="lines.jsonl"'
        head = f"{fields}--{boundary}\r\n{name}\r\nContent-Type: text/jsonl\r\n\r\n"
        tail = f"\r\n--{boundary}--\r\n"
        self._parts: list[bytes | BinaryIO] = [head.encode(), file, tail.encode()]
        self._size = len(head.encode()) + file.seek(0, 2) + len(tail.encode())
        file.seek(0)

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = _CHUNK) -> bytes:
        """The next bytes."""
        while self._parts:
            part = self._parts[0]
            if isinstance(part, bytes):
                self._parts.pop(0)
                return part
            if piece := part.read(max(size, _CHUNK)):
                return piece
            self._parts.pop(0)
        return b""


@contextmanager
def download(url: str, *, size: int | None, sleep: Sleep) -> Iterator[BinaryIO]:
    """The whole file at an address; a broken connection is resumed where it broke.

    Raises BulkFailed when the address is no longer good or the file is not `size` bytes, Unreachable.
    """
    _check(url)
    with tempfile.TemporaryFile() as file:
        for attempt in range(_ROUNDS):
            try:
                if _fetch(url, file):
                    break
            except requests.RequestException:
                pass
            sleep(0.5 * 2**attempt)
        else:
            raise Unreachable("a bulk operation's result cannot be fetched", 30)
        found = file.seek(0, 2)
        if size is not None and found != size:
            raise BulkFailed(f"a bulk operation's result has {found} bytes, not {size}")
        file.seek(0)
        yield file


def _fetch(url: str, file: BinaryIO) -> bool:
    """Fetch what is missing; False when it has to be tried again."""
    have = file.seek(0, 2)
    headers = {"Range": f"bytes={have}-"} if have else {}
    with _sessions.get().get(
        url, headers=headers, timeout=_TIMEOUT, stream=True, allow_redirects=False
    ) as answer:
        if answer.status_code == 416 and have:
            return True
        if answer.status_code in (400, 401, 403, 404, 410):
            raise BulkFailed(
                f"the address of a bulk operation's result is no longer good: {answer.status_code}"
            )
        if answer.status_code not in (200, 206):
            return False
        if answer.status_code == 200 and have:
            file.seek(0)
            file.truncate()
        for piece in answer.iter_content(_CHUNK):
            file.write(piece)
    return True


def _check(url: str) -> None:
    """Nothing is fetched from or sent to anywhere but https, or this machine for a sandbox."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise BulkFailed("a bulk operation named an address that is not https")
