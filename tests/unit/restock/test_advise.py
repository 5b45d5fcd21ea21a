"""From needs to transfers and orders: the rule, limits, flags, and who gives before anything is bought."""

from __future__ import annotations

import pytest

from saleor_plugins.restock.domain.advise import Terrain, advise
from saleor_plugins.restock.domain.facts import Limits, Outlook, Position
from saleor_plugins.restock.domain.lead_time import LeadTime
from saleor_plugins.restock.domain.rule import Advice, Flag, Want, want
from saleor_plugins.restock.domain.transfers_plan import Lane, Why

from .needs import POLICY, need, offer, past

GROUND = Terrain(POLICY, "USD")
DAILY = (3.0, 1.0, 2.0, 2.0)


def one(need_: object, *rows: object, ground: Terrain = GROUND) -> Advice:
    (found,) = advise([need_], past(*rows or (DAILY,)), ground)  # type: ignore[list-item, arg-type]
    return found


def outlook(point: int, target: int) -> Outlook:
    return Outlook(LeadTime(7, 1), 8, point=point, target=target)


@pytest.mark.parametrize(
    ("levels", "limits", "wanted"),
    [
        ((10, 30), Limits(), Want(10, 30)),
        ((10, 30), Limits(15), Want(15, 35)),
        ((10, 30), Limits(0, 25), Want(10, 25)),
        ((10, 30), Limits(0, 8), Want(8, 8)),
        ((0, 0), Limits(5), Want(5, 5)),
        ((0, 0), Limits(5, 12), Want(5, 12)),
        ((0, 0), Limits(), Want(0, 0)),
    ],
)
def test_levels_stay_within_the_merchants_limits(
    levels: tuple[int, int], limits: Limits, wanted: Want
) -> None:
    assert want(outlook(*levels), limits) == wanted


def test_the_position_counts_what_is_promised_and_what_is_to_come() -> None:
    stock = Position(on_hand=10, allocated=4, on_order=20, incoming=3, outgoing=5, reserved=1)
    assert (stock.units, stock.free) == (24, 0)


def test_nothing_is_advised_at_the_point_and_a_target_below_it() -> None:
    point = one(need("here", -1, offer(), selling=900.0)).want.point
    assert advise([need("here", point, offer(), selling=900.0)], past(DAILY), GROUND) == []
    below = one(need("here", point - 1, offer(), selling=900.0))
    assert below.bought.quantity == below.need == below.want.target - point + 1 > 1


def test_a_dearer_loss_keeps_more_stock_and_no_price_falls_back_to_the_service_level() -> None:
    cheap, dear = (one(need("here", 0, offer(), selling=price)) for price in (450.0, 4000.0))
    assert cheap.want.point < dear.want.point
    assert cheap.seen.outlook.by_cost and dear.seen.outlook.by_cost
    for selling in (None, 400.0, 100.0):
        plain = one(need("here", 0, offer(), selling=selling))
        assert not plain.seen.outlook.by_cost
        assert plain.seen.outlook.level == POLICY.service_level


def test_a_service_level_of_its_own_goes_before_the_shops() -> None:
    low, high = (one(need("here", 0, offer(), selling=900.0, service_level=level)) for level in (0.6, 0.99))
    assert low.want.point < high.want.point
    assert high.seen.outlook.level == 0.99


def test_without_reorder_and_for_kits_nothing_is_proposed() -> None:
    assert advise([need("here", 0, offer(), reorder=False, minimum=9)], past(DAILY), GROUND) == []
    assert advise([need("here", 0, offer(), minimum=9)], past(DAILY, kits=frozenset({"shirt"})), GROUND) == []


def test_zero_demand_orders_nothing_without_a_minimum_and_up_to_it_with_one() -> None:
    assert advise([need("here", 0, offer())], past((0.0,)), GROUND) == []
    found = one(need("here", 2, offer(pack=12), minimum=20), (0.0,))
    assert (found.want, found.need, found.bought.quantity) == (Want(20, 20), 18, 24)
    assert found.waiting is None


def test_what_waiting_costs_grows_with_the_gap() -> None:
    some, none = (one(need("here", units, offer(), selling=900.0)) for units in (5, 0))
    assert some.waiting is not None and none.waiting is not None
    assert 0 < some.waiting <= none.waiting


@pytest.mark.parametrize(
    ("known", "row", "flag"),
    [
        ({"offers": ()}, DAILY, Flag.NO_SUPPLIER),
        ({}, (0.0,) * 181 + (3.0,), Flag.FEW_SALES),
        ({}, (2.0,) * 100 + (10_000.0,) + (2.0,) * 81, Flag.UNUSUAL_DAY),
        ({}, (2.0,) * 100 + (float("nan"),) + (2.0,) * 81, Flag.UNREADABLE_DAYS),
        ({"allocated": 9}, DAILY, Flag.OVERSOLD),
        ({"maximum": 5}, DAILY, Flag.LIMITED_BY_MAXIMUM),
        ({"maximum": 5, "offers": (offer(moq=50),)}, DAILY, Flag.ABOVE_MAXIMUM),
        ({"offers": (offer(moq=5_000),)}, DAILY, Flag.LONG_COVER),
        ({"offers": (offer(), offer("Bolt", currency="EUR", rate=None))}, DAILY, Flag.MIXED_CURRENCIES),
    ],
)
def test_the_unusual_is_flagged_never_dropped(
    known: dict[str, object], row: tuple[float, ...], flag: Flag
) -> None:
    offers = known.pop("offers", (offer(),))
    found = one(need("here", 0, *offers, selling=900.0, **known), row)  # type: ignore[misc]
    assert flag in found.flags
    plain = one(need("here", 0, offer(), selling=900.0))
    assert plain.flags == ()


