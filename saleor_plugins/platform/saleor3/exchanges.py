"""New orders for exchanged goods on Saleor 3.x, as its own replacements and draft orders come to be."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from saleor.core.taxes import zero_taxed_money
from saleor.discount import DiscountType, DiscountValueType
from saleor.discount.interface import fetch_variant_rules_info
from saleor.graphql.order.utils import OrderLineData
from saleor.order import OrderOrigin, OrderStatus, actions, events
from saleor.order.calculations import fetch_order_prices_if_expired
from saleor.order.fetch import OrderLineInfo, fetch_order_info
from saleor.order.models import Order
from saleor.order.search import update_order_search_vector
from saleor.order.utils import (
    create_order_line,
    get_order_country,
    recalculate_order_weight,
    update_order_display_gross_prices,
    updates_amounts_for_order,
)
from saleor.warehouse.management import allocate_preorders, allocate_stocks
from saleor.warehouse.reservations import is_reservation_enabled

from ...kernel.errors import Invalid
from ..orm import convert
from ..orm.exchanges import NAME, OrmExchanges, copied
from ..orm.site import site_settings
from .carts import Carts3
from .context import call, manager
from .orders import Orders3


class Exchanges3(OrmExchanges, Carts3, Orders3):
    """`port.Exchanges` on Saleor 3.x."""

    def _blank(self, old: Any, units: dict[Any, int], rehearsal: bool) -> Any:
        number = {"number": -1 - secrets.randbelow(2**31 - 1)} if rehearsal else {}
        return Order.objects.create(
            **number,
            **copied(old),
            channel=old.channel,
            original=old,
            origin=OrderOrigin.REISSUE,
            redirect_url=old.redirect_url,
            tax_exemption=old.tax_exemption,
            lines_count=len(units),
        )

    def _add_lines(self, row: Any, units: dict[Any, int]) -> list[Any]:
        plugins, rules = manager(), site_settings()
        keys = []
        for variant, number in units.items():
            listing = variant.channel_listings.filter(channel=row.channel, price_amount__isnull=False).first()
            if listing is None:
                raise Invalid("This channel does not sell it.", field="variantId", code="NOT_SOLD")
            about = OrderLineData(
                variant_id=str(variant.pk),
                variant=variant,
                quantity=number,
                rules_info=fetch_variant_rules_info(listing, row.language_code),
            )
            line = call(create_order_line, row, about, manager=plugins, requestor=None, site_settings=rules)
            keys.append(line.pk)
        prices = call(fetch_order_prices_if_expired, row, plugins, requestor=None, force_update=True)
        if hasattr(prices, "get"):  # a promise since 3.23
            prices.get()
        row.refresh_from_db()
        if row.tax_error:
            raise Invalid("Saleor could not reckon the taxes.", field="items", code="TAX_ERROR")
        lines = {line.pk: line for line in row.lines.select_related("variant")}
        return [lines[key] for key in keys]

    def _line_amounts(self, line: Any) -> tuple[Any, Any]:
        return line.total_price_net_amount, line.total_price_gross_amount

    def _take_off(self, row: Any, lines: list[Any], off: list[tuple[int, int]], reason: str) -> None:
        # Saleor takes a discount off the prices as the merchant entered them.
        side = 1 if row.channel.tax_configuration.prices_entered_with_tax else 0
        value = convert.major(sum(share[side] for share in off), row.currency)
        discount = row.discounts.create(
            type=DiscountType.MANUAL,
            value_type=DiscountValueType.FIXED,
            value=value,
            amount_value=value,
            currency=row.currency,
            name=NAME,
            reason=reason,
        )
        for line, shares in zip(lines, off, strict=True):
            for kind, share in zip(("net", "gross"), shares, strict=True):
                name = f"total_price_{kind}_amount"
                left = getattr(line, name) - convert.major(share, row.currency)
                setattr(line, name, left)
                setattr(line, f"unit_price_{kind}_amount", left / line.quantity)
            line.save()
        events.order_discount_added_event(order=row, user=None, app=None, order_discount=discount)

    def _place(self, row: Any, lines: list[Any]) -> None:
        _count(row, lines)
        row.status, row.should_refresh_prices = OrderStatus.UNFULFILLED, False
        if not row.is_shipping_required():
            row.shipping_price = zero_taxed_money(row.currency)
            if row.shipping_address:
                row.shipping_address.delete()
                row.shipping_address = None
        recalculate_order_weight(row)
        update_order_display_gross_prices(row)
        update_order_search_vector(row, save=False)
        row.save()
        updates_amounts_for_order(row)
        for line in lines:
            _allocate(row, line)
            line.draft_base_price_expire_at = None
            line.save()

    def _tell_placed(self, row: Any, old: Any, lines: list[Any]) -> Callable[[], None]:
        about: dict[str, Any] = {"user": None, "app": None}
        events.draft_order_created_from_replace_event(
            draft_order=row, original_order=old, lines=lines, **about
        )
        events.order_replacement_created(original_order=old, replace_order=row, **about)

        def after() -> None:
            plugins = manager()
            fresh = Order.objects.select_related("channel", "user").get(pk=row.pk)
            info = fetch_order_info(fresh)
            actions.order_created(info, None, None, plugins, from_draft=True)
            if not fresh.channel.automatically_confirm_all_new_orders:
                actions.order_confirmed(fresh, None, None, plugins)

        return after


def _count(row: Any, lines: list[Any]) -> None:
    """The order's totals as the sums of its lines; no shipping."""
    for kind in ("net", "gross"):
        amount = sum(getattr(line, f"total_price_{kind}_amount") for line in lines)
        setattr(row, f"subtotal_{kind}_amount", amount)
        setattr(row, f"total_{kind}_amount", amount)


def _allocate(row: Any, line: Any) -> None:
    rules = site_settings()
    info = [OrderLineInfo(line=line, quantity=line.quantity, variant=line.variant)]
    reserved = is_reservation_enabled(rules)
    call(
        allocate_stocks,
        info,
        get_order_country(row),
        row.channel,
        manager=manager(),
        site_settings=rules,
        requestor=None,
        calculate_stocks_with_shipping_zones=getattr(
            rules, "use_legacy_shipping_zone_stock_availability", True
        ),
        check_reservations=reserved,
    )
    allocate_preorders(info, row.channel.slug, check_reservations=reserved)
