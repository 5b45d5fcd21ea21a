"""Incoming webhooks: prove who sent the bytes before anything reads them, then take them in once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from standardwebhooks import Webhook

from ..kernel import clock
from . import receive

TOLERANCE = timedelta(minutes=5)
MAX_BODY_BYTES = 1_000_000


class Forged(Exception):
    """The signature does not fit, or the message is too old or too new."""


@dataclass(frozen=True)
class Incoming:
    """An authenticated message, to be remembered by `message_id`."""

    message_id: str
    topic: str
    payload: Mapping[str, Any]


def take_in(request: HttpRequest, source: str, read: Callable[[HttpRequest], Incoming]) -> HttpResponse:
    """The view of an incoming webhook of `source`: `read` authenticates and parses.

    Answers 200 also for a repeated message, as the sender should stop; 401 for a forged one,
    400 for one that cannot be read, 413 for one above a megabyte.
    """
    if request.method != "POST":
        return JsonResponse({"error": "Use POST."}, status=405)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        return JsonResponse({"error": "The body is too large."}, status=413)
    try:
        message = read(request)
        new = receive(source, message.message_id, message.topic, message.payload)
    except Forged:
        return JsonResponse({"error": "The signature does not fit."}, status=401)
    except (ValueError, KeyError, TypeError, DataError):
        # DataError: Postgres stores neither NUL characters nor names that are too long.
        return JsonResponse({"error": "The body cannot be read."}, status=400)
    return JsonResponse({"status": "accepted" if new else "duplicate"})


def standard(request: HttpRequest, secrets: Sequence[str]) -> Incoming:
    """A message signed as Standard Webhooks specifies, with any of `secrets`. Raises Forged."""
    verify_standard(request.body, request.headers, secrets)
    body = json.loads(request.body)
    return Incoming(request.headers["webhook-id"], body["type"], body["data"])


def verify_standard(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Raise Forged unless one of `secrets` signed id, timestamp and body within five minutes."""
    try:
        sent = datetime.fromtimestamp(int(headers.get("webhook-timestamp", "")), UTC)
        key, text = headers["webhook-id"], body.decode()
    except (KeyError, ValueError, OverflowError, OSError):
        raise Forged from None
    if abs(clock.now() - sent) > TOLERANCE:
        raise Forged
    # Compared as text: lenient decoding of base64 would let several spellings pass.
    expected = [Webhook(secret).sign(key, sent, text).encode() for secret in secrets]
    _require_one(expected, headers.get("webhook-signature", "").encode().split(b" "))


def verify_hmac(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    """Raise Forged unless `signature` is the base64 HMAC-SHA256 of `body` by one of `secrets`.

    This is what Shopify sends as X-Shopify-Hmac-Sha256.
    """
    digests = [hmac.new(secret.encode(), body, hashlib.sha256).digest() for secret in secrets]
    _require_one([base64.b64encode(digest) for digest in digests], [signature.encode()])


def _require_one(expected: Sequence[bytes], given: Sequence[bytes]) -> None:
    if not any([hmac.compare_digest(one, other) for one in expected for other in given]):  # noqa: C419
        raise Forged
