"""Switches for what goes wrong between a client and Shopify, on the command line and while it runs."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

WEEK = 7 * 86_400.0
FATES = (
    "throttled",
    "error",
    "lost",
    "error_before",
    "error_after",
    "payment",
    "locked",
    "too_many",
    "security",
    "html",
    "truncated",
    "internal",
    "max_cost",
)
_NAMES = {"error_before": "error", "error_after": "error-after"}


@dataclass
class Faults:
    """Shares of requests, 0 to 1, that go wrong in each way, and other switches.

    `throttled`: answered THROTTLED, nothing done. `error`: HTTP 502 with an HTML body, by half of them
    after the request was carried out (`error_before`, `error_after`: only one of them). `lost`: carried
    out, and the connection closed without an answer after `hang` seconds. `payment`: 402, `locked`: 423,
    `too_many`: 429 with Retry-After, `security`: 430; nothing done. `html`: carried out, 200 with HTML.
    `truncated`: carried out, the JSON cut off. `internal`: INTERNAL_SERVER_ERROR, nothing done. `max_cost`:
    MAX_COST_EXCEEDED.

    `only`: these happen only to requests whose operation's name is it. `version`: the API version that
    answers claim instead of the one asked for. `restore_rate`: the bucket's, from now on. `stale`: how many
    repeated idempotency keys answer CHANGE_FROM_QUANTITY_STALE. `media`: how many files FAILED.
    `deactivate`: the name of a location that is deactivated at once.

    Bulk: `bulk_missing`, `bulk_blank`: shares of lines left out, and of blank ones added; `bulk_shuffled`:
    in no order; `bulk_ends`: the state it ends in without having run (EXPIRED, FAILED, CANCELED);
    `bulk_fails_after`: FAILED after so many objects, with what there is as partial data (`bulk_no_partial`:
    without); `bulk_disabled`: queries, mutations or both; `bulk_busy`: one too many already;
    `bulk_url_seconds`: how long an answer's address is good.

    Webhooks: `webhook_lost`, `webhook_duplicate` (same id), `webhook_twins` (another id, the same event)
    and `webhook_late` (by `webhook_late_seconds`) are shares; `webhook_shuffled`: waits a little and
    delivers in no order.
    """

    throttled: float = 0.0
    error: float = 0.0
    lost: float = 0.0
    hang: float = 0.0
    seed: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    error_before: float = 0.0
    error_after: float = 0.0
    payment: float = 0.0
    locked: float = 0.0
    too_many: float = 0.0
    security: float = 0.0
    html: float = 0.0
    truncated: float = 0.0
    internal: float = 0.0
    max_cost: float = 0.0
    only: str = ""
    version: str = ""
    restore_rate: float = 0.0
    stale: float = 0.0
    media: float = 0.0
    deactivate: str = ""
    bulk_missing: float = 0.0
    bulk_blank: float = 0.0
    bulk_shuffled: bool = False
    bulk_ends: str = ""
    bulk_fails_after: int = 0
    bulk_no_partial: bool = False
    bulk_disabled: str = ""
    bulk_busy: bool = False
    bulk_url_seconds: float = WEEK
    webhook_lost: float = 0.0
    webhook_duplicate: float = 0.0
    webhook_twins: float = 0.0
    webhook_late: float = 0.0
    webhook_late_seconds: float = 5.0
    webhook_shuffled: bool = False

    def __post_init__(self) -> None:
        self._random, self._lock = random.Random(self.seed), threading.Lock()  # noqa: S311 - not for secrets

    def draw(self) -> str:
        """What happens to this request: one of FATES, or "" for nothing; "error" is one before it."""
        with self._lock:
            fate, at = "", self._random.random()
            for name in FATES:
                share = getattr(self, name)
                if at < share:
                    fate = name
                    break
                at -= share
            if fate == "error" and self._random.random() < 0.5:
                fate = "error_after"
            fate = _NAMES.get(fate, fate)
            self.counts[fate or "answered"] = self.counts.get(fate or "answered", 0) + 1
            return fate

    def chance(self, name: str) -> bool:
        """Whether the switch `name`, a share, strikes this time."""
        with self._lock:
            return bool(share := getattr(self, name)) and self._random.random() < share

    def moment(self) -> float:
        """Seconds from 0 to 1."""
        with self._lock:
            return self._random.random()

    def set(self, given: Mapping[str, Any]) -> None:
        """Turn switches, from text or JSON; raises ValueError and turns none when one is wrong."""
        wanted = {name: _value(name, value) for name, value in given.items()}
        for name, value in wanted.items():
            setattr(self, name, value)

    def clear(self) -> None:
        """Turn all of them off."""
        for name, value in _DEFAULTS.items():
            setattr(self, name, value)

    def on(self) -> dict[str, Any]:
        """The switches that are not as they are in a store without faults."""
        return {n: getattr(self, n) for n, kept in _DEFAULTS.items() if getattr(self, n) != kept}


_DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(Faults) if f.name not in ("counts", "seed")}
_CHOICES = {
    "bulk_ends": ("", "EXPIRED", "FAILED", "CANCELED"),
    "bulk_disabled": ("", "queries", "mutations", "both"),
}
_OPEN_ENDED = ("hang", "restore_rate", "bulk_url_seconds", "webhook_late_seconds")


def _value(name: str, given: Any) -> Any:
    """A switch's value; raises ValueError."""
    if name not in _DEFAULTS:
        raise ValueError(f"{name} is no switch; there are {', '.join(sorted(_DEFAULTS))}")
    kind = type(_DEFAULTS[name])
    if kind is bool:
        if str(given).lower() not in ("true", "false", "1", "0", "on", "off"):
            raise ValueError(f"{name} must be on or off")
        return str(given).lower() in ("true", "1", "on")
    if kind is str:
        if str(given) not in _CHOICES.get(name, (str(given),)):
            raise ValueError(f"{name} must be one of {', '.join(filter(None, _CHOICES[name]))}")
        return str(given)
    try:
        number = kind(given)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number") from None
    if kind is float and name not in _OPEN_ENDED and not 0 <= number <= 1:
        raise ValueError(f"{name} must be a share from 0 to 1")
    if number < 0:
        raise ValueError(f"{name} must not be negative")
    return number
