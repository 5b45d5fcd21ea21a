"""Shopify's webhooks: only signed ones, each once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def post(saleor, store) -> Any:
    def send(payload: Any, *, secret: str = "hush", **headers: str) -> Any:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        sent = {
            "X-Shopify-Hmac-SHA256": signature,
            "X-Shopify-Topic": "products/update",
            "X-Shopify-Webhook-Id": "w-1",
            "X-Shopify-Shop-Domain": "sandbox.myshopify.com",
        } | headers
        return Client().post("/webhooks/shopify/test/", body, content_type="application/json", headers=sent)

    return send


@pytest.mark.parametrize("saleor", ["v2"], indirect=True)
class TestWebhooks:
    def test_the_same_webhook_is_taken_in_once(self, post) -> None:
        from saleor_plugins.delivery.models import Event

        payload = {"admin_graphql_api_id": "gid://shopify/Product/1", "title": "canary"}
        assert [post(payload).json() for _ in range(3)] == [{"new": True}, {"new": False}, {"new": False}]
        event = Event.objects.get(topic="inbox.shopify.test.products/update")
        assert event.data["gid"] == "gid://shopify/Product/1" and "canary" not in str(event.data)

    def test_forged_ones_leave_nothing(self, post) -> None:
        from saleor_plugins.delivery.models import Event, Inbox

        good = base64.b64encode(hmac.new(b"hush", b"{}", hashlib.sha256).digest()).decode()
        flipped = [good[:i] + ("A" if good[i] != "A" else "B") + good[i + 1 :] for i in range(len(good) - 1)]
        for signature in [*flipped, "", "é", good + "=", "A" * 44]:
            answer = post({"x": 1}, **{"X-Shopify-Hmac-SHA256": signature})
            assert answer.status_code == 401
        assert post({}, secret="other").status_code == 401
        assert Inbox.objects.count() == Event.objects.count() == 0

    def test_two_secrets_while_they_are_rotated(self, store, post) -> None:
        store.webhook_secrets = "new,hush"
        store.save()
        assert post({}, secret="new").status_code == 200
        assert post({}, secret="hush", **{"X-Shopify-Webhook-Id": "w-2"}).status_code == 200

    def test_signed_but_not_for_this_shop_or_no_webhook(self, post) -> None:
        assert post({}, **{"X-Shopify-Shop-Domain": "other.myshopify.com"}).status_code == 401
        assert post(b"\xff\xfe").status_code == 400
        assert post([1]).status_code == 400
        assert post({}, **{"X-Shopify-Webhook-Id": ""}).status_code == 400

    def test_no_secret_means_no_webhook(self, store, post) -> None:
        store.webhook_secrets = ""
        store.save()
        assert post({}, secret="").status_code == 401
