"""Webhooks of Shopify: verified over the raw body, taken in once, answered at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from saleor_plugins.delivery import receive

from .models import Store

MAX_BODY = 5_000_000


@csrf_exempt
@require_POST
def shopify(request: HttpRequest, name: str) -> HttpResponse:
    """Take in one webhook: 401 for a bad signature, 200 for one that was seen before."""
    store = Store.objects.filter(name=name).first()
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return JsonResponse({"error": "too large"}, status=413)
    body = request.body
    if store is None or not verified(
        body, request.headers.get("X-Shopify-Hmac-SHA256", ""), store.webhook_secrets
    ):
        return JsonResponse({"error": "bad signature"}, status=401)
    if request.headers.get("X-Shopify-Shop-Domain", "").lower() != store.domain.lower():
        return JsonResponse({"error": "wrong shop"}, status=401)
    topic, message_id = (
        request.headers.get("X-Shopify-Topic", ""),
        request.headers.get("X-Shopify-Webhook-Id", ""),
    )
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    if not topic or not message_id or not isinstance(payload, dict):
        return JsonResponse({"error": "not a webhook"}, status=400)
    fact = {
        "store": str(store.pk),
        "event": request.headers.get("X-Shopify-Event-Id", ""),
        "triggered": request.headers.get("X-Shopify-Triggered-At", ""),
        "gid": payload.get("admin_graphql_api_id", ""),
    }
    new = receive(f"shopify.{store.name}", message_id, topic, fact)
    return JsonResponse({"new": new})


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