def test_a_spike_names_its_day_and_does_not_become_the_pace() -> None:
    row = (2.0,) * 100 + (10_000.0,) + (2.0,) * 81
    found = one(need("here", 0, offer(), selling=900.0), row).seen.outlook
    assert (found.spike, found.spike_day.isoformat()) == (10_000.0, "2025-04-11")  # type: ignore[union-attr]
    assert found.per_day < 4
    assert found.capped > 9_000


# Suppliers


def test_the_supplier_who_costs_least_a_year_wins_not_the_cheapest_unit() -> None:
    slow = offer("Slow", price=399, days=60)
    quick = offer("Quick", price=400, days=2)
    assert one(need("here", 0, slow, quick, selling=4000.0)).seen.offer == quick
    assert one(need("here", 0, offer("Slow", price=200, days=60), quick, selling=4000.0)).seen.offer != quick


def test_a_minimum_order_counts_against_a_low_price() -> None:
    bulk, small = offer("Bulk", price=395, moq=3_000), offer("Small", price=400)
    assert one(need("here", 0, bulk, small, selling=900.0)).seen.offer == small


def test_two_at_one_price_are_chosen_alike_whatever_their_order() -> None:
    first, second = offer("Acme"), offer("Bolt")
    for pair in ((first, second), (second, first)):
        assert one(need("here", 0, *pair, selling=900.0)).seen.offer == first


def test_a_rate_makes_currencies_comparable_without_one_the_quickest_wins() -> None:
    dollar, euro = offer("Acme", price=400, days=3), offer("Bolt", price=300, currency="EUR", rate=1.1)
    found = one(need("here", 0, dollar, euro, selling=900.0))
    assert found.seen.offer == euro
    assert found.amount == round(found.bought.quantity * 300 * 1.1)
    blind = one(need("here", 0, dollar, offer("Bolt", price=300, currency="EUR", rate=None), selling=900.0))
    assert (blind.seen.offer, blind.seen.mixed) == (dollar, True)


def test_one_currency_without_a_rate_alone_is_bought_and_not_valued() -> None:
    found = one(need("here", 0, offer(currency="EUR", rate=None), minimum=5), (0.0,))
    assert (found.bought.quantity, found.amount, found.flags) == (5, None, ())


# Transfers


def two(stock: tuple[int, int], *lanes: Lane, asked: set[str] | None = None) -> list[Advice]:
    needs = [
        need("here", stock[0], offer(days=7), selling=900.0),
        need("there", stock[1], offer(days=7), selling=900.0),
    ]
    return advise(needs, past(DAILY, DAILY), Terrain(POLICY, "USD", lanes, asked))


def test_a_transfer_comes_before_buying_and_leaves_the_donor_its_target() -> None:
    found = {advice.seen.need.warehouse_id: advice for advice in two((0, 500), Lane("there", "here", 2))}
    assert set(found) == {"here"}
    here = found["here"]
    assert (here.transferred, here.bought.quantity) == (here.need, 0)
    assert here.moves[0].source_id == "there"


def test_a_donor_never_goes_below_its_target_and_the_rest_is_bought() -> None:
    (alone,) = two((0, 100_000))
    target = alone.want.target
    (here,) = two((0, target + 7), Lane("there", "here", 2))
    assert (here.transferred, here.bought.quantity) == (7, here.need - 7)


def test_no_transfer_without_a_lane_or_the_wrong_way() -> None:
    assert [advice.transferred for advice in two((0, 500))] == [0]
    assert [advice.transferred for advice in two((0, 500), Lane("here", "there", 2))] == [0]


def test_a_transfer_slower_than_buying_is_not_made_and_told() -> None:
    (here,) = two((0, 500), Lane("there", "here", 9))
    assert (here.transferred, here.bought.quantity) == (0, here.need)
    assert [refused.why for refused in here.refused] == [Why.SLOWER]


def test_a_transfer_dearer_than_what_it_saves_is_not_made() -> None:
    (here,) = two((0, 500), Lane("there", "here", 2, cost=10_000_000.0))
    assert (here.transferred, [refused.why for refused in here.refused]) == (0, [Why.DEARER])
    (here,) = two((0, 500), Lane("there", "here", 2, cost=None))
    assert [refused.why for refused in here.refused] == [Why.NO_RATE]


def test_two_that_are_short_never_send_to_each_other() -> None:
    found = two((0, 0), Lane("there", "here", 1), Lane("here", "there", 1))
    assert [advice.transferred for advice in found] == [0, 0]


def test_only_the_asked_warehouses_are_advised_on_the_others_still_give() -> None:
    lanes = (Lane("there", "here", 2),)
    assert two((0, 500), *lanes, asked={"there"}) == []
    assert two((0, 500), *lanes, asked={"here"})[0].transferred > 0
