"""Files take a while, as they do at Shopify: UPLOADED, PROCESSING, then READY or FAILED.

The picture is fetched from where `originalSource` says, or, where nothing may be fetched, only pretended.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

from .state import Doc, State

log = logging.getLogger(__name__)
MAX_BYTES = 20_000_000


class Media:
    """Moves new files on, in a thread of its own."""

    def __init__(self, state: State, folder: Path, *, delay: float = 1.0, fetch: bool = True):
        self.state, self.folder, self.delay, self.fetch = state, folder, delay, fetch
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
        """Take every waiting file one state further."""
        with self.state.lock:
            rows = [doc for _, doc in self.state.page("MediaImage", 0, 1_000_000)]
        for doc in rows:
            if doc["status"] == "UPLOADED":
                self._change(doc["id"], lambda d: d | {"status": "PROCESSING", "since": time.time()})
            elif doc["status"] == "PROCESSING" and time.time() - doc.get("since", 0) >= self.delay:
                self._finish(doc)

    def _finish(self, doc: Doc) -> None:
        mime, problem = ("image/png", "") if not self.fetch else self._download(doc)
        if problem:
            error = {"code": "IMAGE_DOWNLOAD_FAILURE", "message": problem, "details": None}
            self._change(doc["id"], lambda d: d | {"status": "FAILED", "errors": [error]})
        else:
            self._change(doc["id"], lambda d: d | {"status": "READY", "mimeType": mime})

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

    def _change(self, gid: str, change: Callable[[Doc], Doc]) -> None:
        with self.state.transaction():
            doc = self.state.get(gid)
            if doc is not None:
                self.state.put("MediaImage", change(doc))
