"""Bulk operations: one call reads or writes a whole catalogue, and costs no points.

A bulk query's result is JSONL in which parents come before their children. A bulk mutation takes a file
with the variables of one call a line; its result names lines by number, in any order, and may leave lines
out even of an operation that is COMPLETED: whoever asked has to look which of them were answered.

Shopify does not tell an operation's clientIdentifier, but its document: so the identifier is also part of the
operation's name there, and an operation whose start got no answer is found again for sure.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from .client import Client
from .documents import document
from .errors import BulkFailed, BulkRefused, Unauthorized, Unreachable, UserErrors
from .files import download, upload

# Of the 100 MB a file may have, some are left for whoever counts otherwise.
MOST_BYTES = 95_000_000
_BUSY = {"LIMIT_REACHED", "OPERATION_IN_PROGRESS", "INTERNAL_FILE_SERVER_ERROR"}
_BUSY_FOR = 15.0
_FORBIDDEN = re.compile(r"not (enabled|allowed|permitted|available)|access denied|bulk.* disabled", re.I)
_NAME = re.compile(r"\bmutation\s+(\w+)")
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 10.0
_LISTED = 50

RUNNING = frozenset({"CREATED", "RUNNING", "CANCELING"})


@dataclass(frozen=True)
class Operation:
    """A bulk operation as Shopify tells it. `size`: bytes of the file at `url`, where it says so."""

    gid: str
    status: str
    url: str = ""
    partial_url: str = ""
    error: str = ""
    objects: int = 0
    size: int | None = None
    text: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in RUNNING


# Called between two looks with the operation and how many looks there were; sleeps, or raises to stop.
Wait = Callable[[Operation, int], None]


def run_query(client: Client, text: str, *, wait: Wait | None = None) -> Iterator[dict[str, Any]]:
    """The objects a bulk query finds, parents before their children (which have `__parentId`).

    Nothing is yielded before all of it is here. Raises BulkRefused where the app may not, BulkFailed
    when it came to no good end, Unreachable when others' operations are in the way.
    """
    gid = _start(client, "BridgeRunBulkQuery", query=text)
    operation = _finished(client, gid, wait or _pause(client))
    if operation.status != "COMPLETED":
        raise BulkFailed(f"the bulk query ended {operation.status} {operation.error}".rstrip())
    if not operation.url:
        return
    with download(operation.url, size=operation.size, sleep=client.sleep) as file:
        for line in file:
            if line.strip():
                yield _parsed(line)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        return json.loads(line, parse_float=Decimal)
    except ValueError:
        raise BulkFailed("a line of the bulk query's result is not JSON") from None


def _pause(client: Client) -> Wait:
    def pause(operation: Operation, looks: int) -> None:
        client.sleep(min(_LONGEST_WAIT, _FIRST_WAIT * 1.5**looks))

    return pause


def _finished(client: Client, gid: str, wait: Wait) -> Operation:
    looks = 0
    while (operation := look(client, gid)).running:
        looks += 1
        wait(operation, looks)
    return operation


def start_mutation(
    client: Client, document_name: str, lines: Iterable[Mapping[str, Any]], identifier: str
) -> str:
    """Upload the lines and start the operation; answers its gid.

    Raises as `stage` and `launch`.
    """
    with tempfile.TemporaryFile() as file:
        for line in lines:
            file.write(as_line(line))
        path = stage(client, file, identifier)
    return launch(client, document_name, path, identifier)


def as_line(variables: Mapping[str, Any]) -> bytes:
    """One line of an operation's file."""
    return json.dumps(variables, separators=(",", ":"), default=str).encode() + b"\n"


def stage(client: Client, file: BinaryIO, identifier: str) -> str:
    """Upload a file of lines; answers the path by which an operation finds it. May be repeated.

    Raises BulkFailed for a file that is too big, Unreachable.
    """
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise BulkFailed(f"{size} bytes are more than a bulk operation takes")
    given = {
        "resource": "BULK_MUTATION_VARIABLES",
        "filename": f"{identifier}.jsonl",
        "mimeType": "text/jsonl",
        "httpMethod": "POST",
    }
    try:
        target = client.write("BridgeStageUpload", input=[given])["stagedTargets"][0]
    except Unauthorized as error:
        raise BulkRefused(error.message) from None
    form = {entry["name"]: entry["value"] for entry in target["parameters"]}
    upload(target["url"], form, file, sleep=client.sleep)
    return form["key"]


