"""Saleor's webhooks: only signed ones, each thing it names marked; the app's installation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from .fake_saleor import TOKEN, FakeSaleor, gid

KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("old", "new")}
only_v2 = pytest.mark.parametrize("saleor", ["v2"], indirect=True)
only_v3 = pytest.mark.parametrize("saleor", ["v3"], indirect=True)


def public(*names: str) -> dict[str, Any]:
    """The key set that Saleor publishes."""
    keys = []
    for name in names:
        keys.append(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[name].public_key())))
        keys[-1] |= {"kid": name, "use": "sig", "alg": "RS256"}
    return {"keys": keys}


def jws(body: bytes, name: str = "old", key: Any = None, **header: Any) -> str:
    """A detached signature, as Saleor 3.x makes it."""
    headers = {"kid": name, "crit": ["b64"], **header}
    signer = key or KEYS[name]
    return jwt.PyJWS().encode(body, signer, "RS256", headers, is_payload_detached=True)


def confused(body: bytes, jwks: Any) -> str:
    """Signed with the public key as if it were a shared secret."""
    head = base64.urlsafe_b64encode(
        json.dumps({"alg": "HS256", "kid": "old", "b64": False, "crit": ["b64"]}).encode()
    ).rstrip(b"=")
    digest = hmac.new(json.dumps(jwks["keys"][0]).encode(), head + b"." + body, hashlib.sha256).digest()
    return (head + b".." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def payload(kind: str, **content: Any) -> bytes:
    return json.dumps({"__typename": kind, **content}).encode()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Fresh identities, and the seconds by which their clock is ahead."""
    from shopify_bridge.saleor import views, webhooks
    from shopify_bridge.saleor.identity import Identities

    ahead = [0.0]
    fresh = Identities(lambda: ahead[0])
    monkeypatch.setattr(webhooks.verify, "__defaults__", (fresh,))
    monkeypatch.setattr(views, "identities", fresh)
    return ahead


@pytest.fixture
def post(saleor: FakeSaleor, store: Any, clock: list[float]) -> Any:
    """Send a body with the headers of either generation."""
    saleor.jwks = public("old")
    store.saleor_secrets = "next,current"
    store.save()

    def send(
        body: bytes, signature: str | None = None, path: str = "/webhooks/saleor/test/", **more: str
    ) -> Any:
        if saleor.version == "v3":
            headers = {"Saleor-Signature": jws(body) if signature is None else signature}
            headers["Saleor-Domain"] = saleor.domain
        else:
            digest = hmac.new(b"current", body, hashlib.sha256).hexdigest()
            headers = {"X-Saleor-HMAC-SHA256": f"sha1={digest}" if signature is None else signature}
            headers["X-Saleor-Domain"] = saleor.domain
        return Client().post(path, body, content_type="application/json", headers=headers | more)

    return send


def marked() -> set[tuple[str, str]]:
    from shopify_bridge.models import Dirty

    return set(Dirty.objects.values_list("subject", "key"))


PRODUCT = gid("Product", 1)
VARIANT = gid("ProductVariant", 7)


@only_v3
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (payload("ProductUpdated", product={"id": PRODUCT}), {("product", PRODUCT)}),
        (
            payload("ProductVariantDeleted", productVariant={"id": VARIANT, "product": {"id": PRODUCT}}),
            {("product", PRODUCT)},
        ),
        (
            payload("ProductVariantDiscountedPriceUpdated", sold={"id": VARIANT, "product": {"id": PRODUCT}}),
            {("product", PRODUCT)},
        ),
        (payload("ProductVariantStockUpdated", productVariant={"id": VARIANT}), {("stock", VARIANT)}),
        (payload("ProductMediaCreated", productMedia={"productId": PRODUCT}), {("product", PRODUCT)}),
        (payload("CategoryUpdated", category={"id": "C"}), {("collection", "C")}),
        (
            payload("TranslationUpdated", translation={"translatableContent": {"productId": PRODUCT}}),
            {("product", PRODUCT)},
        ),
        (payload("TranslationUpdated", translation={}), set()),
        (
            payload(
                "OrderCreated", order={"id": "O", "lines": [{"variant": {"id": VARIANT}}, {"variant": None}]}
            ),
            {("stock", VARIANT)},
        ),
        (payload("ProductUpdated", product=None), set()),
    ],
)
def test_what_it_names_is_marked(post: Any, body: bytes, expected: set[tuple[str, str]]) -> None:
    assert post(body).status_code == 200
    assert marked() == expected
    assert post(body).status_code == 200
    assert marked() == expected


