"""How often one client may ask what anybody may ask."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ..kernel.errors import OpsError

WINDOW = 60


class TooMany(OpsError):
    """The client has asked too often within a minute."""

    code = "RATE_LIMITED"


def throttle(request: Any, scope: str, per_minute: int, *, about: str = "") -> None:
    """Count the request; raises TooMany beyond `per_minute` (0: never).

    By its client, or by what it is `about`, such as a mail address. Counted in Django's cache, so by each
    process for itself where that is local memory.
    """
    if not per_minute:
        return
    who = _secret(about) if about else _client(request)
    key = f"ops-throttle:{scope}:{who}:{int(time.time()) // WINDOW}"
    cache.add(key, 0, WINDOW * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # dropped in between: the cache is full, or is none
        return
    if count > per_minute:
        raise TooMany("Too many questions. Try again in a minute.")


def _client(request: Any) -> str:
    """Who asks: a known asker, else an address, which is not kept in clear.

    The last address that a proxy has added cannot be made up by the client; without one it is the peer's.
    """
    if request.asker.id:
        return str(request.asker.id)
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return _secret(passed or request.META.get("REMOTE_ADDR", ""))


def _secret(text: str) -> str:
    return str(salted_hmac("ops-throttle", text).hexdigest()[:24])
