"""Webhooks of Shopify: verified over the raw body, taken in once, answered at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from saleor_plugins.delivery import receive

from .models import Store
from .usecases.hear import hear

# As many bytes as Django reads into memory, unless it is told otherwise.
MAX_BODY = 2_500_000


@csrf_exempt
@require_POST
def shopify(request: HttpRequest, name: str) -> HttpResponse:
    """Take in one webhook: 401 for a bad signature or another shop, 200 for one that was seen before."""
    store = Store.objects.filter(name=name).first()
    try:
        body = _body(request)
    except RequestDataTooBig:
        return _refuse(413, "too large")
    signature = request.headers.get("X-Shopify-Hmac-SHA256", "")
    if store is None or not verified(body, signature, store.webhook_secrets):
        return _refuse(401, "bad signature")
    if request.headers.get("X-Shopify-Shop-Domain", "").lower() != store.domain.lower():
        return _refuse(401, "wrong shop")
    try:
        return JsonResponse({"new": _take_in(store, request, json.loads(body))})
    except (ValueError, DataError):
        # DataError: Postgres stores neither NUL characters nor names that are too long.
        return _refuse(400, "not a webhook")


def _body(request: HttpRequest) -> bytes:
    """The raw bytes, which are what is signed. Raises RequestDataTooBig before they are read."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise RequestDataTooBig
    return request.body


def _refuse(status: int, why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=status)


@transaction.atomic
def _take_in(store: Store, request: HttpRequest, payload: Any) -> bool:
    """Remember the message and mark what it is about, both or neither; False when it was seen before."""
    topic = request.headers.get("X-Shopify-Topic", "")
    message_id = request.headers.get("X-Shopify-Webhook-Id", "")
    if not topic or not message_id or not isinstance(payload, dict):
        raise ValueError
    fact = {
        "store": str(store.pk),
        "event": request.headers.get("X-Shopify-Event-Id", ""),
        "triggered": request.headers.get("X-Shopify-Triggered-At", ""),
        "gid": payload.get("admin_graphql_api_id", ""),
    }
    new = receive(f"shopify.{store.name}", message_id, topic, fact)
    if new:
        hear(store, topic, payload)
    return new


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return JsonResponse({"ok": True})


def verified(body: bytes, signature: str, secrets: str) -> bool:
    """Whether one of the comma-separated secrets (two while they are rotated) signed the body."""
    try:
        given = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    return any(
        hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).digest(), given)
        for secret in secrets.split(",")
        if secret
    )
