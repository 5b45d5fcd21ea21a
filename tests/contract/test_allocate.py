"""`port.Stocks.allocate`: moving promises between warehouses."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound
from saleor_plugins.platform.port import Allocation, OrderStatus
from tests.contract.steps import GARBAGE, NO_ORDER, NOWHERE, held, ship, stock_of


def plan(order: Any, *units: tuple[Any, int], line: int = 0) -> list[Allocation]:
    return [Allocation(order.lines[line].id, warehouse.id, quantity) for warehouse, quantity in units]


class TestAllocate:
    """`allocate`"""

    def test_moves(self, world: Any) -> None:
        """The order's promises become exactly the plan; the old warehouse is free again."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 4)], allocate={a: 4})
        world.shop.allocate(order.id, plan(order, (a, 1), (b, 3)))
        assert held(world, order) == {a.id: 1, b.id: 3}
        rows = stock_of(world, variant)
        assert (rows[a.id].free, rows[b.id].free) == (4, 2)

    def test_again(self, world: Any) -> None:
        """The same plan again changes nothing."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 4})
        order = world.make_order([(variant, 4)])
        for _ in range(3):
            world.shop.allocate(order.id, plan(order, (a, 4)))
        assert held(world, order) == {a.id: 4}

    def test_own_promises_count_as_free(self, world: Any) -> None:
        """Lines of one order may swap their units when nothing else is free."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 2, b: 2})
        order = world.make_order([(variant, 2), (variant, 2)])
        lines = [line.id for line in order.lines]
        for first, second in ((a, b), (b, a), (a, b)):
            swapped = [Allocation(lines[0], first.id, 2), Allocation(lines[1], second.id, 2)]
            world.shop.allocate(order.id, swapped)
            found = {(row.line_id, row.warehouse_id) for row in world.shop.allocations(order.id)}
            assert found == {(lines[0], first.id), (lines[1], second.id)}

    def test_less_and_nothing(self, world: Any) -> None:
        """A plan may promise less, or nothing."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5}), 3)])
        world.shop.allocate(order.id, plan(order, (a, 1)))
        assert held(world, order) == {a.id: 1}
        world.shop.allocate(order.id, [])
        assert held(world, order) == {}

    def test_repeated_line(self, world: Any) -> None:
        """A line twice in the plan adds up, and is checked as a sum."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 9}), 3)])
        world.shop.allocate(order.id, plan(order, (a, 1), (a, 2)))
        assert held(world, order) == {a.id: 3}
        with pytest.raises(Invalid) as refused:
            world.shop.allocate(order.id, plan(order, (a, 2), (a, 2)))
        assert refused.value.field == "quantity"

    @pytest.mark.parametrize("quantity", [0, -1, 4, 10**9])
    def test_quantity(self, world: Any, quantity: int) -> None:
        """Zero, negative, more than is left to ship: Invalid (quantity), nothing changed."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 9}), 3)])
        with pytest.raises(Invalid) as refused:
            world.shop.allocate(order.id, plan(order, (a, quantity)))
        assert refused.value.field == "quantity"
        assert held(world, order) == {a.id: 3}

    def test_shipped_units_need_no_promise(self, world: Any) -> None:
        """After a part was shipped only the rest can be promised."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 9}), 3)])
        ship(world, order, a, 2)
        with pytest.raises(Invalid):
            world.shop.allocate(order.id, plan(order, (a, 2)))
        world.shop.allocate(order.id, plan(order, (a, 1)))

    def test_insufficient(self, world: Any) -> None:
        """Too little free stock: InsufficientStock (warehouseId); no line's move happens."""
        a, b = world.make_warehouse(), world.make_warehouse()
        one, two = world.make_variant(stock={a: 9, b: 9}), world.make_variant(stock={a: 9, b: 1})
        order = world.make_order([(one, 2), (two, 2)], allocate=False)
        by_variant = {line.variant_id: line.id for line in order.lines}
        before = [Allocation(by_variant[row.id], a.id, 2) for row in (one, two)]
        world.shop.allocate(order.id, before)
        with pytest.raises(InsufficientStock) as refused:
            world.shop.allocate(order.id, [Allocation(by_variant[row.id], b.id, 2) for row in (one, two)])
        assert refused.value.field == "warehouseId"
        assert sorted(world.shop.allocations(order.id), key=repr) == sorted(before, key=repr)

    def test_last_unit_once(self, world: Any) -> None:
        """Two lines cannot both have the last unit (medusajs/medusa#15132)."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 1})
        order = world.make_order([(variant, 1), (variant, 1)], allocate=False)
        with pytest.raises(InsufficientStock):
            world.shop.allocate(order.id, plan(order, (a, 1)) + plan(order, (a, 1), line=1))
        assert held(world, order) == {}

    def test_reservations(self, world: Any) -> None:
        """Live reservations of checkouts are not free."""
        if not world.reservations:
            pytest.skip("Saleor 2.10 has no reservations.")
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 5)], allocate=False)
        world.reserve(variant, a, 2)
        with pytest.raises(InsufficientStock):
            world.shop.allocate(order.id, plan(order, (a, 4)))
        world.shop.allocate(order.id, plan(order, (a, 3)))

    def test_repair(self, world: Any) -> None:
        """Over-allocation is repaired: whoever moves away leaves room, staying is refused until then."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        one, two = (world.make_order([(variant, 5)], allocate={a: 5}) for _ in range(2))
        with pytest.raises(InsufficientStock):
            world.shop.allocate(one.id, plan(one, (a, 5)))
        world.shop.allocate(two.id, plan(two, (b, 5)))
        world.shop.allocate(one.id, plan(one, (a, 5)))
        assert [row.free for row in world.shop.stocks([variant.id])] == [0, 0]

    def test_negative_elsewhere(self, world: Any) -> None:
        """A negative stock elsewhere takes nothing from this warehouse."""
        if not world.negative_stock:
            pytest.skip("Saleor 2.10's database refuses negative stock.")
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: -4, b: 3})
        order = world.make_order([(variant, 3)], allocate=False)
        world.shop.allocate(order.id, plan(order, (b, 3)))
        with pytest.raises(InsufficientStock):
            world.shop.allocate(order.id, plan(order, (a, 1)))

    def test_lost_stock_row(self, world: Any) -> None:
        """A stock row that vanished: InsufficientStock."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 1)])
        world.set_stock(variant, a, None)
        with pytest.raises(InsufficientStock):
            world.shop.allocate(order.id, plan(order, (a, 1)))

    def test_no_stock_kept(self, world: Any) -> None:
        """A line without stock to promise: Invalid (lineId)."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(tracks_stock=False), 1)], allocate=False)
        with pytest.raises(Invalid) as refused:
            world.shop.allocate(order.id, plan(order, (a, 1)))
        assert refused.value.field == "lineId"

    @pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.DRAFT])
    def test_state(self, world: Any, status: OrderStatus) -> None:
        """A cancelled or draft order gets no promise: Conflict (orderId); letting go is always allowed."""
        a = world.make_warehouse()
        order = world.set_status(world.make_order([(world.make_variant(stock={a: 5}), 1)]), status)
        with pytest.raises(Conflict) as refused:
            world.shop.allocate(order.id, plan(order, (a, 1)))
        assert refused.value.field == "orderId"
        world.shop.allocate(order.id, [])

    def test_not_found(self, world: Any) -> None:
        """Unknown order, line of another order, unknown warehouse: NotFound with its field."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order, other = world.make_order([(variant, 1)]), world.make_order([(variant, 1)])
        line, foreign = order.lines[0].id, other.lines[0].id
        cases = [(NO_ORDER[0], line, a.id, "orderId"), (order.id, foreign, a.id, "lineId")]
        cases += [(order.id, line, key, "warehouseId") for key in [NOWHERE, *GARBAGE]]
        for order_id, line_id, warehouse_id, field in cases:
            with pytest.raises(NotFound) as refused:
                world.shop.allocate(order_id, [Allocation(line_id, warehouse_id, 1)])
            assert refused.value.field == field

    def test_counter(self, world: Any) -> None:
        """3.x: Stock.quantity_allocated equals the sum of its allocation rows after every move."""
        if world.in_memory or not world.reservations:
            pytest.skip("Only Saleor 3.x stores the counter.")
        from saleor.warehouse.models import Stock

        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 9, b: 9})
        order = world.make_order([(variant, 5)])
        Stock.objects.update(quantity_allocated=77)
        for where in (a, b):
            world.shop.allocate(order.id, plan(order, (where, 5)))
            ship(world, world.make_order([(variant, 1)], allocate=False), b, 1)
        for row in Stock.objects.prefetch_related("allocations"):
            assert row.quantity_allocated == sum(item.quantity_allocated for item in row.allocations.all())

    def test_rolls_back_with_the_caller(self, world: Any) -> None:
        """Inside the caller's transaction: its failure takes the move back."""
        a, b = world.make_warehouse(), world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5, b: 5}), 2)], allocate={a: 2})
        with pytest.raises(ZeroDivisionError), world.transaction():
            world.shop.allocate(order.id, plan(order, (b, 2)))
            raise ZeroDivisionError
        assert held(world, order) == {a.id: 2}


