"""Bulk operations: started by a mutation, carried out by a thread each, answered by a file.

At most five of a type run at once. The address of an answer is signed and good for a week. How fast they
go is a setting: `rate` objects a second (0: as fast as this machine can), after `delay` seconds of CREATED.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from .bulk_faults import spoiled
from .bulk_mutation import check_file, checked, run_line
from .bulk_query import Plan
from .errors import UserError, bad_request
from .faults import Faults
from .signing import Signer
from .state import Doc, State, instant
from .uploads import MAX_BYTES, Uploads

log = logging.getLogger(__name__)
PATH = "/bulk-operation-outputs"
MOST, WEEK = 5, 7 * 86_400
OPEN = ("CREATED", "RUNNING", "CANCELING")
_HOLD = 0.05


@dataclass
class Speed:
    """How fast operations go."""

    rate: float = 0.0
    delay: float = 0.0


class Stopped(Exception):
    """The operation ends before its end, in the state given."""


class Operations:
    """The store's bulk operations."""

    def __init__(
        self, state: State, folder: Path, signer: Signer, uploads: Uploads, faults: Faults, speed: Speed
    ):
        self.state, self.folder, self.signer = state, folder, signer
        self.uploads, self.faults, self.speed = uploads, faults, speed
        self._stop, self._threads = threading.Event(), list[threading.Thread]()
        folder.mkdir(parents=True, exist_ok=True)
        with state.transaction():
            for doc in self._open():
                self._settle(doc["id"], "FAILED", "INTERNAL_SERVER_ERROR")

    def run_query(self, schema: Any, context: Any, text: str, grouped: bool) -> Doc:
        """bulkOperationRunQuery."""
        self._allowed("queries", "bulkOperationRunQuery", "QUERY")
        plan = Plan(schema, text, context)
        doc = self._new("QUERY", text, {})
        self._start(doc["id"], lambda out: self._query(doc["id"], plan, grouped, out))
        return doc

    def run_mutation(self, schema: Any, context: Any, text: str, path: str, identifier: str | None) -> Doc:
        """bulkOperationRunMutation."""
        self._allowed("mutations", "bulkOperationRunMutation", "MUTATION")
        if identifier is not None and not 10 <= len(identifier) <= 255:
            # Documented from 2027-01; assumed to be a complaint of this code before.
            raise UserError(
                "clientIdentifier must be between 10 and 255 characters.",
                "clientIdentifier",
                code="INVALID_MUTATION",
            )
        document = checked(schema, text)
        file = self.uploads.file(path)
        if file is None:
            message = "The JSONL file could not be found. Try uploading the file again, and check that you've"
            message += " entered the URL correctly for the stagedUploadPath mutation argument."
            raise UserError(message, "stagedUploadPath", code="NO_SUCH_FILE")
        check_file(file, MAX_BYTES)
        doc = self._new("MUTATION", text, {"clientIdentifier": identifier, "stagedUploadPath": path})
        own = replace(context, variables={})
        work = partial(run_line, schema, document, own)
        self._start(doc["id"], lambda out: self._mutation(doc["id"], file, work, out))
        return doc

    def cancel(self, gid: str) -> Doc:
        """bulkOperationCancel: asks the thread to stop."""
        doc = self.state.get(gid)
        if doc is None or "rootObjectCount" not in doc:
            raise UserError("Bulk operation does not exist", "id")
        if doc["status"] not in OPEN:
            raise UserError("A bulk operation cannot be canceled when it is " + doc["status"].lower(), "id")
        return self.state.put("BulkOperation", doc | {"status": "CANCELING"})

    def url(self, doc: Doc, *, partial: bool) -> str | None:
        """Where the answer is, if that is what there is."""
        if not doc["file"] or doc["partial"] != partial:
            return None
        done = datetime.fromisoformat(doc["completedAt"]).timestamp()
        return self.signer.url(f"{PATH}/{doc['file']}", done + self.faults.bulk_url_seconds)

    def stop(self) -> None:
        """End; what runs is left as it is."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def wait(self, seconds: float = 60) -> None:
        """Until nothing runs any more; for tests."""
        for thread in list(self._threads):
            thread.join(timeout=seconds)

    def _allowed(self, what: str, field: str, kind: str) -> None:
        if self.faults.bulk_disabled in (what, "both"):
            raise bad_request(
                f"Access denied for {field} field. Required access: bulk operations", "ACCESS_DENIED"
            )
        running = [doc["id"] for doc in self._open() if doc["type"] == kind]
        if self.faults.bulk_busy or len(running) >= MOST:
            message = f"Bulk operations limit reached ({MOST}). Please try again later."
            raise UserError(message, code="LIMIT_REACHED")

    def _open(self) -> list[Doc]:
        rows = [doc for _, doc in self.state.page("BulkOperation", 0, 50, newest=True)]
        return [doc for doc in rows if doc["status"] in OPEN]

    def _new(self, kind: str, text: str, more: Doc) -> Doc:
        doc = {
            "id": self.state.gid("BulkOperation"),
            "type": kind,
            "status": "CREATED",
            "query": text,
            "createdAt": instant(),
            "completedAt": None,
            "errorCode": None,
            "objectCount": 0,
            "rootObjectCount": 0,
            "fileSize": None,
            "file": "",
            "partial": False,
        }
        return self.state.put("BulkOperation", doc | more)

    def _start(self, gid: str, work: Callable[[BinaryIO], None]) -> None:
        thread = threading.Thread(target=self._run, args=(gid, work), name=f"bulk-{gid[-7:]}", daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def _run(self, gid: str, work: Callable[[BinaryIO], None]) -> None:
        status, code = "COMPLETED", None
        file = self.folder / f"bulk-{gid.rsplit('/', 1)[-1]}.jsonl"
        try:
            self._pause(self.speed.delay)
            if self.faults.bulk_ends:
                raise Stopped(self.faults.bulk_ends)
            self._change(gid, {"status": "RUNNING"})
            with file.open("wb") as out:
                work(out)
        except Stopped as stopped:
            status, code = str(stopped), "TIMEOUT" if str(stopped) == "FAILED" else None
        except Exception:
            log.exception("bulk operation")
            status, code = "FAILED", "INTERNAL_SERVER_ERROR"
        if self._stop.is_set():
            return
        if file.exists() and status == "COMPLETED":
            spoiled(file, self.faults)
        with self.state.transaction():
            self._settle(gid, status, code, file)

    def _settle(self, gid: str, status: str, code: str | None, file: Path | None = None) -> None:
        doc = self.state.get(gid)
        assert doc
        size = file.stat().st_size if file and file.exists() else 0
        partial = status != "COMPLETED"
        if partial and self.faults.bulk_no_partial:
            size = 0
        done = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        ended = {"status": status, "errorCode": code, "completedAt": done, "partial": partial}
        kept = {"file": file.name if file and size else "", "fileSize": size or None}
        self.state.put("BulkOperation", doc | ended | kept)

    def _query(self, gid: str, plan: Plan, grouped: bool, out: BinaryIO) -> None:
        objects = roots = 0
        batches = plan.lines(grouped)
        while True:
            with self.state.lock:
                batch = next(batches, None)
            if batch is None:
                break
            out.write(b"".join(json.dumps(row, default=str).encode() + b"\n" for row, _ in batch))
            objects, roots = objects + len(batch), roots + sum(top for _, top in batch)
            self._progress(gid, objects, roots, len(batch), out)

    def _mutation(self, gid: str, file: Path, work: Callable[[bytes], Doc], out: BinaryIO) -> None:
        with file.open("rb") as lines:
            numbered: Iterator[tuple[int, bytes]] = zip(count(), lines)
            done, more = 0, True
            while more:
                batch, more = self._lines(numbered, work)
                out.write(b"".join(json.dumps(row, default=str).encode() + b"\n" for row in batch))
                done += len(batch)
                self._progress(gid, done, done, len(batch), out)

    def _lines(
        self, numbered: Iterator[tuple[int, bytes]], work: Callable[[bytes], Doc]
    ) -> tuple[list[Doc], bool]:
        """Carry out lines for a moment, in one transaction. Answers them, and whether more may follow.

        Blank lines are counted, not carried out: assumed.
        """
        rows: list[Doc] = []
        until = time.monotonic() + _HOLD
        with self.state.transaction():
            for number, line in numbered:
                if line.strip():
                    rows.append(work(line) | {"__lineNumber": number})
                if time.monotonic() > until or (
                    self.speed.rate and len(rows) >= max(1, self.speed.rate / 10)
                ):
                    return rows, True
        return rows, False

    def _progress(self, gid: str, objects: int, roots: int, latest: int, out: BinaryIO) -> None:
        self._change(gid, {"objectCount": objects, "rootObjectCount": roots})
        if self.faults.bulk_fails_after and objects >= self.faults.bulk_fails_after:
            raise Stopped("FAILED")
        self._pause(latest / self.speed.rate if self.speed.rate else 0.001)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped("CREATED")

    def _change(self, gid: str, change: Doc) -> None:
        with self.state.transaction():
            doc = self.state.get(gid)
            assert doc
            if doc["status"] == "CANCELING":
                self.state.put("BulkOperation", doc | change | {"status": "CANCELING"})
                raise Stopped("CANCELED")
            self.state.put("BulkOperation", doc | change)
