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

    def test_bodies_and_headers_that_break_things(self, post) -> None:
        from saleor_plugins.delivery.models import Event, Inbox

        assert post(b"x" * 2_500_001).status_code == 413
        assert post(b"").status_code == 400
        assert post(b'{"a": "\xff"}').status_code == 400
        assert post({}, **{"X-Shopify-Topic": ""}).status_code == 400
        assert post({}, **{"X-Shopify-Topic": "t" * 300}).status_code == 400
        assert post({}, **{"X-Shopify-Webhook-Id": "w" * 300}).status_code == 400
        assert post({"admin_graphql_api_id": "nul\x00"}).status_code == 400
        assert Inbox.objects.count() == Event.objects.count() == 0

    @pytest.mark.parametrize(
        "payload",
        [
            {"id": "1"}, {"id": None}, {"id": True}, {"id": 10**30}, {"id": [1]}, {},
            {"admin_graphql_api_id": 7}, {"admin_graphql_api_id": "gid://shopify/Order/1"},
            {"inventory_item_id": {"a": 1}, "location_id": None},
        ],
    )  # fmt: skip
    def test_signed_nonsense_marks_nothing(self, post, payload) -> None:
        from shopify_bridge.models import Dirty
        from shopify_bridge.usecases.hear import TOPICS

        for number, topic in enumerate([*TOPICS, "orders/create", "rockets/launch"]):
            sent = {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": f"w-{number}"}
            assert post(payload, **sent).status_code == 200
        assert not Dirty.objects.exists()

    def test_what_it_is_about_is_marked_and_what_it_says_is_not_kept(self, store, post) -> None:
        from shopify_bridge.models import Dirty, Kind, Mapping

        gid = "gid://shopify/Product/7"
        Mapping.objects.create(store=store, kind=Kind.PRODUCT, key="P", gid=gid)
        old = {"X-Shopify-Topic": "products/update", "X-Shopify-Triggered-At": "2020-01-01T00:00:00Z"}
        post({"admin_graphql_api_id": gid, "title": "canary"}, **old)
        post({"admin_graphql_api_id": gid}, **old)
        post({"id": 7}, **{"X-Shopify-Topic": "products/delete", "X-Shopify-Webhook-Id": "w-2"})
        assert list(Dirty.objects.values_list("subject", "key", "told")) == [("product", "P", 2)]

    def test_another_store_with_the_same_product_is_not_touched(self, store, post) -> None:
        from shopify_bridge.models import Dirty, Kind, Mapping, Store

        other = Store.objects.create(name="other", shop="other.myshopify.com", currency="USD", saleor_url="x")
        Mapping.objects.create(store=other, kind=Kind.PRODUCT, key="P", gid="gid://shopify/Product/7")
        post({"admin_graphql_api_id": "gid://shopify/Product/7"}, **{"X-Shopify-Topic": "products/update"})
        assert not Dirty.objects.exists()
