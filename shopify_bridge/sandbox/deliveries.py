"""Webhooks on their way: signed, sent, sent again, given up.

A receiver has one second to connect and five to answer; anything but 2xx counts as a failure. A delivery is
tried again with growing pauses over four hours, always with the payload and to the address it had at first,
and after eight failures its subscription is deleted. `scale` shortens the pauses. What is not delivered when
the store stops is lost.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import json
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

import requests

from .state import Doc

log = logging.getLogger(__name__)
FAILURES, FOUR_HOURS, TIMEOUT = 8, 4 * 3600.0, (1.0, 5.0)
_WORKERS, _KEPT = 4, 200


@dataclass
class Delivery:
    """One webhook to one address. `state`: waiting, delivered, failed, given up, or lost."""

    subscription: str
    uri: str
    topic: str
    event: str
    triggered: str
    payload: Doc
    name: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    failures: int = 0
    state: str = "waiting"
    answer: str = ""

    def again(self) -> Delivery:
        """The same one once more."""
        return replace(self)

    def twin(self) -> Delivery:
        """Another one about the same event."""
        return replace(self, id=str(uuid.uuid4()))


class Deliveries:
    """Sends what is due, with a few threads."""

    def __init__(self, secret: str, shop: str, version: str, scale: float = 1.0):
        self.secret, self.shop, self.version, self.scale = secret, shop, version, scale
        self.recent: deque[Delivery] = deque(maxlen=_KEPT)
        self.give_up: Callable[[str], None] = lambda subscription: None
        self._due: list[tuple[float, int, Delivery]] = []
        self._number, self._ready, self._stopped = count(), threading.Condition(), False
        self._busy = 0
        self._threads: list[threading.Thread] = []

    def add(self, delivery: Delivery, wait: float = 0.0) -> None:
        """Send this, `wait` seconds from now."""
        with self._ready:
            if delivery.failures == 0:
                self.recent.appendleft(delivery)
            heapq.heappush(self._due, (time.monotonic() + wait, next(self._number), delivery))
            if not self._threads:
                self._begin()
            self._ready.notify()

    def lose(self, delivery: Delivery) -> None:
        """Never send it."""
        delivery.state = "lost"
        self.recent.appendleft(delivery)

    def stop(self) -> None:
        """End; what is waiting is lost."""
        with self._ready:
            self._stopped = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout=7)

    def idle(self, seconds: float = 10) -> bool:
        """Wait until nothing is left to be sent; answers whether that came to be. For tests."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with self._ready:
                if not self._due and not self._busy:
                    return True
            time.sleep(0.01)
        return False

    def headers(self, delivery: Delivery, body: bytes) -> dict[str, str]:
        """What Shopify sends along; the signature is over the raw body."""
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        named = {"X-Shopify-Name": delivery.name} if delivery.name else {}
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": delivery.topic,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": self.shop,
            "X-Shopify-Webhook-Id": delivery.id,
            "X-Shopify-Event-Id": delivery.event,
            "X-Shopify-Triggered-At": delivery.triggered,
            "X-Shopify-API-Version": self.version,
        } | named

    def _begin(self) -> None:
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"sandbox-webhooks-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        with requests.Session() as session:
            while (delivery := self._next()) is not None:
                try:
                    self._send(session, delivery)
                except Exception:
                    log.exception("webhook")
                finally:
                    with self._ready:
                        self._busy -= 1

    def _next(self) -> Delivery | None:
        with self._ready:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._ready.wait(wait)
        return None

    def _send(self, session: requests.Session, delivery: Delivery) -> None:
        body = json.dumps(delivery.payload, default=str).encode()
        try:
            answer = session.post(
                delivery.uri,
                data=body,
                headers=self.headers(delivery, body),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            delivery.answer, good = str(answer.status_code), 200 <= answer.status_code < 300
        except requests.RequestException as error:
            delivery.answer, good = type(error).__name__, False
        if good:
            delivery.state = "delivered"
            return
        delivery.failures += 1
        if delivery.failures >= FAILURES:
            delivery.state = "given up"
            self.give_up(delivery.subscription)
            return
        delivery.state = "failed"
        self.add(delivery, self.pause(delivery.failures) * self.scale)

    @staticmethod
    def pause(failures: int) -> float:
        """Seconds before the next try: doubling, four hours in all."""
        first = FOUR_HOURS / (2 ** (FAILURES - 1) - 1)
        return float(first * 2 ** (failures - 1))
