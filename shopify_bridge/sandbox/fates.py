"""How the store answers when a fault strikes a request.

402, 423 and 430 as Shopify documents its status codes: a frozen shop, a locked one, a request that looks
malicious. Their bodies are assumed.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

HTML = "text/html"
JSON = "application/json; charset=utf-8"
_BAD_GATEWAY = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_DOWN = b"<!DOCTYPE html><html><head><title>Something went wrong</title></head><body></body></html>"


class Reply(NamedTuple):
    """A whole HTTP answer."""

    status: int
    body: bytes
    kind: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


def _errors(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    return Reply(status, json.dumps({"errors": message}).encode(), JSON, headers)


def _graphql_error(message: str, code: str, **more: Any) -> Reply:
    error = {"message": message, "extensions": {"code": code} | more}
    return Reply(200, json.dumps({"errors": [error]}).encode())


_BEFORE = {
    "error": Reply(502, _BAD_GATEWAY, HTML),
    "payment": _errors(402, "This shop's plan does not have access to this feature"),
    "locked": _errors(423, "This shop is unavailable"),
    "too_many": _errors(429, "Exceeded 2 calls per second for api client.", ("Retry-After", "1.0")),
    "security": Reply(430, _DOWN, HTML),
    "internal": _graphql_error(
        "Internal error. Looks like something went wrong on our end.", "INTERNAL_SERVER_ERROR"
    ),
    "max_cost": _graphql_error(
        "Query cost is 1001, which exceeds the single query max cost limit (1000).",
        "MAX_COST_EXCEEDED",
        cost=1001,
        maxCost=1000,
    ),
}


def instead(fate: str) -> Reply | None:
    """The answer to a request that is not carried out."""
    return _BEFORE.get(fate)


def after(fate: str, answer: bytes) -> Reply:
    """What is answered to a request that was carried out."""
    if fate == "error-after":
        return Reply(502, _BAD_GATEWAY, HTML)
    if fate == "html":
        return Reply(200, _DOWN, HTML)
    if fate == "truncated":
        return Reply(200, answer[: len(answer) // 2])
    return Reply(200, answer)
