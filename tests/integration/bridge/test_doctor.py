"""doctor: every finding is found, says how to mend it, and is gone when that is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)
DEACTIVATE = """mutation($id: ID!, $to: ID) {
  locationDeactivate(locationId: $id, destinationLocationId: $to) @idempotent(key: "k1") {
    locationDeactivateUserErrors { message } } }"""
DEFINE = """mutation { metafieldDefinitionCreate(definition: {name: "x", namespace: "saleor", key: "saleor_id",
  type: "single_line_text_field", ownerType: PRODUCT}) { userErrors { message } } }"""


@pytest.fixture
def found(store: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is not well, by what it is about."""
    from shopify_bridge.usecases import doctor

    monkeypatch.setattr(doctor, "_PULSE_SECONDS", 0.1)

    def look() -> dict[str, Any]:
        store.refresh_from_db()
        findings = [item for item in doctor.examine(store) if item.level != "ok"]
        assert all(item.mend for item in findings), findings
        return {item.what: item for item in findings}

    return look


def test_a_fresh_connection_lacks_a_worker_and_webhooks_only(store, found) -> None:
    assert found().keys() == {"webhooks", "worker"}


def test_a_worker_that_works_is_noticed(store, found, monkeypatch) -> None:
    import threading

    from django.db import connection

    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.usecases import doctor

    monkeypatch.setattr(doctor, "_PULSE_SECONDS", 5)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            drain()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert "worker" not in found()
    finally:
        stop.set()
        thread.join()


def test_saleor_and_shopify_refuse_us(saleor, sandbox, store, found) -> None:
    from shopify_bridge.models import Store
    from shopify_bridge.usecases import sides

    Store.objects.update(saleor_token="wrong")
    assert "permission" in found()["Saleor"].mend
    sandbox.shop.token = "another"
    sides._clients.clear()
    report = found()
    assert {report[name].level for name in ("Shopify", "locations", "metafields")} == {"problem"}
    assert "SHOPIFY_TOKEN" in report["Shopify"].mend


def test_neither_answers(saleor, sandbox, store, found) -> None:
    from shopify_bridge.models import Store

    Store.objects.update(saleor_url="http://127.0.0.1:1/graphql/")
    assert "127.0.0.1:1" in found()["Saleor"].mend


def test_scopes(store, found, sandbox, monkeypatch) -> None:
    from shopify_bridge.models import Store
    from shopify_bridge.usecases import doctor_store

    Store.objects.update(policy={"locales": {"DE": "de"}})
    monkeypatch.setattr(doctor_store, "needed_scopes", lambda sides: {"write_products", "write_rockets"})
    report = found()
    assert "write_rockets" in report["scopes"].said and "write_products" not in report["scopes"].said


def test_a_location_that_is_deactivated_deleted_or_missing(store, found, admin) -> None:
    from shopify_bridge.models import Kind, Mapping

    first, second = Mapping.objects.filter(kind=Kind.PLACE).order_by("key")
    answer = admin(DEACTIVATE, id=second.gid, to=first.gid)
    assert not answer["locationDeactivate"]["locationDeactivateUserErrors"], answer
    report = found()["locations"]
    assert "deactivated" in report.said and "activate it" in report.mend
    second.gid = "gid://shopify/Location/999"
    second.save()
    assert "deleted" in found()["locations"].said
    second.delete()
    assert "has no location" in found()["locations"].said


def test_a_definition_of_another_type(store, found, admin) -> None:
    admin(DEFINE)
    assert "single_line_text_field" in found()["metafields"].said


def test_bulk_refused_parked_and_late(store, found) -> None:
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import Change, Dirty, Run, Store

    Store.objects.update(bulk_refused=clock.now())
    run = Run.objects.create(store=store)
    Change.objects.create(
        store=store, run=run, verb="create", phase=1, key="a", label="A", state="PARKED", reason="because"
    )
    old = datetime.now(UTC) - timedelta(hours=1)
    Dirty.objects.create(store=store, subject="product", key="x", heard=old, reason="Saleor is away")
    report = found()
    assert "one by one" in report["bulk operations"].said
    assert "replay" in report["parked"].mend
    assert "Saleor is away" in report["sync"].said


def test_webhooks_are_checked_where_we_are_reached(store, found, settings) -> None:
    from shopify_bridge.usecases.sides import Sides
    from shopify_bridge.usecases.subscriptions import ensure

    settings.BRIDGE_URL = "http://127.0.0.1:7777"
    assert "products_create is missing" in found()["webhooks"].said
    ensure(Sides(store), settings.BRIDGE_URL)
    assert "webhooks" not in found()


def test_another_currency(saleor, store, found) -> None:
    saleor.currency = "EUR"
    assert "EUR" in found()["currency"].said


def test_a_setting_that_cannot_be_followed(store, found) -> None:
    from shopify_bridge.models import Store

    Store.objects.update(policy={"publications": {"default": "gid://shopify/Publication/404"}})
    assert "configure" in found()["settings"].mend
