"""Switches for what goes wrong between a client and Shopify."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field


@dataclass
class Faults:
    """Shares of requests, 0 to 1, that go wrong in each way.

    `throttled`: answered THROTTLED, nothing done. `error`: HTTP 502 with an HTML body, by half of them
    after the request was carried out. `lost`: carried out, and the connection closed without an answer
    after `hang` seconds.
    """

    throttled: float = 0.0
    error: float = 0.0
    lost: float = 0.0
    hang: float = 0.0
    seed: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random, self._lock = random.Random(self.seed), threading.Lock()  # noqa: S311 - not for secrets

    def draw(self) -> str:
        """What happens to this request: "", "throttled", "error", "error-after" or "lost"."""
        with self._lock:
            at, fate = self._random.random(), ""
            if at < self.throttled:
                fate = "throttled"
            elif at < self.throttled + self.error:
                fate = self._random.choice(["error", "error-after"])
            elif at < self.throttled + self.error + self.lost:
                fate = "lost"
            self.counts[fate or "answered"] = self.counts.get(fate or "answered", 0) + 1
            return fate
