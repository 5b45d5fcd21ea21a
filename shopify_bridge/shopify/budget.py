"""The cost budget of a shop, as far as its answers tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any


class Budget:
    """What the shop's bucket can pay, as far as its last answer told; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level, self._rate, self._size, self._at = 1000.0, 50.0, 1000.0, time.monotonic()
        self._costs: dict[str, float] = {}

    def wait_for(self, name: str) -> float:
        """Seconds until the bucket can probably pay for `name`; takes the points when it is now."""
        with self._lock:
            now = time.monotonic()
            self._level = min(self._size, self._level + (now - self._at) * self._rate)
            self._at = now
            need = min(self._costs.get(name, 50.0), self._size)
            if need <= self._level:
                self._level -= need
                return 0.0
            return (need - self._level) / self._rate

    def learn(self, name: str, cost: Mapping[str, Any]) -> None:
        """Take over what an answer says about costs."""
        status = cost.get("throttleStatus") or {}
        with self._lock:
            if cost.get("requestedQueryCost"):
                self._costs[name] = float(cost["requestedQueryCost"])
            if status.get("restoreRate"):
                self._rate, self._size = float(status["restoreRate"]), float(status["maximumAvailable"])
                self._level, self._at = float(status["currentlyAvailable"]), time.monotonic()
