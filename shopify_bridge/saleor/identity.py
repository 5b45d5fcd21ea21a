"""Who a Saleor is: the domain it calls itself and the keys that it signs its webhooks with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Identity:
    """`keys` by key id. 2.10 has none."""

    domain: str
    keys: Mapping[str, PyJWK]
    at: float


class Identities:
    """The identities of the Saleors that this process has to do with; for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._known: dict[str, Identity] = {}

    def of(self, url: str, key: str = "") -> Identity:
        """The identity of the Saleor at a GraphQL URL; asked again when a key is named that it had not.

        A forged name of a key makes nobody ask more than once in `PAUSE` seconds. Raises SaleorUnreachable.
        """
        with self._lock:
            known = self._known.get(url)
            age = self._clock() - known.at if known else FRESH
            if known is None or age >= FRESH or (key and key not in known.keys and age >= PAUSE):
                known = self._known[url] = Identity(_domain(url), _keys(url), self._clock())
            return known


def _domain(url: str) -> str:
    data = SaleorClient(url, timeout=_TIMEOUT, tries=1).run(document("any", "Domain"))
    return str(data["shop"]["domain"]["host"]).lower()


def _keys(url: str) -> dict[str, PyJWK]:
    try:
        answer = requests.get(
            urljoin(url, "/.well-known/jwks.json"), timeout=_TIMEOUT, allow_redirects=False, stream=True
        )
        if answer.status_code == requests.codes.not_found:
            return {}
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
