"""Files take a while, as they do at Shopify: UPLOADED, PROCESSING, then READY or FAILED.

The picture is fetched from where `originalSource` says, or, where nothing may be fetched, only pretended.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from pathlib import Path

import requests

from . import files
from .faults import Faults
from .state import Doc, State

log = logging.getLogger(__name__)
MAX_BYTES = 20_000_000
_AT_ONCE = 500
_WAITING = """SELECT doc FROM objects INDEXED BY media_waiting
    WHERE kind = 'MediaImage' AND json_extract(doc, '$.status') IN ('UPLOADED', 'PROCESSING')
    ORDER BY seq LIMIT ?"""


class Media:
    """Moves new files on, in a thread of its own."""

    def __init__(self, state: State, folder: Path, faults: Faults, *, delay: float = 1.0, fetch: bool = True):
        self.state, self.folder, self.faults = state, folder, faults
        self.delay, self.fetch = delay, fetch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-media", daemon=True)
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the file in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            try:
                self.step()
            except Exception:
                log.exception("media")

    def step(self) -> None:
        """Take waiting files one state further, many in one transaction, the longest waiting first."""
        with self.state.lock:
            found = self.state.rows(_WAITING, _AT_ONCE)
        rows = [json.loads(text) for (text,) in found]
        changes: dict[str, Doc] = {}
        for doc in rows:
            if doc["status"] == "UPLOADED":
                changes[doc["id"]] = {"status": "PROCESSING", "since": time.time()}
            elif time.time() - doc.get("since", 0) >= self.delay:
                changes[doc["id"]] = self._finished(doc)
        with self.state.transaction():
            for gid, change in changes.items():
                if doc := self.state.get(gid):
                    self.state.put("MediaImage", doc | change)
                    if "since" not in change:
                        files.ready(self.state, gid)

    def _finished(self, doc: Doc) -> Doc:
        if self.faults.chance("media"):
            mime, problem = "", "Could not download the image."
        else:
            mime, problem = ("image/png", "") if not self.fetch else self._download(doc)
        if not problem:
            return {"status": "READY", "mimeType": mime}
        error = {"code": "IMAGE_DOWNLOAD_FAILURE", "message": problem, "details": None}
        return {"status": "FAILED", "errors": [error]}

    def _download(self, doc: Doc) -> tuple[str, str]:
        try:
            answer = requests.get(doc["source"], timeout=(3, 10), stream=True)
            body = answer.raw.read(MAX_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError):
            return "", "Could not download the image."
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if answer.status_code != 200 or not kind.startswith("image/") or len(body) > MAX_BYTES:
            return "", f"Could not download an image: HTTP {answer.status_code}, {kind or 'no type'}."
        (self.folder / doc["filename"].replace("/", "_")).write_bytes(body)
        return kind, ""