@only_v2
def test_2_10_tells_of_products_and_of_orders(post: Any, saleor: FakeSaleor) -> None:
    from saleor_plugins.delivery.models import Event

    shirt = saleor.product(1, "Shirt")
    order = saleor.order(5, [(shirt["variants"][0], 2, "10", "10")])
    assert (
        post(json.dumps([{"type": "Product", "id": PRODUCT, "name": "canary"}]).encode()).status_code == 200
    )
    assert marked() == {("product", PRODUCT)}
    assert (
        post(json.dumps([{"type": "Order", "id": order["id"], "user_email": "canary"}]).encode()).status_code
        == 200
    )
    event = Event.objects.get(topic="bridge.saleor_order")
    assert "canary" not in str(event.data)
    from shopify_bridge.usecases.heard import order_heard

    order_heard(event.data["store"], event.data["order"])
    assert marked() == {("product", PRODUCT), ("stock", shirt["variants"][0]["id"])}


def test_forged_ones_leave_nothing(post: Any, saleor: FakeSaleor) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT})
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = jws(body)
    head, tail = good.split("..")
    none = jwt.encode({"product": {"id": PRODUCT}}, "", "none").split(".")
    secret = hmac.new(b"current", body, hashlib.sha256).hexdigest()
    forged = [
        "",
        "..",
        "a.b.c",
        "é..é",
        jws(body, key=other),
        jws(body + b" "),
        jws(body, "unknown", key=other),
        f"{head}.{tail}",
        jwt.PyJWS().encode(body, KEYS["old"], "RS256", {"kid": "old"}),
        f"{none[0]}..",
        f"{none[0]}.{none[1]}.",
        confused(body, saleor.jwks),
        f"sha1={secret[:-1]}",
        secret.upper(),
        f"sha1={hmac.new(b'', body, hashlib.sha256).hexdigest()}",
        good[:-2] + ("AA" if not good.endswith("AA") else "BB"),
    ]
    for signature in forged:
        assert post(body, signature).status_code == 401, signature
    assert post(body, path="/webhooks/saleor/nobody/").status_code == 401
    assert marked() == set()


def test_another_shops_domain_is_refused_though_it_is_signed(post: Any, saleor: FakeSaleor) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT}) if saleor.version == "v3" else b"[]"
    name = "Saleor-Domain" if saleor.version == "v3" else "X-Saleor-Domain"
    for domain in ("other.example", "", f"{saleor.domain}.evil.example"):
        assert post(body, **{name: domain}).status_code == 401
    assert post(body, **{name: saleor.domain.upper()}).status_code == 200


@only_v3
def test_a_rotated_key_is_learnt_and_strange_ones_do_not_keep_saleor_busy(
    post: Any, saleor: FakeSaleor, clock: list[float]
) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT})
    assert post(body).status_code == 200
    saleor.jwks = public("new")
    for number in range(20):
        assert post(body, jws(body, f"strange-{number}", KEYS["new"])).status_code == 401
    assert saleor.asked.count("/.well-known/jwks.json") == 1
    clock[0] += 31
    assert post(body, jws(body, "new")).status_code == 200
    assert saleor.asked.count("/.well-known/jwks.json") == 2
    assert post(body, jws(body, "old")).status_code == 401


