"""Orders over GraphQL: what staff see, find and are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import Discrepancy, PurchaseOrder, Supplier
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.book_cost import book_cost
from saleor_plugins.restock.usecases.postpone_order import postpone_order
from saleor_plugins.restock.usecases.receive_order import receive_order

from .rooms import Room
from .test_api import Raw, ask, do

At = Callable[[datetime], None]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = """purchaseOrder { id number state revision expectedOn total { amount } supplierReference
    lines { id variantId sku supplierSku ordered received open byHand expectedOn unitPrice { amount } }
    receipts { reference arrivedOn units }
    discrepancies { id kind lineId variantId sku quantity stocked settledNote settledBy } }"""


@pytest.fixture
def staff(room: Room) -> str:
    return room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")[1]


def found(token: str, arguments: str) -> list[int]:
    body = ask(token, f"{{ purchaseOrders({arguments}) {{ edges {{ node {{ number }} }} }} }}")
    assert "errors" not in body, body
    return [edge["node"]["number"] for edge in body["data"]["purchaseOrders"]["edges"]]


def test_an_order_by_hand_from_its_first_line_to_its_costs(room: Room, staff: str) -> None:
    first, second, blue = (room.data.make_variant(stock={room.house: 0}) for _ in range(3))
    for variant in (first, second):
        room.sells(variant)
    supplier = to_global("Supplier", room.supplier.pk)
    wanted = [{"variantId": first.id, "quantity": 10}, {"variantId": second.id, "quantity": 5, "price": "2"}]
    made = do(
        staff, "purchaseOrderCreate", ORDER, supplierId=supplier, warehouseId=room.house.id, lines=wanted
    )
    order = made["purchaseOrder"]
    assert (order["state"], order["total"]["amount"], order["lines"][0]["byHand"]) == ("DRAFT", "50.00", True)
    one, two = (line["id"] for line in order["lines"])
    edit = [{"lineId": one, "quantity": 12}]
    do(staff, "purchaseOrderUpdate", id=order["id"], lines=edit, revision=1)
    do(staff, "purchaseOrderApprove", id=order["id"])
    amended = do(staff, "purchaseOrderUpdate", ORDER, id=order["id"], lines=[{"lineId": one, "quantity": 10}])
    assert (amended["purchaseOrder"]["revision"], amended["purchaseOrder"]["state"]) == (2, "APPROVED")
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    later = do(staff, "purchaseOrderExpect", ORDER, id=order["id"], on=day, lineIds=[two])["purchaseOrder"]
    assert [line["expectedOn"] for line in later["lines"]] == [None, day]
    goods = {
        "reference": "note 1",
        "lines": [{"lineId": one, "quantity": 11, "damaged": 2}, {"lineId": two, "quantity": 3}],
        "unordered": [{"sku": blue.sku, "quantity": 1, "stock": True}],
    }
    got = do(staff, "purchaseOrderReceive", ORDER, id=order["id"], acceptOver=True, **goods)["purchaseOrder"]
    assert (got["state"], got["receipts"][0]["units"]) == ("PARTLY_RECEIVED", 14)
    kinds = {odd["kind"]: (odd["quantity"], odd["stocked"], odd["lineId"]) for odd in got["discrepancies"]}
    assert kinds == {"OVER": (1, 1, one), "DAMAGED": (2, 0, one), "WRONG": (1, 1, None)}
    closed = do(staff, "purchaseOrderClose", ORDER, id=order["id"], reason="no more")["purchaseOrder"]
    assert (closed["state"], [odd["kind"] for odd in closed["discrepancies"]][-1]) == ("RECEIVED", "SHORT")
    odd = closed["discrepancies"][-1]["id"]
    settled = do(staff, "discrepancySettle", "discrepancy { settledNote }", id=odd, note="Credited")
    assert settled["discrepancy"]["settledNote"] == "Credited"
    noted = do(
        staff, "discrepancyNote", "discrepancy { kind lineId stocked }",
        id=order["id"], lineId=two, kind=Raw("PRICE"), quantity=3, note="Billed at 3",
    )  # fmt: skip
    assert noted["discrepancy"] == {"kind": "PRICE", "lineId": two, "stocked": 0}
    bill = {"reference": "bill", "kind": Raw("FREIGHT"), "amount": "5.01", "by": Raw("UNITS")}
    do(staff, "purchaseOrderCost", id=order["id"], **bill)
    costs = ask(
        staff,
        f'{{ purchaseOrderCosts(id: "{order["id"]}") {{ total {{ amount }} costs {{ reference kind by }}'
        " lines { lineId units landed { amount } unitCost { amount } } } }",
    )["data"]["purchaseOrderCosts"]
    assert costs["total"]["amount"] == "5.01"
    assert costs["costs"] == [{"reference": "bill", "kind": "FREIGHT", "by": "UNITS"}]
    assert [(line["units"], line["landed"]["amount"]) for line in costs["lines"]] == [
        (11, "3.94"),
        (3, "1.07"),
    ]
    assert [line["unitCost"]["amount"] for line in costs["lines"]] == ["4.36", "2.36"]
    average = ask(staff, f'{{ averageCosts(variantIds: ["{first.id}"]) {{ cost {{ amount currency }} }} }}')
    assert average["data"]["averageCosts"] == [{"cost": {"amount": "4.36", "currency": "USD"}}]
    assert audit() == []


def test_lists_find_orders_by_what_people_know_of_them(room: Room, staff: str, at: At) -> None:
    at(NOON)
    first, (line,) = room.make_approved(10)
    second, _ = room.make_approved(5)
    draft = room.make_draft(7)
    PurchaseOrder.objects.filter(pk=second.pk).update(supplier_reference="AB-77/x")
    assert found(staff, "first: 9") == [draft.number, second.number, first.number]
    assert found(staff, "state: DRAFT") == [draft.number]
    assert found(staff, f'search: "{first.number}"') == [first.number]
    assert found(staff, f'search: " #{first.number} "') == [first.number]
    assert found(staff, 'search: "ab-77"') == [second.number]
    assert found(staff, f'search: "{line.sku.lower()}"') == [first.number]
    assert len(found(staff, 'search: "acme"')) == 3
    assert found(staff, 'search: "99999999999999999999"') == []
    assert found(staff, 'search: "%"') == []
    supplier = to_global("Supplier", room.supplier.pk)
    assert len(found(staff, f'supplierId: "{supplier}"')) == 3
    assert found(staff, f'supplierId: "{to_global("Supplier", new_id())}"') == []
    assert len(found(staff, f'warehouseId: "{room.house.id}"')) == 3
    assert found(staff, f'variantId: "{line.variant_id}"') == [first.number]


def test_overdue_is_what_should_have_come(room: Room, staff: str, at: At) -> None:
    at(NOON)
    order, (line, _) = room.make_approved(10, 5)
    second, _ = room.make_approved(5)
    Supplier.objects.update(lead_days=7)
    at(NOON + timedelta(days=7))
    assert found(staff, "overdue: true") == []
    at(NOON + timedelta(days=8))
    assert found(staff, "overdue: true") == [second.number, order.number]
    assert found(staff, "overdue: false") == []
    postpone_order(order.pk, date(2026, 4, 1))
    assert found(staff, "overdue: true") == [second.number]
    postpone_order(order.pk, date(2026, 3, 10), [line.pk])
    at(NOON + timedelta(days=9))
    assert found(staff, "overdue: true") == [second.number, order.number]
    receive_order(order.pk, "note", [Arrival(str(line.pk), 10)])
    assert found(staff, "overdue: true") == [second.number], "what is left comes in April"
    Supplier.objects.update(lead_days=None)
    at(NOON + timedelta(days=7))
    assert found(staff, "overdue: true") == []


def test_what_is_not_settled_yet_is_found(room: Room, staff: str) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 12, damaged=1)], accept_over=True)

    def kinds(arguments: str) -> list[str]:
        body = ask(
            staff, f"{{ discrepancies({arguments}) {{ edges {{ node {{ id kind purchaseOrderId }} }} }} }}"
        )
        edges = body["data"]["discrepancies"]["edges"]
        assert {edge["node"]["purchaseOrderId"] for edge in edges} <= {to_global("PurchaseOrder", order.pk)}
        return sorted(edge["node"]["kind"] for edge in edges)

    assert kinds("settled: false") == ["DAMAGED", "OVER"]
    odd = Discrepancy.objects.get(kind="OVER")
    do(staff, "discrepancySettle", id=to_global("PurchaseOrderDiscrepancy", odd.pk), note="Paid")
    assert (kinds("settled: false"), kinds("settled: true")) == (["DAMAGED"], ["OVER"])
    assert kinds("kinds: [DAMAGED]") == ["DAMAGED"]
    supplier = to_global("Supplier", room.supplier.pk)
    assert len(kinds(f'supplierId: "{supplier}"')) == 2
    assert kinds(f'supplierId: "{to_global("Supplier", new_id())}"') == []


@pytest.mark.parametrize("name", ["supplierId", "search"])
def test_a_filter_that_makes_no_sense_is_named(staff: str, name: str) -> None:
    body = ask(staff, f'{{ purchaseOrders({name}: "{"x" * 201}") {{ edges {{ node {{ id }} }} }} }}')
    assert body["errors"][0]["extensions"]["exception"]["field"] == name


def test_a_page_of_twenty_orders_takes_as_many_queries_as_one(room: Room, staff: str) -> None:
    def queries() -> int:
        fields = ORDER.replace("purchaseOrder {", "", 1).rsplit("}", 1)[0]
        with CaptureQueriesContext(connection) as context:
            body = ask(staff, f"{{ purchaseOrders {{ edges {{ node {{ {fields} }} }} }} }}")
        assert "errors" not in body, body
        return len(context)

    counts = []
    for more in (1, 4):
        for _ in range(more):
            order, (line, _) = room.make_approved(10, 5)
            receive_order(order.pk, "note", [Arrival(str(line.pk), 4, 1)])
            book_cost(order.pk, "bill", "DUTY", "1")
        counts.append(queries())
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("mutation", "arguments", "field"),
    [
        ("purchaseOrderCreate", {"lines": []}, "lines"),
        ("purchaseOrderCreate", {"lines": [{"variantId": "x", "quantity": 0}]}, "lines.0.quantity"),
        ("purchaseOrderUpdate", {"lines": [{"lineId": "x", "quantity": 1}]}, "lines.0.lineId"),
        ("purchaseOrderUpdate", {"lines": [{}]}, "lines.0.lineId"),
        ("purchaseOrderUpdate", {"lines": [], "revision": 9}, "revision"),
        ("purchaseOrderExpect", {"lineIds": ["x"]}, "lineIds.0"),
        ("purchaseOrderExpect", {"on": "2020-01-01"}, "on"),
        ("purchaseOrderReceive", {"reference": "", "lines": []}, "reference"),
        ("purchaseOrderReceive", {"reference": "n", "lines": []}, "lines"),
        ("purchaseOrderReceive", {"reference": "n", "lines": [], "arrivedOn": "2999-01-01"}, "arrivedOn"),
        (
            "purchaseOrderReceive",
            {"reference": "n", "lines": [], "unordered": [{"quantity": 1}]},
            "unordered.0.sku",
        ),
        ("purchaseOrderCancel", {"reason": "x" * 501}, "reason"),
        ("purchaseOrderClose", {}, "state"),
    ],
)
def test_refusals_name_their_field(
    room: Room, staff: str, mutation: str, arguments: dict[str, Any], field: str
) -> None:
    order, _ = room.make_approved(10)
    target: dict[str, Any] = {"id": to_global("PurchaseOrder", order.pk)}
    if mutation == "purchaseOrderCreate":
        supplier = to_global("Supplier", room.supplier.pk)
        target = {"supplierId": supplier, "warehouseId": room.house.id, "currency": "USD"}
    (error,) = do(staff, mutation, **target, **arguments)["errors"]
    assert error["field"] == field


def test_more_lines_than_one_request_may_have(room: Room, staff: str) -> None:
    order, (line,) = room.make_approved(10)
    many = [{"lineId": to_global("PurchaseOrderLine", line.pk), "quantity": 1}] * 501
    body = ask(
        staff,
        "mutation ($id: ID!, $lines: [ReceiptLineInput!]!) {"
        ' purchaseOrderReceive(id: $id, reference: "n", lines: $lines) { errors { field } } }',
        id=to_global("PurchaseOrder", order.pk),
        lines=many,
    )
    assert body["data"]["purchaseOrderReceive"]["errors"] == [{"field": "lines"}]
    assert room.on_hand(line.variant_id) == 0


def test_a_repeated_key_answers_the_same_and_moves_once(room: Room, staff: str) -> None:
    order, (line,) = room.make_approved(10)
    goods = {
        "id": to_global("PurchaseOrder", order.pk),
        "reference": "note",
        "lines": [{"lineId": to_global("PurchaseOrderLine", line.pk), "quantity": 4}],
        "idempotencyKey": "k",
    }
    first, second = (do(staff, "purchaseOrderReceive", ORDER, **goods) for _ in range(2))
    assert first == second
    assert room.on_hand(line.variant_id) == 4
