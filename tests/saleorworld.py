"""The builders of `MemoryShop`, in the tables of the Saleor that is installed.

Same names, same arguments, same meaning: `tests.shopdata` chooses.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from measurement.measures import Weight

import tests.gateways
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port, shop

# 2.10's product.tasks and product.utils import each other; only in this order does it work.
import_module("saleor.product.utils")
THREE = apps.is_installed("saleor.channel")
CREATED = "created_at" if THREE else "created"
_count = itertools.count(1)


def model(name: str) -> Any:
    return apps.get_model(name)


def key(kind: str, global_id: str) -> str:
    return from_global(global_id, kind)


class SaleorWorld:
    """Real rows of the installed Saleor."""

    in_memory = False
    channels = THREE
    reservations = THREE
    negative_stock = THREE
    returned_fulfillments = THREE

    model = staticmethod(model)

    @property
    def shop(self) -> port.Shop:
        return shop()

    def transaction(self) -> Any:
        return transaction.atomic()

    # -- warehouses and stock ----------------------------------------------------------------

    def make_channel(self, slug: str = "default") -> Any:
        defaults = {"name": slug, "currency_code": "USD", "is_active": True, "default_country": "US"}
        return model("channel.Channel").objects.get_or_create(slug=slug, defaults=defaults)[0]

    def make_warehouse(
        self,
        name: str = "",
        *,
        country: str = "US",
        postal_code: str = "",
        city: str = "",
        countries: Collection[str] | None = None,
        channels: Collection[str] | None = ("default",),
        pickup: bool = False,
        email: str = "",
    ) -> port.Warehouse:
        number = next(_count)
        row = model("warehouse.Warehouse").objects.create(
            name=name or f"Warehouse {number}",
            slug=f"{slugify(name or 'warehouse')}-{uuid.uuid4()}",
            address=self._address(country, postal_code, city),
            email=email,
            **({"click_and_collect_option": "local" if pickup else "disabled"} if THREE else {}),
        )
        zone = model("shipping.ShippingZone").objects.create(
            name=f"Zone {number}", countries=sorted([country] if countries is None else countries)
        )
        row.shipping_zones.add(zone)
        for slug in (channels or ()) if THREE else ():
            channel = self.make_channel(slug)
            row.channels.add(channel)
            zone.channels.add(channel)
        return next(found for found in self.shop.warehouses() if found.id == to_global("Warehouse", row.pk))

    def _address(self, country: str, postal_code: str = "", city: str = "") -> Any:
        return model("account.Address").objects.create(
            first_name="Ada", last_name="Shopper", street_address_1="1 Main Street", city=city,
            postal_code=postal_code, country=country,
        )  # fmt: skip

    def make_category(self, name: str = "") -> str:
        name = name or f"Category {next(_count)}"
        row = model("product.Category").objects.create(name=name, slug=f"{slugify(name)}-{uuid.uuid4()}")
        return to_global("Category", row.pk)

    def make_variant(
        self,
        *,
        sku: str = "",
        price: int = 1000,
        stock: Mapping[port.Warehouse, int] | None = None,
        weight_grams: int | None = None,
        tracks_stock: bool = True,
        requires_shipping: bool = True,
        is_gift_card: bool = False,
        category: str | None = None,
    ) -> port.Variant:
        sku = sku or f"SKU-{uuid.uuid4().hex[:12]}"
        amount = from_minor(price, "USD")
        kind = {"kind": "gift_card" if is_gift_card else "normal"} if THREE else {}
        product_type = model("product.ProductType").objects.create(
            name="Things", slug=f"things-{uuid.uuid4()}", is_shipping_required=requires_shipping, **kind
        )
        product = model("product.Product").objects.create(
            name=f"Product {sku}",
            slug=f"product-{uuid.uuid4()}",
            product_type=product_type,
            category_id=key("Category", category) if category else None,
            **({} if THREE else {"price_amount": amount, "is_published": True}),
        )
        row = model("product.ProductVariant").objects.create(
            product=product,
            sku=sku,
            name=sku,
            track_inventory=tracks_stock,
            weight=Weight(g=weight_grams) if weight_grams else None,
        )
        if THREE:
            self._list(product, row, amount)
        found = self.shop.variants([to_global("ProductVariant", row.pk)])[0]
        for warehouse, units in (stock or {}).items():
            self.set_stock(found, warehouse, units)
        return found

    def _list(self, product: Any, variant: Any, amount: Decimal) -> None:
        listing = {"channel": self.make_channel(), "currency": "USD", "discounted_price_amount": amount}
        model("product.ProductChannelListing").objects.create(
            product=product, is_published=True, visible_in_listings=True, **listing
        )
        model("product.ProductVariantChannelListing").objects.create(
            variant=variant, price_amount=amount, **listing
        )

    def _stock(self, variant: port.Variant | str, warehouse: port.Warehouse) -> Any:
        variant_id = variant if isinstance(variant, str) else variant.id
        return model("warehouse.Stock").objects.get(
            product_variant_id=key("ProductVariant", variant_id), warehouse_id=key("Warehouse", warehouse.id)
        )

    def set_stock(self, variant: port.Variant, warehouse: port.Warehouse, on_hand: int | None) -> None:
        """Overwrite stock on hand; None removes the row with its allocations."""
        if on_hand is None:
            self._stock(variant, warehouse).delete()
            return
        model("warehouse.Stock").objects.update_or_create(
            product_variant_id=key("ProductVariant", variant.id),
            warehouse_id=key("Warehouse", warehouse.id),
            defaults={"quantity": on_hand},
        )

    def reserve(
        self, variant: port.Variant, warehouse: port.Warehouse, quantity: int, *, expired: bool = False
    ) -> None:
        """A checkout's reservation, live for an hour or expired an hour ago. 3.x only."""
        checkout = model("checkout.Checkout").objects.create(channel=self.make_channel(), currency="USD")
        line = checkout.lines.create(
            variant_id=key("ProductVariant", variant.id), quantity=quantity, currency="USD"
        )
        model("warehouse.Reservation").objects.create(
            checkout_line=line,
            stock=self._stock(variant, warehouse),
            quantity_reserved=quantity,
            reserved_until=timezone.now() + timedelta(hours=-1 if expired else 1),
        )

    # -- orders ------------------------------------------------------------------------------

    def make_order(
        self,
        lines: Sequence[tuple[port.Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        allocate: bool | Mapping[port.Warehouse, int] = True,
        paid: bool = True,
        status: port.OrderStatus = port.OrderStatus.UNFULFILLED,
        created: datetime | None = None,
        shipping: int = 0,
        tax_percent: int = 0,
        user_id: str | None = None,
        email: str = "shopper@example.com",
        currency: str = "USD",
        channel: str = "default",
        collection_point: port.Warehouse | None = None,
    ) -> port.Order:
        """An order, paid by one captured payment of the dummy gateway."""
        stored = status.value.lower().replace("partially_fulfilled", "partially fulfilled")
        address = self._address(country, postal_code) if country else None
        extra: dict[str, Any] = {}
        if THREE:
            extra = {
                "channel": self.make_channel(channel),
                "lines_count": len(lines),
                "origin": "checkout",
                "should_refresh_prices": False,
                "collection_point_id": key("Warehouse", collection_point.id) if collection_point else None,
            }
        row = model("order.Order").objects.create(
            status=stored,
            user_id=key("User", user_id) if user_id else None,
            user_email=email,
            currency=currency,
            shipping_address=address,
            billing_address=address,
            shipping_price_gross_amount=from_minor(shipping, currency),
            shipping_price_net_amount=from_minor(_net(shipping, tax_percent), currency),
            **{CREATED: created or timezone.now()},
            **extra,
        )
        totals = [self._line(row, variant, units, tax_percent) for variant, units in lines]
        gross = sum(totals) + shipping
        row.total_gross_amount = from_minor(gross, currency)
        row.total_net_amount = from_minor(
            sum(_net(total, tax_percent) for total in totals) + _net(shipping, tax_percent), currency
        )
        row.save()
        order = self.shop.order(to_global("Order", row.pk))
        if isinstance(allocate, Mapping):
            for warehouse, units in allocate.items():
                self.promise(self._line_of(order, lines[0][0]), warehouse, units)
        elif allocate:
            self._allocate(order)
        if paid and gross:
            self.make_payment(order, gross)
        return self.shop.order(order.id)

    def _line_of(self, order: port.Order, variant: port.Variant) -> str:
        return next(line.id for line in order.lines if line.variant_id == variant.id)

    def _line(self, order: Any, variant: port.Variant, units: int, tax_percent: int) -> int:
        row = (
            model("product.ProductVariant")
            .objects.select_related("product__product_type")
            .get(pk=key("ProductVariant", variant.id))
        )
        price = row.channel_listings.get().price_amount if THREE else row.product.price_amount
        gross = int(price * 100)
        unit = {
            "unit_price_gross_amount": from_minor(gross, order.currency),
            "unit_price_net_amount": from_minor(_net(gross, tax_percent), order.currency),
        }
        if THREE:
            unit["total_price_gross_amount"] = from_minor(gross * units, order.currency)
            unit["total_price_net_amount"] = from_minor(_net(gross * units, tax_percent), order.currency)
            unit["is_gift_card"] = row.product.product_type.kind == "gift_card"
            unit["base_unit_price_amount"] = unit["undiscounted_base_unit_price_amount"] = price
        order.lines.create(
            product_name=row.product.name,
            variant_name=row.name,
            product_sku=row.sku,
            is_shipping_required=row.product.product_type.is_shipping_required,
            quantity=units,
            variant=row,
            currency=order.currency,
            tax_rate=Decimal(tax_percent) / 100,
            **unit,
        )
        return gross * units

    def _allocate(self, order: port.Order) -> None:
        for line in order.lines:
            need = line.quantity if line.tracks_stock and line.variant_id else 0
            for stock in self.shop.stocks([line.variant_id]) if need and line.variant_id else ():
                units = min(need, stock.free)
                if units > 0:
                    warehouse = next(w for w in self.shop.warehouses() if w.id == stock.warehouse_id)
                    self.promise(line.id, warehouse, units)
                    need -= units

    def promise(self, line_id: str, warehouse: port.Warehouse, units: int) -> None:
        """Write an allocation without any check, as Saleor 3.23's defect does."""
        line = model("order.OrderLine").objects.get(pk=key("OrderLine", line_id))
        stock = self._stock(to_global("ProductVariant", line.variant_id), warehouse)
        line.allocations.update_or_create(stock=stock, defaults={"quantity_allocated": units})
        if THREE:
            stock.quantity_allocated = sum(stock.allocations.values_list("quantity_allocated", flat=True))
            stock.save()

    def set_status(self, order: port.Order, status: port.OrderStatus) -> port.Order:
        """Put the order into `status`; cancelling lets its allocations go, as Saleor does."""
        if status is port.OrderStatus.CANCELED:
            self.shop.allocate(order.id, [])
        stored = status.value.lower().replace("partially_fulfilled", "partially fulfilled")
        model("order.Order").objects.filter(pk=key("Order", order.id)).update(status=stored)
        return self.shop.order(order.id)

    def drop_variant(self, order: port.Order) -> port.Order:
        """The merchant deletes the variants of the order's lines."""
        for line in order.lines:
            if line.variant_id:
                model("product.ProductVariant").objects.filter(
                    pk=key("ProductVariant", line.variant_id)
                ).delete()
        return self.shop.order(order.id)

    def make_payment(
        self, order: port.Order, captured: int, *, refunded: int = 0, gateway: str = "mirumee.payments.dummy"
    ) -> port.Payment:
        """A payment of the order with `captured` taken."""
        amount = from_minor(captured, order.currency)
        left = from_minor(captured - refunded, order.currency)
        state = "fully-charged" if captured else "not-charged"
        if refunded:
            state = "partially-refunded" if left else "fully-refunded"
        row = model("payment.Payment").objects.create(
            gateway=gateway,
            is_active=bool(left),
            charge_status=state,
            total=amount,
            captured_amount=left,
            currency=order.currency,
            order_id=key("Order", order.id),
            billing_email=order.email,
            token=f"token-{uuid.uuid4()}",
        )
        for kind, value in (("capture", amount), ("refund", amount - left)):
            if value:
                row.transactions.create(
                    kind=kind, is_success=True, token=f"{kind}-{uuid.uuid4()}", amount=value,
                    currency=order.currency, gateway_response={},
                )  # fmt: skip
        self._count_charges(order)
        found = to_global("Payment", row.pk)
        nothing = port.Payment(found, gateway, order.currency, captured, refunded, 0)
        return next((pay for pay in self.shop.payments(order.id) if pay.id == found), nothing)

    def _count_charges(self, order: port.Order) -> None:
        if THREE:
            from saleor.order.utils import updates_amounts_for_order

            updates_amounts_for_order(model("order.Order").objects.get(pk=key("Order", order.id)))

    def make_sale(self, variant: port.Variant, quantity: int, at: datetime, country: str = "US") -> port.Sale:
        """A sale of the past: a fulfilled order of one line."""
        order = self.make_order(
            [(variant, quantity)], country=country, allocate=False, paid=False, created=at,
            status=port.OrderStatus.FULFILLED,
        )  # fmt: skip
        return port.Sale(order.id, order.lines[0].id, variant.id, quantity, at, country)

    # -- money -------------------------------------------------------------------------------

    def answering(self, answer: str) -> Any:
        """Let the dummy gateway answer refunds with a no, with an exception, or with nonsense."""
        return tests.gateways.dummy(answer)

    def switch_off_gateway(self) -> None:
        """The merchant switches the dummy gateway off."""
        from saleor.payment.gateways.dummy import plugin

        kinds = [getattr(plugin, name) for name in dir(plugin) if name.endswith("DummyGatewayPlugin")]
        self.configure_plugin("mirumee.payments.dummy", active=False)
        rows = model("plugins.PluginConfiguration").objects.filter(identifier="mirumee.payments.dummy")
        channel = {"channel": self.make_channel()} if THREE else {}
        rows.update(configuration=kinds[0].DEFAULT_CONFIGURATION, **channel)

    def refund_elsewhere(self, order: port.Order, amount: int) -> None:
        """Somebody refunds the order's last payment in the dashboard."""
        row = model("payment.Payment").objects.filter(order_id=key("Order", order.id)).last()
        value = from_minor(amount, order.currency)
        row.captured_amount -= value
        row.charge_status = "partially-refunded"
        row.save()
        row.transactions.create(
            kind="refund", is_success=True, token="elsewhere", amount=value, currency=order.currency,
            gateway_response={},
        )  # fmt: skip

    def make_transaction(self, order: port.Order, charged: int) -> port.Payment:
        """A transaction of a payment app with `charged` taken. 3.x only."""
        from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

        value = from_minor(charged, order.currency)
        item = model("payment.TransactionItem").objects.create(
            order_id=key("Order", order.id), currency=order.currency, name="Card", app_identifier="psp.app",
            psp_reference="charge-1", available_actions=["refund"],
        )  # fmt: skip
        item.events.create(
            type="charge_success", amount_value=value, currency=order.currency, psp_reference="charge-1",
            include_in_calculations=True,
        )  # fmt: skip
        recalculate_transaction_amounts(item)
        self._count_charges(order)
        found = to_global("TransactionItem", item.token)
        return next(row for row in self.shop.payments(order.id) if row.id == found)

    def payment_app(self, answer: str) -> Any:
        """A payment app that is asked for refunds of transactions; yields what it was asked."""
        return tests.gateways.payment_app(answer)

    def grants(self, order: port.Order) -> Any:
        """The order's granted refunds."""
        return model("order.OrderGrantedRefund").objects.filter(order_id=key("Order", order.id))

    def notifications(self) -> Any:
        """The notifications that Saleor 3 sends to customers; yields their kinds."""
        return tests.gateways.notifications()

    def on_commit(self) -> Any:
        """Run what waits for the commit at the end of the block, inside the test's transaction."""
        return tests.gateways.on_commit()

    # -- people and settings -----------------------------------------------------------------

    def make_asker(self, kind: port.AskerKind, *permissions: str) -> tuple[port.Asker, str]:
        """Somebody who may ask, and the token that says so."""
        name = "permission.Permission" if THREE else "auth.Permission"
        rows = list(model(name).objects.filter(codename__in=[item.lower() for item in permissions]))
        assert len(rows) == len(permissions), f"unknown permission in {permissions}"
        if kind is port.AskerKind.APP:
            row = model("app.App").objects.create(name=f"App {next(_count)}", is_active=True)
            row.permissions.add(*rows)
            made = model("app.AppToken").objects.create(app=row, name="test")
            token = made[1] if isinstance(made, tuple) else made.auth_token
            return port.Asker(kind, to_global("App", row.pk), frozenset(permissions)), token
        # The manager's own create_user is gone in 3.23.
        row = model("account.User")(
            email=f"{uuid.uuid4()}@example.com", is_staff=kind is port.AskerKind.STAFF
        )
        row.set_password("password")
        row.save()
        row.user_permissions.add(*rows)
        held = frozenset(permissions) if kind is port.AskerKind.STAFF else frozenset()
        return port.Asker(kind, to_global("User", row.pk), held), self.token_of(row)

    def token_of(self, user: Any) -> str:
        """A JWT of the user, as Saleor's tokenCreate answers it."""
        if THREE:
            from saleor.core.jwt import create_access_token

            return create_access_token(user)
        from graphql_jwt.shortcuts import get_token

        return get_token(user)

    def expired_token(self, monkeypatch: Any) -> str:
        """A JWT of staff that expired an hour ago."""
        user = model("account.User").objects.create(email=f"{uuid.uuid4()}@example.com", is_staff=True)
        if THREE:
            from saleor.core.jwt import JWT_ACCESS_TYPE, jwt_encode, jwt_user_payload

            return jwt_encode(jwt_user_payload(user, JWT_ACCESS_TYPE, timedelta(hours=-1)))
        from graphql_jwt.settings import jwt_settings
        from graphql_jwt.shortcuts import get_token

        # 2.10 does not look at the expiry unless the merchant asks for it.
        monkeypatch.setattr(jwt_settings, "JWT_VERIFY_EXPIRATION", True)
        return get_token(user, exp=timezone.now() - timedelta(hours=1))

    def mails(self) -> list[tuple[str, str, str, str, str]]:
        """Mails sent: to, subject, text, HTML, sender."""
        from django.core import mail

        return [
            (
                row.to[0],
                row.subject,
                row.body,
                row.alternatives[0][0] if row.alternatives else "",
                row.from_email,
            )
            for row in mail.outbox
        ]

    def switch_off(self, asker: port.Asker) -> None:
        """Deactivate the user or app."""
        name = "app.App" if asker.kind is port.AskerKind.APP else "account.User"
        kind = name.partition(".")[2]
        model(name).objects.filter(pk=key(kind, asker.id or "")).update(is_active=False)

    def configure_plugin(self, plugin_id: str, *, active: bool = True, **values: Any) -> None:
        """Store a plugin's switch and settings."""
        model("plugins.PluginConfiguration").objects.update_or_create(
            identifier=plugin_id,
            defaults={
                "name": plugin_id,
                "active": active,
                "configuration": [{"name": name, "value": value} for name, value in values.items()],
            },
        )

    def notes(self, order_id: str) -> list[str]:
        """The notes in the order's history, oldest first."""
        rows = model("order.OrderEvent").objects.filter(order_id=key("Order", order_id), type="note_added")
        return [row.parameters["message"] for row in rows.order_by("date", "pk")]

    def events(self, order_id: str) -> list[str]:
        """Types of the events in the order's history."""
        rows = model("order.OrderEvent").objects.filter(order_id=key("Order", order_id)).order_by("pk")
        return [row.type for row in rows]


def _net(gross: int, tax_percent: int) -> int:
    return gross * 100 // (100 + tax_percent)
