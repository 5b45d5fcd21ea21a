"""Staged uploads: a form to post a file with, and the files that were posted.

The form's fields are those a Google Cloud Storage form has; `key` is the path that
bulkOperationRunMutation calls `stagedUploadPath`. A target is good for a day; that is assumed.
"""

from __future__ import annotations

import mmap
import re
import secrets
import tempfile
import time
from pathlib import Path
from typing import Protocol

from .errors import UserError
from .signing import Signer
from .state import Doc

MAX_BYTES = 100_000_000
GOOD_FOR = 86_400
PATH = "/staged-uploads"
_TYPES = {"BULK_MUTATION_VARIABLES": {"text/jsonl"}}
_NAME = re.compile(r"[\w.-]+\Z")


class Refused(Exception):
    """The file store says no; becomes an XML error."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code = status, code


class Readable(Protocol):
    """A body to read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes."""


class Uploads:
    """What was staged, in a folder."""

    def __init__(self, folder: Path, signer: Signer, shop: str):
        self.folder, self.signer, self.shop = folder, signer, shop
        folder.mkdir(parents=True, exist_ok=True)

    def targets(self, wanted: list[Doc]) -> list[Doc]:
        """stagedUploadsCreate."""
        return [self._target(item, str(index)) for index, item in enumerate(wanted)]

    def _target(self, item: Doc, index: str) -> Doc:
        resource, kind = item["resource"], item["mimeType"]
        if kind not in _TYPES.get(resource, {kind}):
            raise UserError(
                f"{item['filename']}: ({kind}) is not a recognized format", "input", index, "mimeType"
            )
        if item.get("httpMethod", "PUT") != "POST":
            # Assumed: only forms are handed out; the bridge posts.
            raise UserError("Only POST is supported here.", "input", index, "httpMethod")
        if int(item.get("fileSize") or 0) > MAX_BYTES:
            raise UserError("File size is too large.", "input", index, "fileSize")
        name = item["filename"].rsplit("/", 1)[-1]
        name = name if _NAME.match(name) else "file"
        area = "bulk" if resource == "BULK_MUTATION_VARIABLES" else "files"
        key = f"tmp/{self.shop}/{area}/{secrets.token_hex(16)}/{name}"
        until = str(int(time.time()) + GOOD_FOR)
        fields = {
            "Content-Type": kind,
            "success_action_status": "201",
            "acl": "private",
            "key": key,
            "x-goog-date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
            "x-goog-algorithm": "GOOG4-RSA-SHA256",
            "policy": until,
            "x-goog-signature": self.signer.sign(f"{key}\n{until}"),
        }
        return {
            "url": f"{self.signer.base_url}{PATH}/",
            "resourceUrl": f"{self.signer.base_url}{PATH}/{key}",
            "parameters": [{"name": name, "value": value} for name, value in fields.items()],
        }

    def file(self, key: str) -> Path | None:
        """The posted file with that key."""
        path = self._path(key)
        return path if path.is_file() else None

    def _path(self, key: str) -> Path:
        return self.folder / key.replace("/", "~")

    def receive(self, body: Readable, size: int, kind: str) -> str:
        """Take in a posted form of `size` bytes; answers its key. Raises Refused, and keeps nothing."""
        boundary = re.search(r'multipart/form-data;.*boundary="?([^";]+)"?', kind)
        if not boundary:
            raise Refused(412, "PreconditionFailed", "The form must be multipart/form-data.")
        if size > MAX_BYTES + 100_000:
            raise Refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
        with tempfile.TemporaryFile(dir=self.folder) as kept:
            left = size
            while left and (piece := body.read(min(left, 1 << 20))):
                kept.write(piece)
                left -= len(piece)
            kept.flush()
            if left or not size:
                raise Refused(400, "IncompleteBody", "The request was shorter than it said.")
            with mmap.mmap(kept.fileno(), 0, access=mmap.ACCESS_READ) as form:
                return self._form(form, boundary[1].encode())

    def _form(self, form: mmap.mmap, boundary: bytes) -> str:
        fields: dict[str, str] = {}
        at = form.find(b"--" + boundary)
        while at >= 0:
            start = at + len(boundary) + 2
            if form[start : start + 2] == b"--":
                break
            head_end = form.find(b"\r\n\r\n", start)
            end = form.find(b"\r\n--" + boundary, start)
            if head_end < 0 or end < head_end:
                break
            name = re.search(rb'[; ]name="([^"]*)"', form[start:head_end])
            if name and name[1] == b"file":
                return self._store(fields, form, head_end + 4, end)
            if name:
                fields[name[1].decode()] = form[head_end + 4 : end].decode(errors="replace")
            at = end + 2
        raise Refused(400, "InvalidArgument", "POST requires exactly one file upload, as its last field.")

    def _store(self, fields: dict[str, str], form: mmap.mmap, start: int, end: int) -> str:
        key, until = fields.get("key", ""), fields.get("policy", "0")
        if not self.signer.fits(f"{key}\n{until}", fields.get("x-goog-signature", "")):
            raise Refused(403, "SignatureDoesNotMatch", "The signature is not the form's.")
        if not until.isdigit() or int(until) < time.time():
            raise Refused(400, "ExpiredToken", "The policy has expired.")
        if end - start > MAX_BYTES:
            raise Refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
        with self._path(key).open("wb") as out:
            for at in range(start, end, 1 << 20):
                out.write(form[at : min(at + (1 << 20), end)])
        return key
