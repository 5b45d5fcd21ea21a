"""Who a Saleor is: the domain it calls itself and the keys that it signs its webhooks with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import requests
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from .client import SaleorClient, document
from .errors import SaleorUnreachable

# How long its answers are believed, and how soon it may be asked again because of a key that is not known.
FRESH, PAUSE = 3600.0, 30.0
_TIMEOUT = (3, 5)
_MAX_KEYS = 100_000


class Identities:
    """The Saleors that this process has to do with, by their GraphQL URL; for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._domains: dict[str, tuple[str, float]] = {}
        self._keys: dict[str, tuple[dict[str, PyJWK] | None, float]] = {}

    def domain(self, url: str) -> str:
        """The domain that a Saleor calls itself. Raises SaleorUnreachable."""
        with self._lock:
            known = self._domains.get(url)
            if known is None or self._clock() - known[1] >= FRESH:
                known = self._domains[url] = (_domain(url), self._clock())
            return known[0]

    def key(self, url: str, name: str) -> PyJWK | None:
        """The public key that a Saleor names so; it is asked again for a name that it did not know.

        Forged signatures make nobody ask more than once in `PAUSE` seconds. Raises SaleorUnreachable.
        """
        with self._lock:
            keys, at = self._keys.get(url, (None, -FRESH))
            age = self._clock() - at
            if age >= FRESH or (age >= PAUSE and name not in (keys or {})):
                # Also where it fails: the next one is not to ask again at once.
                self._keys[url] = (keys, self._clock())
                keys = _keys(url)
                self._keys[url] = (keys, self._clock())
            if keys is None:
                raise SaleorUnreachable("Saleor did not tell its keys")
            return keys.get(name)


def _domain(url: str) -> str:
    data = SaleorClient(url, timeout=_TIMEOUT, tries=1).run(document("any", "Domain"))
    return str(data["shop"]["domain"]["host"]).lower()


def _keys(url: str) -> dict[str, PyJWK]:
    try:
        answer = requests.get(
            urljoin(url, "/.well-known/jwks.json"), timeout=_TIMEOUT, allow_redirects=False, stream=True
        )
        body = answer.raw.read(_MAX_KEYS, decode_content=True)
        if answer.status_code != requests.codes.ok:
            raise SaleorUnreachable(f"Saleor answered HTTP {answer.status_code} instead of its keys")
        return _parsed(body)
    except requests.RequestException as error:
        raise SaleorUnreachable(f"Saleor does not tell its keys: {type(error).__name__}") from None


def _parsed(body: bytes) -> dict[str, PyJWK]:
    try:
        found: list[dict[str, Any]] = json.loads(body)["keys"]
        # Another kind of key (say, symmetric) under a name would be a door.
        return {item["kid"]: PyJWK(item, algorithm="RS256") for item in found if item.get("kty") == "RSA"}
    except (ValueError, KeyError, TypeError, PyJWTError):
        raise SaleorUnreachable("Saleor's keys cannot be read") from None


identities = Identities()
