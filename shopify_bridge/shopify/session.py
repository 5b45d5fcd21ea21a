"""HTTP sessions: one a thread, with time-outs, and what a failure says about the request."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

import requests
from shopify.utils.shop_url import sanitize_shop_domain
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def base_url(shop: str) -> str:
    """Where a shop answers: its myshopify.com domain, or, for a sandbox, a loopback URL.

    Raises ValueError for anything else, so that a token never goes to a stranger.
    """
    parts = urlsplit(shop)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return f"{parts.scheme}://{parts.netloc}"
    domain = sanitize_shop_domain(shop)
    if not domain:
        raise ValueError(f"{shop} is neither a myshopify.com domain nor a local sandbox.")
    return f"https://{domain}"


class Sessions:
    """A session for each thread: requests' own are not safe to share."""

    def __init__(self, headers: dict[str, str] | None = None):
        self._headers, self._local = headers or {}, threading.local()

    def get(self) -> requests.Session:
        """This thread's session."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers.update(self._headers)
        return self._local.session


def never_sent(error: requests.RequestException) -> bool:
    """Whether a request surely did not leave: no name, no route, refused, or no connection in time."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))
