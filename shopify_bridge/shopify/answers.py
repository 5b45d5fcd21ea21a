"""What an answer of the Admin API means: data, an error, or that the request may be sent again.

| answer | reads, repeatable writes | other writes |
| --- | --- | --- |
| THROTTLED, 429 | again, once there is budget, or after Retry-After | the same: nothing was done |
| 430, 402, 423 | later: nothing was done | the same |
| 401, 403, ACCESS_DENIED | Unauthorized | the same |
| MAX_COST_EXCEEDED | TooDear | Rejected |
| other 3xx and 4xx, errors without data | Rejected | the same |
| 5xx, no JSON, half an answer, time-out, INTERNAL_SERVER_ERROR | again | Unknown |
| errors beside data | Rejected | Unknown: it was carried out, or part of it |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests

from .documents import Document
from .errors import Closed, Rejected, ShopifyError, TooDear, Unauthorized, Unknown, Unreachable

# Documents whose variables name people.
PERSONAL = frozenset({"BridgeCreateOrder"})
_CLOSED = {402: "the shop is frozen until its owner pays", 423: "the shop is locked by Shopify"}
_CLOSED_FOR, _SUSPECTED_FOR = 1800.0, 120.0
# The budget knows how long; this only keeps a shop that always says so from being hammered.
_THROTTLED_FOR = 0.3
_INTERNAL = {"INTERNAL_SERVER_ERROR", "TIMEOUT"}


class Again(Exception):
    """This attempt failed and may be repeated.

    `wait`: seconds, where Shopify named them; `everybody`: whether that is meant for all who ask this shop;
    `free`: whether it cost no points. `last` is raised when the attempts are used up.
    """

    def __init__(
        self, last: ShopifyError, wait: float | None = None, *, everybody: bool = False, free: bool = False
    ):
        super().__init__()
        self.last, self.wait, self.everybody, self.free = last, wait, everybody, free


def body_of(doc: Document, answer: requests.Response) -> dict[str, Any]:
    """The JSON of an answer; raises what its status means."""
    status = answer.status_code
    if status != 200:
        raise _refusal(doc, answer)
    try:
        body = json.loads(answer.text, parse_float=Decimal)
    except ValueError:
        raise unclear(doc, "an answer that is not JSON") from None
    if not isinstance(body, dict):
        raise unclear(doc, "an answer that is no object")
    return body


def _refusal(doc: Document, answer: requests.Response) -> Exception:
    status = answer.status_code
    said = f"{doc.name}: HTTP {status}"
    if status in (401, 403):
        return Unauthorized(said)
    if status == 429:
        return Again(Unreachable(said), _retry_after(answer), everybody=True, free=True)
    if status == 430:
        return Unreachable(f"{said}, Shopify took the request for an attack", _SUSPECTED_FOR)
    if status in _CLOSED:
        return Closed(f"{said}, {_CLOSED[status]}", _CLOSED_FOR)
    if status == 404:
        return Rejected(f"{said}: there is no such shop, or no such API version any more")
    if status >= 500:
        return unclear(doc, f"HTTP {status}")
    return Rejected(said)


def unclear(doc: Document, what: str) -> Exception:
    """Nobody knows what became of a request."""
    if doc.repeatable:
        return Again(Unreachable(f"{doc.name}: {what}"))
    return Unknown(f"{doc.name}: {what}")


def data_of(doc: Document, body: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an answer; raises what its errors mean."""
    errors = [error for error in body.get("errors") or [] if isinstance(error, dict)]
    data = body.get("data")
    if not body.get("errors") and data:
        return data
    codes = {(error.get("extensions") or {}).get("code") for error in errors}
    if "THROTTLED" in codes:
        raise Again(Unreachable(f"{doc.name}: THROTTLED"), _THROTTLED_FOR, free=True)
    if codes & {"ACCESS_DENIED", "UNAUTHORIZED"}:
        raise Unauthorized(f"{doc.name}: ACCESS_DENIED")
    if codes & _INTERNAL or not body:
        raise unclear(doc, "an internal error")
    said = f"{doc.name}: {_said(doc, errors) or 'no data'}"
    if "MAX_COST_EXCEEDED" in codes:
        raise TooDear(said)
    if not doc.repeatable and isinstance(data, dict) and any(value is not None for value in data.values()):
        raise Unknown(said)
    raise Rejected(said)


def _said(doc: Document, errors: list[dict[str, Any]]) -> str:
    """What Shopify says is wrong; of documents with personal data only the codes, as it quotes its input."""
    if doc.name in PERSONAL:
        return ", ".join(str((e.get("extensions") or {}).get("code", "")) for e in errors[:3])
    return "; ".join(str(e.get("message", e))[:200] for e in errors[:3])


def _retry_after(answer: requests.Response) -> float | None:
    try:
        return max(0.0, float(answer.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None
