"""What Saleor sees: the switch, the settings, the hooks and the daily run."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from saleor_plugins.delivery.models import Event
from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.clock import now
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock import settings, tasks
from saleor_plugins.restock.models import DailyDemand, PurchaseOrder
from saleor_plugins.restock.plugin import RestockPlugin
from tests.saleorworld import THREE
from tests.shopdata import request

from .rooms import Room, events

HOOKS = ("created", "confirmed", "updated", "cancelled", "expired")
VERBS = ("proposed", "approved", "received", "canceled")


def plugin() -> Any:
    """The plugin as Saleor loads it."""
    from saleor.plugins.manager import get_plugins_manager

    manager = get_plugins_manager(allow_replica=False) if THREE else get_plugins_manager()
    return manager.get_plugin(settings.PLUGIN_ID)


@pytest.mark.parametrize("hook", [f"order_{what}" for what in HOOKS])
@pytest.mark.parametrize("active", [True, False])
def test_hooks_note_the_order_only_while_the_plugin_is_on(room: Room, hook: str, active: bool) -> None:
    room.data.configure_plugin(settings.PLUGIN_ID, active=active)
    order = room.data.make_order([(room.data.make_variant(stock={room.house: 5}), 1)])
    row = SimpleNamespace(pk=_key(order.id))
    getattr(plugin(), hook)(row, previous_value=None)
    assert [event["orderId"] for event in events("restock.order_seen")] == [order.id] * active


@pytest.mark.parametrize("hook", ["out_of_stock", "back_in_stock"])
@pytest.mark.parametrize("active", [True, False])
def test_hooks_of_stock_note_the_variant_only_while_the_plugin_is_on(
    room: Room, hook: str, active: bool
) -> None:
    room.data.configure_plugin(settings.PLUGIN_ID, active=active)
    variant = room.data.make_variant(stock={room.house: 5})
    stock = SimpleNamespace(product_variant_id=from_global(variant.id, "ProductVariant"))
    getattr(plugin(), f"product_variant_{hook}")(stock, previous_value=None)
    assert [event["variantId"] for event in events("restock.stock_seen")] == [variant.id] * active


def _key(global_id: str) -> str:
    return from_global(global_id, "Order")


def test_a_switched_off_plugin_answers_nothing_and_does_nothing(room: Room) -> None:
    room.make_low()
    token = room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")[1]
    ask = request(token, {"query": "{ suggestions { edges { cursor } } }"})
    assert plugin().webhook(ask, "/graphql/", None).status_code == 200
    room.data.configure_plugin(settings.PLUGIN_ID, active=False)
    assert plugin().webhook(ask, "/graphql/", None).status_code == 404
    tasks.runs.daily()
    assert not Event.objects.filter(topic="restock.run_due").exists()
    from saleor_plugins.delivery import emit

    emit("restock.run_due", {})
    drain()
    assert not PurchaseOrder.objects.exists()
    assert not DailyDemand.objects.exists()


def test_the_beat_runs_once_a_day(room: Room, at: Any) -> None:
    room.make_low()
    at(datetime(2026, 3, 20, 9, tzinfo=UTC))
    for _ in range(3):
        registry.sweepers["restock.daily"]()
    assert len(events("restock.run_due")) == 1
    at(datetime(2026, 3, 21, 9, tzinfo=UTC))
    registry.sweepers["restock.daily"]()
    assert len(events("restock.run_due")) == 2
    at(now())
    drain()
    assert PurchaseOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_level", "100"),
        ("service_level", "NaN"),
        ("default_lead_days", "-1"),
        ("review_days", "0"),
        ("order_cost", "free"),
        ("holding_percent", "0"),
        ("over_receipt_percent", "101"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str) -> None:
    stored = SimpleNamespace(active=True, configuration=[{"name": name, "value": value}])
    with pytest.raises(ValidationError) as caught:
        RestockPlugin.validate_plugin_configuration(stored)
    assert set(caught.value.error_dict) == {name}


def test_the_defaults_are_valid() -> None:
    RestockPlugin.validate_plugin_configuration(SimpleNamespace(active=True, configuration=[]))


def test_the_settings_reach_the_rule(room: Room) -> None:
    room.configure(
        service_level="99.5", default_lead_days="3", review_days="2", order_cost="2.5", holding_percent="40"
    )
    policy = settings.policy()
    assert (policy.service_level, policy.default_lead_days, policy.review_days) == (0.995, 3, 2)
    assert (str(policy.order_cost), policy.holding_rate) == ("2.5", 0.4)


@pytest.mark.parametrize("topic", ["stock.received", *(f"purchase_order.{verb}" for verb in VERBS)])
def test_events_are_declared(topic: str) -> None:
    assert topic in registry.topics
