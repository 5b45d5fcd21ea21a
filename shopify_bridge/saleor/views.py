"""What Saleor calls: its webhooks, and the installation of the bridge as an app of 3.x."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.inbound import Forged

from ..models import Store
from .client import SaleorClient, document
from .dialect import PERMISSIONS
from .errors import SaleorError, SaleorUnreachable
from .events import ORDER_TOPIC, orders_2, things
from .identity import identities
from .manifest import manifest_of, root_url
from .webhooks import verify

MAX_BODY, MAX_TOKEN = 2_000_000, 4_000


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, name: str) -> HttpResponse:
    """Note what one webhook says has changed: 401 for one that Saleor has not signed, 200 otherwise.

    The same again costs a comparison, so nothing is remembered of it.
    """
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return JsonResponse({"error": "too large"}, status=413)
    store = Store.objects.filter(name=name).first()
    try:
        if store is None:
            raise Forged
        verify(store, request.headers, request.body)
    except Forged:
        return JsonResponse({"error": "bad signature"}, status=401)
    except SaleorUnreachable:
        return JsonResponse({"error": "Saleor cannot be asked for its keys"}, status=503)
    try:
        payload = json.loads(request.body)
        marked = _note(store, payload)
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": "not a webhook"}, status=400)
    return JsonResponse({"marked": marked})


@transaction.atomic
def _note(store: Store, payload: Any) -> int:
    from ..usecases.dirty import mark

    found = dict.fromkeys(things(payload))
    # In one order, so that two webhooks never wait for each other.
    for subject, key in sorted(found):
        mark(store, subject, key)
    orders = orders_2(payload)
    for key in orders:
        emit(ORDER_TOPIC, {"store": str(store.pk), "order": key})
    return len(found) + len(orders)


@require_GET
def manifest(request: HttpRequest, name: str) -> HttpResponse:
    """The app manifest of one connection."""
    store = Store.objects.filter(name=name).first()
    if store is None:
        return JsonResponse({"error": "no such connection"}, status=404)
    return JsonResponse(manifest_of(store, root_url(request)))


@csrf_exempt
@require_POST
def register(request: HttpRequest, name: str) -> HttpResponse:
    """Take the token of a freshly installed app, once it has proven to open the connection's Saleor."""
    store = Store.objects.filter(name=name).first()
    if store is None:
        return _refused("There is no such connection.", 404)
    if int(request.headers.get("Content-Length") or 0) > MAX_TOKEN:
        return _refused("The body is too large.", 413)
    try:
        token = json.loads(request.body)["auth_token"]
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        return _refused("There is no auth_token.", 400)
    try:
        if request.headers.get("Saleor-Domain", "").lower() != identities.domain(store.saleor_url):
            return _refused(f"{name} is connected to another Saleor.", 403)
        app = SaleorClient(store.saleor_url, token).run(document("v3", "Me"))["app"]
    except SaleorUnreachable:
        return _refused(f"{name} does not reach its Saleor.", 503)
    except SaleorError:
        app = None
    if not app or not app["isActive"]:
        return _refused("Saleor does not know this token.", 403)
    missing = sorted(set(PERMISSIONS) - {item["code"] for item in app["permissions"]})
    if missing:
        return _refused(f"The app needs {', '.join(missing)}.", 403)
    Store.objects.filter(pk=store.pk).update(saleor_token=token)
    return JsonResponse({"ok": True})


def _refused(why: str, status: int) -> HttpResponse:
    # The form in which Saleor shows it to whoever installs the app.
    return JsonResponse({"error": {"message": why}}, status=status)
