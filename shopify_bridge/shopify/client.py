"""The transport: one session for one shop, time-outs, the cost budget, and retries that cannot do harm.

THROTTLED and 429 say that nothing was done, so they are repeated for every document. A 5xx, a time-out
or a broken connection leaves it open: reads and repeatable writes are sent again, other writes raise
Unknown and somebody has to look.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from shopify.utils.shop_url import sanitize_shop_domain

from .budget import Budget
from .documents import Document, document
from .errors import Rejected, ShopifyError, Unauthorized, Unknown, Unreachable, UserErrors

log = logging.getLogger(__name__)
VERSION = "2026-10"
# Documents whose variables name people.
PERSONAL = frozenset({"BridgeCreateOrder"})


def base_url(shop: str) -> str:
    """Where a shop answers: its myshopify.com domain, or, for a sandbox, a loopback URL.

    Raises ValueError for anything else, so that a token never goes to a stranger.
    """
    parts = urlsplit(shop)
    if parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return f"{parts.scheme}://{parts.netloc}"
    domain = sanitize_shop_domain(shop)
    if not domain:
        raise ValueError(f"{shop} is neither a myshopify.com domain nor a local sandbox.")
    return f"https://{domain}"


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds: connecting, an answer, and for one call with all its retries."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0


class _Again(Exception):
    """This attempt failed and may be repeated after `wait` seconds; `last` is raised when it may not."""

    def __init__(self, last: ShopifyError, wait: float | None = None):
        super().__init__()
        self.last, self.wait = last, wait


class Client:
    """Speaks the Admin GraphQL API with one shop. Safe to share between threads."""

    def __init__(
        self,
        shop: str,
        token: str,
        *,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.url = f"{base_url(shop)}/admin/api/{VERSION}/graphql.json"
        self.limits, self.budget, self.calls = limits or Limits(), Budget(), 0
        self._sleep, self._random = sleep, random.Random()  # noqa: S311 - jitter
        self._token = token
        self._local = threading.local()

    def run(self, name: str, **variables: Any) -> dict[str, Any]:
        """The data of a query."""
        return self._call(document(name), variables)

    def write(self, name: str, **variables: Any) -> dict[str, Any]:
        """The payload of a mutation with one field; raises UserErrors when it refused."""
        (payload,) = self._call(document(name), variables).values()
        if payload is None:
            raise Rejected(f"{name}: no payload")
        if payload["userErrors"]:
            raise UserErrors(name, payload["userErrors"])
        return payload

    def _call(self, doc: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + self.limits.total
        attempt = 0
        while True:
            attempt += 1
            self._await_budget(doc, deadline)
            try:
                return self._once(doc, variables)
            except _Again as again:
                wait = again.wait if again.wait is not None else self._backoff(attempt)
                if time.monotonic() + wait > deadline:
                    raise again.last from None
                log.info("%s: %s, again in %.1f s", doc.name, again.last.code, wait)
                self._sleep(wait)

    def _await_budget(self, doc: Document, deadline: float) -> None:
        while wait := self.budget.wait_for(doc.name):
            if time.monotonic() + wait > deadline:
                raise Unreachable(f"{doc.name}: the shop's cost budget is used up")
            self._sleep(min(wait, 5.0))

    def _backoff(self, attempt: int) -> float:
        return min(20.0, 0.25 * 2**attempt) * (0.5 + self._random.random())

    def _once(self, doc: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": doc.text, "variables": variables, "operationName": doc.name}, default=str)
        self.calls += 1
        try:
            answer = self._session().post(
                self.url,
                data=body.encode(),
                timeout=(self.limits.connect, self.limits.read),
                allow_redirects=False,
            )
        except requests.ConnectTimeout:
            raise _Again(Unreachable(f"{doc.name}: no connection")) from None
        except requests.RequestException as error:
            raise self._unclear(doc, type(error).__name__) from None
        return self._judge(doc, answer)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers.update(
                {
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                    "X-Shopify-Access-Token": self._token,
                }
            )
        return self._local.session

    def _unclear(self, doc: Document, what: str) -> Exception:
        """Nobody knows what happened to a request."""
        if doc.repeatable:
            return _Again(Unreachable(f"{doc.name}: {what}"))
        return Unknown(f"{doc.name}: {what}")

    def _judge(self, doc: Document, answer: requests.Response) -> dict[str, Any]:
        status = answer.status_code
        if status in (401, 403):
            raise Unauthorized(f"{doc.name}: HTTP {status}")
        if status == 429:
            raise _Again(Unreachable(f"{doc.name}: HTTP 429"), _retry_after(answer))
        if status >= 500:
            raise self._unclear(doc, f"HTTP {status}")
        if status != 200:
            raise Rejected(f"{doc.name}: HTTP {status}")
        try:
            body = json.loads(answer.text, parse_float=Decimal)
        except ValueError:
            raise self._unclear(doc, "an answer that is not JSON") from None
        return self._data(doc, body)

    def _data(self, doc: Document, body: dict[str, Any]) -> dict[str, Any]:
        cost = (body.get("extensions") or {}).get("cost") or {}
        self.budget.learn(doc.name, cost)
        errors = body.get("errors") or []
        codes = {(error.get("extensions") or {}).get("code") for error in errors if isinstance(error, dict)}
        if "THROTTLED" in codes:
            raise _Again(Unreachable(f"{doc.name}: THROTTLED"), self._throttled_for(cost))
        if codes & {"ACCESS_DENIED", "UNAUTHORIZED"}:
            raise Unauthorized(f"{doc.name}: ACCESS_DENIED")
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
            raise self._unclear(doc, "an internal error")
        if errors or not body.get("data"):
            raise Rejected(f"{doc.name}: {_said(doc, errors) or 'no data'}")
        return body["data"]

    def _throttled_for(self, cost: Mapping[str, Any]) -> float:
        status = cost.get("throttleStatus") or {}
        missing = float(cost.get("requestedQueryCost") or 100) - float(status.get("currentlyAvailable") or 0)
        return max(0.1, missing / float(status.get("restoreRate") or 50)) * (1 + 0.2 * self._random.random())


def _said(doc: Document, errors: list[Any]) -> str:
    """What Shopify says is wrong; of documents with personal data only the codes, as it quotes its input."""
    if doc.name in PERSONAL:
        return ", ".join(
            str((e.get("extensions") or {}).get("code", "")) for e in errors[:3] if isinstance(e, dict)
        )
    return "; ".join(str(e.get("message", e))[:200] for e in errors[:3] if isinstance(e, dict))


def _retry_after(answer: requests.Response) -> float | None:
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
