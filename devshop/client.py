"""HTTP as a user of the shop speaks it: GraphQL with a token, nothing but the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from devshop.places import Failed

_SECONDS = 60
# Nothing in the story leaves this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(
    address: str, body: Any = None, headers: Mapping[str, str] | None = None, timeout: float = _SECONDS
) -> tuple[int, bytes]:
    """Return the status and body of a GET, or of a POST of `body` as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def answers(address: str) -> bool:
    """Whether a Saleor answers GraphQL there."""
    try:
        status, _ = fetch(f"{address}/graphql/", {"query": "{ shop { name } }"}, timeout=5)
    except OSError:
        return False
    return status == 200


class GraphQL:
    """A GraphQL endpoint and who asks it."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        self.address, self.headers = address, dict(headers or {})

    def __call__(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return `data`. Raises Failed for an HTTP error, a GraphQL error, or errors of a mutation."""
        status, body = fetch(self.address, {"query": query, "variables": variables}, self.headers)
        try:
            answer = json.loads(body)
        except ValueError:
            raise Failed(f"{self.address} answered {status}, not JSON: {body[:200]!r}") from None
        if answer.get("errors") or status != 200:
            raise Failed(f"{self.address} answered {status}: {_messages(answer)}")
        data: dict[str, Any] = answer["data"]
        for field, payload in data.items():
            if refused := _refusals(payload):
                raise Failed(f"{field} was refused: {refused}")
        return data


def _messages(answer: Any) -> str:
    errors = answer.get("errors") or answer if isinstance(answer, dict) else answer
    if isinstance(errors, list):
        return "; ".join(str(error.get("message", error)) for error in errors)
    return str(errors)[:300]


def _refusals(payload: Any) -> list[Any]:
    """The errors that a mutation answers in its payload: `errors`, `checkoutErrors`, `userErrors`."""
    if not isinstance(payload, dict):
        return []
    return [
        error for name, found in payload.items() if name.lower().endswith("errors") for error in found or ()
    ]