class TestUnderLock:
    """`allocate_under_lock`"""

    def read(self, world: Any, order: Any) -> dict[str, Any]:
        order = world.shop.order(order.id, lock=True)
        variants = {line.variant_id for line in order.lines if line.variant_id}
        stocks = world.shop.stocks(variants, lock=True)
        return {"order": order, "stocks": stocks, "held": world.shop.allocations(order.id)}

    def test_moves(self, world: Any) -> None:
        """The same as `allocate`, again and again, for lines that change and lines that stay."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variants = [world.make_variant(stock={a: 5, b: 5}) for _ in range(2)]
        order = world.make_order([(variant, 4) for variant in variants], allocate={a: 4})
        for first, second in (((b, 3), (a, 1)), ((b, 4), (a, 1)), ((a, 1), (b, 2))):
            with world.transaction():
                known = self.read(world, order)
                lines = known["order"].lines
                wanted = [Allocation(lines[n].id, w.id, q) for n, (w, q) in enumerate((first, second))]
                world.shop.allocate_under_lock(plan=wanted, **known)
            assert sorted(world.shop.allocations(order.id), key=repr) == sorted(wanted, key=repr)
            assert sum(row.allocated for row in world.shop.stocks([v.id for v in variants])) == sum(
                row.quantity for row in wanted
            )
            assert counters_agree(world)

    @pytest.mark.parametrize("case", ["much", "nowhere", "foreign", "free"])
    def test_refusals(self, world: Any, case: str) -> None:
        """What `allocate` refuses is refused before anything is written."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 3})
        world.make_order([(variant, 1)])
        order = world.make_order([(variant, 5)], allocate={a: 1})
        other = world.make_order([(variant, 1)], allocate=False)
        line = order.lines[0].id
        plan = {
            "much": Allocation(line, a.id, 6),
            "nowhere": Allocation(line, NOWHERE, 1),
            "foreign": Allocation(other.lines[0].id, a.id, 1),
            "free": Allocation(line, a.id, 3),
        }[case]
        expected = {"much": Invalid, "foreign": NotFound}.get(case, InsufficientStock)
        with world.transaction():
            known = self.read(world, order)
            with pytest.raises(expected):
                world.shop.allocate_under_lock(plan=[plan], **known)
        assert held(world, order) == {a.id: 1}

    def test_needs_a_transaction(self, committed: Any) -> None:
        """Outside of a transaction no lock is held: RuntimeError."""
        world = committed
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 3}), 1)])
        stocks = world.shop.stocks([order.lines[0].variant_id])
        with pytest.raises(RuntimeError):
            world.shop.allocate_under_lock(order, [], stocks=stocks, held=[])
        assert held(world, order) == {a.id: 1}

    def test_forgotten_rows(self, world: Any) -> None:
        """A row of zero units that Saleor left behind is in nobody's way."""
        if world.in_memory:
            pytest.skip("Memory keeps no rows of zero units.")
        a, b = world.make_warehouse(), world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 3, b: 3}), 2)], allocate={a: 2})
        world.promise(order.lines[0].id, b, 0)
        with world.transaction():
            known = self.read(world, order)
            world.shop.allocate_under_lock(plan=plan(order, (b, 2)), **known)
        assert held(world, order) == {b.id: 2}


