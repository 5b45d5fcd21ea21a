"""Posting to addresses that others have given: signed, and never into our own network."""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from standardwebhooks import Webhook

from ..kernel import clock
from ..kernel.errors import Invalid

# Seconds to connect, between two bytes, and for all of it.
TIMEOUT, DEADLINE = (3.0, 15.0), 20.0
OVERLOADED = (429, 502, 503, 504)
_Answer = TypeVar("_Answer")
_LONGEST_RETRY_AFTER = timedelta(days=1)
_SECRET_BYTES = 32


class NotPublic(Exception):
    """The address leads into our own network."""


class NoAnswer(Exception):
    """Nothing came back in time; the text is the kind of failure."""


def allow_loopback() -> bool:
    """Whether this machine itself may be a target: in development and tests only."""
    return bool(getattr(settings, "SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK", False))


def new_secret() -> str:
    """A secret to sign with, as the Standard Webhooks specification writes them."""
    return "whsec_" + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()


def signed(secrets: Sequence[str], message_id: str, body: bytes) -> dict[str, str]:
    """The headers of https://www.standardwebhooks.com: a fresh timestamp, a signature for each secret."""
    now = clock.now()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(message_id, now, body.decode()) for secret in secrets
        ),
    }


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, timedelta]:
    """The status of the answer, and how long it asked to be left alone. Raises NotPublic, NoAnswer."""
    try:
        status, retry_after = _within(DEADLINE, lambda: _post(url, body, headers))
    except InvalidIPAddress:
        raise NotPublic from None
    except (requests.RequestException, TimeoutError) as error:
        raise NoAnswer(type(error).__name__) from None
    return status, seconds(retry_after)


def seconds(retry_after: str | None) -> timedelta:
    """A Retry-After header (RFC 9110: seconds or a date) as a duration; zero when it is neither."""
    if not retry_after:
        return timedelta()
    try:
        if retry_after.isdigit():
            wait = timedelta(seconds=min(int(retry_after), _LONGEST_RETRY_AFTER.total_seconds()))
        else:
            date: datetime = parsedate_to_datetime(retry_after)
            wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - clock.now()
    except (ValueError, TypeError):
        return timedelta()
    return min(max(wait, timedelta()), _LONGEST_RETRY_AFTER)


def check_url(url: str, *, field: str = "url") -> str:
    """The address, when it may be posted to. Raises Invalid naming `field`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(url) > 500 or any(character.isspace() for character in url):
        raise Invalid("Must be a web address of 500 characters or less.", field=field)
    if parts.username or parts.password or parts.fragment:
        raise Invalid("Must have no user name, password or fragment.", field=field)
    _check_host(parts, host, field)
    return url


def _check_host(parts: SplitResult, host: str, field: str) -> None:
    """Refuse early what sending would refuse; a name is only judged then, when it is resolved."""
    local = host == "localhost"
    try:
        numbers = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
        local = numbers[0][4][0] in ("127.0.0.1", "::1")
        filter_host(host, 443, allow_loopback=allow_loopback())
    except InvalidIPAddress:
        raise Invalid("Must be a public address.", field=field) from None
    except (OSError, UnicodeError):
        pass
    if parts.scheme != "https" and not (parts.scheme == "http" and local and allow_loopback()):
        raise Invalid("Must be an https address.", field=field)


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
    # Streamed and closed: what a subscriber says is not read, however long it is.
    with _session() as session, session.post(url, body, headers=headers, stream=True) as answer:
        return answer.status_code, answer.headers.get("Retry-After")


def _within(limit: float, call: Callable[[], _Answer]) -> _Answer:
    """What `call` answers; TimeoutError after `limit` seconds: who trickles meets no other time-out."""
    answer: Future[_Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(limit)


def _session() -> HTTPSession:
    session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=allow_loopback(),
            never_redirect=True,
            default_timeout=TIMEOUT,
            user_agent_override="saleor-plugins",
        )
    )
    # No proxy, which would resolve the name again, and no password from a .netrc.
    session.trust_env = False
    return session
