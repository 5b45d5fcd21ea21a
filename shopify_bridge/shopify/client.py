"""The transport: one session for one shop, time-outs, the cost budget, and retries that cannot do harm.

What is repeated and what is not is the table of `answers.py`. Before a request its cost is estimated
and reserved in the budget that all workers of the shop share.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from .answers import PERSONAL, Again, body_of, data_of, unclear
from .budget import Budget, ProcessBudget, Spent, Ticket, spent, worth_learning
from .cost import MOST, estimate
from .documents import Document, document
from .errors import Rejected, TooDear, Unreachable, UserErrors
from .session import Sessions, base_url, never_sent

__all__ = ["HASTY", "PERSONAL", "VERSION", "Client", "Limits", "base_url"]
log = logging.getLogger(__name__)
VERSION = "2026-10"


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds: connecting, an answer, one call with all its retries, and one pause."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0
    pause: float = 60.0


# For workers, who have other things to do: what takes longer is put off.
HASTY = Limits(total=20.0, pause=4.0)


class Client:
    """Speaks the Admin GraphQL API with one shop. Safe to share between threads."""

    def __init__(
        self,
        shop: str,
        token: str,
        *,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        budget: Budget | None = None,
    ):
        self.url = f"{base_url(shop)}/admin/api/{VERSION}/graphql.json"
        self.budget: Budget = budget or ProcessBudget()
        self.served, self.calls = VERSION, 0
        self._limits, self._sleep = limits or Limits(), sleep
        self._random, self._local = random.Random(), threading.local()  # noqa: S311 - jitter
        self._sessions = Sessions(
            {
                "Content-Type": "application/json",
                "Accept": "application/json",
                "X-Shopify-Access-Token": token,
            }
        )

    @property
    def limits(self) -> Limits:
        """What this thread waits for at most."""
        return getattr(self._local, "limits", self._limits)

    @contextmanager
    def within(self, limits: Limits) -> Iterator[None]:
        """Other limits for this thread during the block."""
        before = getattr(self._local, "limits", None)
        self._local.limits = limits
        try:
            yield
        finally:
            self._local.limits = before or self._limits

    def sleep(self, seconds: float) -> None:
        """Wait, as this client waits."""
        self._sleep(seconds)

    def run(self, name: str | Document, **variables: Any) -> dict[str, Any]:
        """The data of a query, named or made to measure."""
        return self._call(document(name) if isinstance(name, str) else name, variables)

    def write(self, name: str | Document, **variables: Any) -> dict[str, Any]:
        """The payload of a mutation with one field; raises UserErrors when it refused."""
        doc = document(name) if isinstance(name, str) else name
        (payload,) = self._call(doc, variables).values()
        if payload is None:
            raise Rejected(f"{doc.name}: no payload")
        if payload["userErrors"]:
            raise UserErrors(doc.name, payload["userErrors"])
        return payload

    def pages(
        self, name: str | Document, root: str, *, first: int, **variables: Any
    ) -> Iterator[dict[str, Any]]:
        """The nodes of a top-level connection, in pages of `first`, or of fewer where those are too dear."""
        doc = document(name) if isinstance(name, str) else name
        after = None
        while True:
            while first > 1 and self._points(doc, variables | {"first": first, "after": after}) > MOST:
                first = max(1, first * 2 // 3)
            try:
                page = self._call(doc, variables | {"first": first, "after": after})[root]
            except TooDear:
                if first == 1:
                    raise
                first //= 2
                continue
            yield from page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return

    def _points(self, doc: Document, variables: Mapping[str, Any]) -> float:
        return estimate(doc.text, variables) * (self.budget.factor(doc.name) or 1.0)

    def _call(self, doc: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
        deadline, attempt = time.monotonic() + self.limits.total, 0
        while True:
            attempt += 1
            ticket = self._await_budget(doc, variables, deadline)
            try:
                return self._once(doc, variables, ticket)
            except Again as again:
                self._wait(doc, again, attempt, deadline)

    def _await_budget(self, doc: Document, variables: Mapping[str, Any], deadline: float) -> Ticket:
        points = self._points(doc, variables)
        patience = max(0.0, min(self.limits.pause, deadline - time.monotonic()))
        try:
            ticket = self.budget.reserve(points, patience)
        except Unreachable as error:
            raise Unreachable(f"{doc.name}: {error.message}", error.after) from None
        if ticket.wait:
            self._sleep(ticket.wait)
        return ticket

    def _wait(self, doc: Document, again: Again, attempt: int, deadline: float) -> None:
        wait = (
            self._backoff(attempt) if again.wait is None else again.wait * (1 + 0.3 * self._random.random())
        )
        if again.everybody:
            self.budget.pause(wait)
        if wait > self.limits.pause or time.monotonic() + wait > deadline:
            raise again.last if again.wait is None else Unreachable(again.last.message, wait) from None
        log.info("%s: %s, again in %.1f s", doc.name, again.last.code, wait)
        self._sleep(wait)

    def _backoff(self, attempt: int) -> float:
        return min(20.0, 0.25 * 2 ** min(attempt, 10)) * (0.5 + self._random.random())

    def _once(self, doc: Document, variables: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
        body = json.dumps({"query": doc.text, "variables": variables, "operationName": doc.name}, default=str)
        self.calls += 1
        answer, cost = None, Spent()
        try:
            answer = self._post(doc, body)
            known = body_of(doc, answer)
            cost = self._cost(doc, variables, known)
            return data_of(doc, known)
        except Again as again:
            if again.free:
                cost = replace(cost, charged=0.0)
            raise
        finally:
            self.budget.settle(ticket, cost)

    def _post(self, doc: Document, body: str) -> requests.Response:
        try:
            answer = self._sessions.get().post(
                self.url,
                data=body.encode(),
                timeout=(self.limits.connect, self.limits.read),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if never_sent(error):
                raise Again(Unreachable(f"{doc.name}: no connection"), free=True) from None
            raise unclear(doc, type(error).__name__) from None
        self._notice_version(answer)
        return answer

    def _cost(self, doc: Document, variables: Mapping[str, Any], body: Mapping[str, Any]) -> Spent:
        cost = spent((body.get("extensions") or {}).get("cost") or {})
        if cost.requested:
            factor = cost.requested / estimate(doc.text, variables)
            if worth_learning(self.budget.factor(doc.name), factor):
                self.budget.learn(doc.name, factor)
        return cost

    def _notice_version(self, answer: requests.Response) -> None:
        """Shopify answers in its oldest version once ours is no more; `doctor` tells, and so does the log."""
        served = answer.headers.get("X-Shopify-API-Version") or self.served
        if served != self.served:
            self.served = served
            log.warning("Shopify answers in API version %s, the bridge speaks %s.", served, VERSION)