class TestAllocateMany:
    """`allocate_many`"""

    def two(self, world: Any) -> tuple[Any, Any, Any, Any]:
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 2, b: 2})
        one = world.make_order([(variant, 2)], allocate={a: 2})
        two = world.make_order([(variant, 2)], allocate={b: 2})
        return a, b, one, two

    def test_swap(self, world: Any) -> None:
        """Orders swap what they hold though nothing else is free; again changes nothing."""
        a, b, one, two = self.two(world)
        wanted = {one.id: plan(one, (b, 2)), two.id: plan(two, (a, 2))}
        for _ in range(2):
            world.shop.allocate_many(wanted)
            assert (held(world, one), held(world, two)) == ({b.id: 2}, {a.id: 2})
        assert counters_agree(world)

    def test_partly(self, world: Any) -> None:
        """One gives up what the other takes; an order that is not named keeps its own."""
        a, b, one, two = self.two(world)
        third = world.make_order([(world.make_variant(stock={a: 1}), 1)])
        world.shop.allocate_many({one.id: plan(one, (b, 1)), two.id: plan(two, (b, 1), (a, 1))})
        assert (held(world, one), held(world, two)) == ({b.id: 1}, {b.id: 1, a.id: 1})
        assert held(world, third) == {a.id: 1}
        world.shop.allocate_many({})

    def test_all_or_nothing(self, world: Any) -> None:
        """One plan too many and none is done; the message names the order."""
        a, b, one, two = self.two(world)
        wanted = {one.id: plan(one, (b, 2)), two.id: plan(two, (b, 1))}
        with pytest.raises(InsufficientStock) as refused:
            world.shop.allocate_many(wanted)
        assert refused.value.field == "warehouseId"
        assert any(order.number in str(refused.value) for order in (one, two))
        with pytest.raises(NotFound):
            world.shop.allocate_many({one.id: [], NO_ORDER[-1]: []})
        world.set_status(two, OrderStatus.CANCELED)
        with pytest.raises(Conflict):
            world.shop.allocate_many({one.id: plan(one, (b, 1)), two.id: plan(two, (a, 1))})
        assert held(world, one) == {a.id: 2}

    def test_read_in_one(self, world: Any) -> None:
        """`allocations_of` answers each order's, none for unknown ids."""
        _, _, one, two = self.two(world)
        wanted = {order.id: world.shop.allocations(order.id) for order in (one, two)}
        assert world.shop.allocations_of([one.id, two.id]) == wanted
        assert world.shop.allocations_of([]) == {}
        assert world.shop.allocations_of([NO_ORDER[-1], "x"]) == {NO_ORDER[-1]: [], "x": []}


def counters_agree(world: Any) -> bool:
    """Whether Saleor 3's counters say what the allocation rows say."""
    if world.in_memory or not world.channels:
        return True
    rows = world.model("warehouse.Stock").objects.prefetch_related("allocations")
    return all(
        row.quantity_allocated == sum(item.quantity_allocated for item in row.allocations.all())
        for row in rows
    )
