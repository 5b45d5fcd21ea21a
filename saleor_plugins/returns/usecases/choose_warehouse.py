"""Which warehouse do returned goods go to, by the policy that counts for their return?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from saleor_plugins.kernel.geo import locate
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Address, Order, Warehouse

from ..domain.policy import Policy
from ..domain.restocking import Choice, Facts, House, Position, Rule, choose, choose_common
from ..domain.tables import Way, parse_costs, parse_map
from ..store import Desk

RETURN_CLASS = "return_class"
NAMED = "named by staff"


@dataclass
class Chooser:
    """The policy and the shop's warehouses, read once for all goods of an order."""

    policy: Policy
    order: Order

    @property
    def rule(self) -> Rule:
        """The merchant's rule."""
        return Rule(self.policy.restock_into)

    @cached_property
    def warehouses(self) -> dict[str, Warehouse]:
        """All that exist, by id."""
        return {house.id: house for house in shop().warehouses()}

    def restock(self, line_id: str, arrived: str, origin: str) -> Choice:
        """Where sellable goods of an order line go that lie in `arrived` and were shipped from `origin`."""
        here = self.warehouses.get(arrived)
        return choose(self.rule, self._facts(line_id, arrived, origin, here.address if here else None))

    def destination(self, goods: Iterable[tuple[str, str, int]]) -> Choice:
        """Where the customer sends goods: (order line, the warehouse that shipped it, units)."""
        address = self.order.shipping_address
        several = [(self._facts(line, "", origin, address), units) for line, origin, units in goods]
        return choose_common(self.rule, several)

    def _facts(self, line_id: str, arrived: str, origin: str, address: Address | None) -> Facts:
        line = self.order.line(line_id)
        return Facts(
            houses=self._houses,
            arrived=arrived,
            origin=origin,
            position=self._position(address),
            country=address.country if address and not arrived else "",
            goods=line.metadata.get(RETURN_CLASS, "") if line else "",
            fixed=self.policy.restock_warehouse,
            costs=self._costs,
            specialists=self._specialists,
        )

    @cached_property
    def _houses(self) -> tuple[House, ...]:
        return tuple(
            House(house.id, house.name, self._position(house.address), _sells(house, self.order.channel))
            for house in self.warehouses.values()
        )

    @cached_property
    def _costs(self) -> tuple[Way, ...]:
        return parse_costs(self.policy.transfer_costs)

    @cached_property
    def _specialists(self) -> dict[str, str]:
        return parse_map(self.policy.restock_map)

    def _position(self, address: Address | None) -> Position | None:
        # Finding a place reads its country's table first: only the rule that needs it pays.
        if address is None or self.rule is not Rule.NEAREST:
            return None
        return locate(address.country, address.city, address.country_area, address.postal_code).position


def _sells(house: Warehouse, channel: str) -> bool:
    return bool(house.countries) and (house.channels is None or channel in house.channels)


def destination(desk: Desk, policy: Policy) -> Choice:
    """Where the customer is to send what was approved of the desk's return."""
    origins = origins_of(desk.order.id)
    goods = [
        (line.line_id, origins.of(line.line_id, line.fulfillment_line_id), line.approved)
        for line in desk.request_lines
        if line.approved
    ]
    return Chooser(policy, desk.order).destination(goods)


@dataclass(frozen=True)
class Origins:
    """The warehouses that shipped an order, by line of a fulfilment, and by order line (most units)."""

    by_fulfillment_line: dict[str, str]
    by_order_line: dict[str, str]

    def of(self, order_line_id: str, fulfillment_line_id: str = "") -> str:
        """Who shipped these units, "" when nobody knows."""
        return self.by_fulfillment_line.get(fulfillment_line_id) or self.by_order_line.get(order_line_id, "")


def origins_of(order_id: str) -> Origins:
    """Who shipped what of the order."""
    lines: dict[str, str] = {}
    units: dict[str, dict[str, int]] = {}
    for fulfillment in shop().fulfillments(order_id):
        if fulfillment.status == "CANCELED":
            continue
        for row in fulfillment.lines:
            if row.warehouse_id:
                lines[row.id] = row.warehouse_id
                sums = units.setdefault(row.order_line_id, {})
                sums[row.warehouse_id] = sums.get(row.warehouse_id, 0) + row.quantity
    most = {line: min(sums, key=lambda key: (-sums[key], key)) for line, sums in units.items()}
    return Origins(lines, most)