@only_v3
def test_keys_of_another_kind_and_an_unreachable_saleor(
    post: Any, saleor: FakeSaleor, clock: list[float]
) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT})
    saleor.jwks = {"keys": [{"kty": "oct", "kid": "old", "k": "c2VjcmV0", "alg": "HS256"}]}
    assert post(body).status_code == 401
    from shopify_bridge.models import Store

    Store.objects.update(saleor_url="http://127.0.0.1:9/graphql/")
    clock[0] += 4000
    assert post(body).status_code == 503
    assert marked() == set()


@only_v3
def test_a_saleor_without_keys_is_asked_once_a_while(
    post: Any, saleor: FakeSaleor, clock: list[float]
) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT})
    saleor.jwks = {"not": "keys"}
    assert [post(body).status_code for _ in range(3)] == [503] * 3
    assert saleor.asked.count("/.well-known/jwks.json") == 1
    saleor.jwks = public("old")
    clock[0] += 31
    assert post(body).status_code == 200


@only_v3
def test_a_webhook_of_3_x_with_a_secret(post: Any) -> None:
    body = payload("ProductUpdated", product={"id": PRODUCT})
    assert post(body, hmac.new(b"next", body, hashlib.sha256).hexdigest()).status_code == 200
    assert post(body, hmac.new(b"former", body, hashlib.sha256).hexdigest()).status_code == 401


def test_bodies_that_are_none(post: Any, saleor: FakeSaleor) -> None:
    for body in (b"\xff\xfe", b"", b"[1]", b"null", b'{"productVariant": "x"}', b'{"order": {"lines": [1]}}'):
        assert post(body).status_code in (200, 400), body
    assert marked() == set()
    assert post(b"x" * 2_000_001).status_code == 413


@only_v3
def test_the_manifest_and_the_registration(post: Any, saleor: FakeSaleor, store: Any) -> None:
    from shopify_bridge.models import Store

    manifest = Client().get("/saleor/test/manifest/").json()
    (hook,) = manifest["webhooks"]
    assert hook["targetUrl"] == "http://testserver/webhooks/saleor/test/"
    assert "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED" in hook["asyncEvents"]
    assert TOKEN not in json.dumps(manifest)
    register = manifest["tokenTargetUrl"].removeprefix("http://testserver")
    saleor.tokens.add("fresh")

    def send(token: Any, domain: str = saleor.domain) -> Any:
        body = json.dumps({"auth_token": token}).encode()
        return post(body, path=register, **{"Saleor-Domain": domain})

    assert send("stolen").status_code == 403
    assert send("fresh", "other.example").status_code == 403
    assert send(["x"]).status_code == 400
    assert send("a\nb").status_code == 400
    saleor.permissions.remove("MANAGE_ORDERS")
    assert "MANAGE_ORDERS" in send("fresh").json()["error"]["message"]
    assert Store.objects.get().saleor_token == TOKEN
    saleor.permissions.append("MANAGE_ORDERS")
    assert send("fresh").status_code == 200
    assert Store.objects.get().saleor_token == "fresh"
    assert Client().get("/saleor/nobody/manifest/").status_code == 404


def test_webhooks_are_made_once_and_mended(saleor: FakeSaleor, store: Any) -> None:
    from shopify_bridge.saleor.manifest import ensure_webhooks

    assert ensure_webhooks(store, "https://bridge.example/") == "made"
    assert ensure_webhooks(store, "https://bridge.example") == ""
    (hook,) = saleor.webhooks
    assert hook["targetUrl"] == "https://bridge.example/webhooks/saleor/test/"
    if saleor.version == "v2":
        assert hook["secretKey"] == store.saleor_secrets and len(store.saleor_secrets) > 30
        assert "PRODUCT_CREATED" in hook["events"]
    else:
        assert not hook.get("secretKey") and "PRODUCT_UPDATED" in hook["asyncEvents"]
    events = "events" if saleor.version == "v2" else "asyncEvents"
    for damage in ({"isActive": False}, {events: ["PRODUCT_CREATED"]}):
        hook.update(damage)
        assert ensure_webhooks(store, "https://bridge.example") == "mended"
        assert ensure_webhooks(store, "https://bridge.example") == ""
    assert len(saleor.webhooks) == 1