def launch(client: Client, document_name: str, path: str, identifier: str) -> str:
    """Start a mutation over an uploaded file; answers the operation's gid.

    Raises BulkRefused, Unreachable (nothing was started), BulkFailed, or Unknown: then `find` tells.
    """
    return _start(
        client,
        "BridgeRunBulkMutation",
        mutation=named(document(document_name).text, identifier),
        path=path,
        identifier=identifier,
    )


def named(text: str, identifier: str) -> str:
    """A mutation with the identifier in its name."""
    mark = _mark(identifier)
    return _NAME.sub(lambda found: f"mutation {found[1]}{mark}", text, count=1)


def _mark(identifier: str) -> str:
    return "_" + re.sub(r"\W", "", identifier)


def _start(client: Client, name: str, **variables: Any) -> str:
    try:
        operation = client.write(name, **variables)["bulkOperation"]
    except Unauthorized as error:
        raise BulkRefused(error.message) from None
    except UserErrors as error:
        if error.codes & _BUSY:
            raise Unreachable(error.message, _BUSY_FOR) from None
        if any(_FORBIDDEN.search(entry["message"]) for entry in error.entries):
            raise BulkRefused(error.message) from None
        raise BulkFailed(error.message) from None
    if not operation:
        raise BulkFailed(f"{name}: no operation was made")
    return operation["id"]


def look(client: Client, gid: str) -> Operation:
    """How an operation stands; one that Shopify no longer knows is EXPIRED."""
    node = client.run("BridgeBulk", id=gid)["bulkOperation"]
    return _operation(node) if node else Operation(gid, "EXPIRED", error="Shopify no longer knows it")


def find(client: Client, identifier: str, since: datetime) -> Operation | None:
    """The mutation that was started with `identifier` after `since`, if there is one."""
    mark = re.compile(_mark(identifier) + r"\b")
    # Clocks differ.
    begin = (since - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = f"operation_type:mutation created_at:>='{begin}'"
    for node in client.pages("BridgeBulks", "bulkOperations", first=_LISTED, query=query):
        if mark.search(node["query"]):
            return _operation(node)
    return None


def _operation(node: Mapping[str, Any]) -> Operation:
    return Operation(
        node["id"],
        node["status"],
        node["url"] or "",
        node["partialDataUrl"] or "",
        node["errorCode"] or "",
        int(node["objectCount"] or 0),
        int(node["fileSize"]) if node["fileSize"] else None,
        node.get("query") or "",
    )


def results(
    client: Client, operation: Operation
) -> Iterator[tuple[int, dict[str, Any] | None, list[dict[str, Any]]]]:
    """What became of the lines: number from 0, the data (by the mutation's field), and its userErrors.

    A line that was not carried out for another reason has data None and those errors. Lines that cannot
    be read are left out, as Shopify leaves out others. Raises BulkFailed when the file cannot be had.
    """
    url = operation.url or operation.partial_url
    if not url:
        return
    size = operation.size if operation.url else None
    with download(url, size=size, sleep=client.sleep) as file:
        for line in file:
            if (answer := _answer(line)) is not None:
                yield answer


def _answer(line: bytes) -> tuple[int, dict[str, Any] | None, list[dict[str, Any]]] | None:
    try:
        entry = json.loads(line, parse_float=Decimal)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not isinstance(number := entry.get("__lineNumber"), int):
        return None
    data, errors = entry.get("data"), entry.get("errors") or []
    payload = next(iter(data.values())) if isinstance(data, dict) and len(data) == 1 else None
    if errors or not isinstance(payload, dict):
        return number, None, list(errors)
    return number, data, list(payload.get("userErrors") or [])
