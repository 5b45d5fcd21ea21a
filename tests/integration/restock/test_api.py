"""The GraphQL API: the whole story, who may ask, and what is refused by which name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import PurchaseOrder, Receipt, Suggestion, Supplier
from saleor_plugins.restock.schema import Mutations, Query, view
from tests.shopdata import request

from .rooms import Room

PERMISSION = "MANAGE_PRODUCTS"
ORDER = (
    "{ id number state total { amount currency }"
    " lines { id variantId ordered received } receipts { reference units } }"
)
ERRORS = "errors { field message code }"
NOBODY = to_global("Supplier", new_id())
NO_PROMOTION = to_global("Promotion", new_id())
NO_ITEM = to_global("SupplierItem", new_id())
NO_LANE = to_global("TransferLane", new_id())
NO_BUDGET = to_global("Budget", new_id())
NO_ORDER = to_global("PurchaseOrder", new_id())
NO_LINE = to_global("PurchaseOrderLine", new_id())
NO_DISCREPANCY = to_global("PurchaseOrderDiscrepancy", new_id())
NO_TRANSFER = to_global("Transfer", new_id())
NO_BACKTEST = to_global("RestockBacktest", new_id())

QUERIES = {
    "suggestions": "suggestions { edges { node { id } } }",
    "restockRuns": "restockRuns { edges { node { id } } }",
    "purchaseOrder": f'purchaseOrder(id: "{NO_ORDER}") {{ id }}',
    "purchaseOrders": "purchaseOrders { edges { node { id } } }",
    "purchaseOrderCosts": f'purchaseOrderCosts(id: "{NO_ORDER}") {{ total {{ amount }} }}',
    "discrepancies": "discrepancies { edges { node { id } } }",
    "averageCosts": 'averageCosts(variantIds: ["x"]) { variantId }',
    "demand": 'demand(variantId: "x") { units }',
    "stockOuts": 'stockOuts(variantId: "x") { since }',
    "kitParts": "kitParts { edges { node { id } } }",
    "promotions": "promotions { edges { node { id } } }",
    "suppliers": "suppliers { edges { node { id } } }",
    "supplierItems": "supplierItems { edges { node { id } } }",
    "reorderPolicies": "reorderPolicies { edges { node { id } } }",
    "purchaseOrderSendings": f'purchaseOrderSendings(id: "{NO_ORDER}") {{ id }}',
    "purchaseOrderLink": f'purchaseOrderLink(id: "{NO_ORDER}")',
    "exchangeRates": "exchangeRates { edges { node { id rate } } }",
    "transferLanes": "transferLanes { edges { node { id } } }",
    "budgets": "budgets { edges { node { id } } }",
    "supplierCatalogue": "supplierCatalogue",
    "transfer": f'transfer(id: "{NO_TRANSFER}") {{ id }}',
    "transfers": "transfers { edges { node { id } } }",
    "restockBacktest": f'restockBacktest(id: "{NO_BACKTEST}") {{ id }}',
    "restockBacktests": "restockBacktests { edges { node { id } } }",
    "restockReport": "restockReport { url }",
    "stockAlertCounts": "stockAlertCounts { variantId }",
    "restockMailTemplates": "restockMailTemplates { kind }",
    "restockMailPreview": 'restockMailPreview(kind: BACK_IN_STOCK, language: "en") { subject }',
    "restockPersonExport": 'restockPersonExport(email: "nobody@example.com")',
}
FOR_ANYBODY = {
    "expectedBack",
    "stockAlertSubscribe",
    "stockAlertConfirm",
    "stockAlertUnsubscribe",
}
MUTATIONS = {
    "kitSet": f'kitSet(variantId: "x", parts: []) {{ {ERRORS} }}',
    "promotionSave": (
        'promotionSave(name: "Sale", variantId: "x", since: "2026-01-01", until: "2026-01-02")'
        f" {{ {ERRORS} }}"
    ),
    "promotionDelete": f'promotionDelete(id: "{NO_PROMOTION}") {{ {ERRORS} }}',
    "supplierCreate": f'supplierCreate(name: "Bolt") {{ {ERRORS} }}',
    "supplierUpdate": f'supplierUpdate(id: "{NOBODY}") {{ {ERRORS} }}',
    "supplierItemSet": (
        f'supplierItemSet(variantId: "x", supplierId: "{NOBODY}", price: "1", currency: "USD") {{ {ERRORS} }}'
    ),
    "supplierItemRemove": f'supplierItemRemove(id: "{NO_ITEM}") {{ {ERRORS} }}',
    "exchangeRateSet": (
        f'exchangeRateSet(currency: "USD", into: "EUR", rate: "0.9", since: "2026-01-01") {{ {ERRORS} }}'
    ),
    "transferLaneSet": f'transferLaneSet(sourceId: "x", targetId: "y", days: 1) {{ {ERRORS} }}',
    "transferLaneRemove": f'transferLaneRemove(id: "{NO_LANE}") {{ {ERRORS} }}',
    "budgetSet": (
        'budgetSet(name: "May", amount: "5", currency: "EUR", since: "2026-05-01", until: "2026-05-31")'
        f" {{ {ERRORS} }}"
    ),
    "budgetRemove": f'budgetRemove(id: "{NO_BUDGET}") {{ {ERRORS} }}',
    "supplierCatalogueImport": f'supplierCatalogueImport(csv: "sku") {{ {ERRORS} }}',
    "purchaseOrderSend": f'purchaseOrderSend(id: "{NO_ORDER}") {{ {ERRORS} }}',
    "reorderPolicySet": f'reorderPolicySet(variantId: "x", minimum: 1) {{ {ERRORS} }}',
    "replenishmentRun": f"replenishmentRun {{ {ERRORS} }}",
    "purchaseOrderCreate": (
        f'purchaseOrderCreate(supplierId: "{NOBODY}", warehouseId: "x", lines: []) {{ {ERRORS} }}'
    ),
    "purchaseOrderUpdate": f'purchaseOrderUpdate(id: "{NO_ORDER}", lines: []) {{ {ERRORS} }}',
    "purchaseOrderExpect": f'purchaseOrderExpect(id: "{NO_ORDER}") {{ {ERRORS} }}',
    "purchaseOrderClose": f'purchaseOrderClose(id: "{NO_ORDER}") {{ {ERRORS} }}',
    "purchaseOrderCost": (
        f'purchaseOrderCost(id: "{NO_ORDER}", reference: "n", kind: DUTY, amount: "1") {{ {ERRORS} }}'
    ),
    "discrepancyNote": (
        f'discrepancyNote(id: "{NO_ORDER}", lineId: "{NO_LINE}", kind: PRICE, quantity: 1, note: "n")'
        f" {{ {ERRORS} }}"
    ),
    "discrepancySettle": f'discrepancySettle(id: "{NO_DISCREPANCY}", note: "n") {{ {ERRORS} }}',
    "purchaseOrderApprove": f'purchaseOrderApprove(id: "{NO_ORDER}") {{ {ERRORS} }}',
    "purchaseOrderCancel": f'purchaseOrderCancel(id: "{NO_ORDER}") {{ {ERRORS} }}',
    "purchaseOrderReceive": (
        f'purchaseOrderReceive(id: "{NO_ORDER}", reference: "n", lines: []) {{ {ERRORS} }}'
    ),
    "transferCreate": f'transferCreate(sourceId: "x", targetId: "y", lines: []) {{ {ERRORS} }}',
    "transferUpdate": f'transferUpdate(id: "{NO_TRANSFER}", lines: []) {{ {ERRORS} }}',
    "transferApprove": f'transferApprove(id: "{NO_TRANSFER}") {{ {ERRORS} }}',
    "transferExpect": f'transferExpect(id: "{NO_TRANSFER}") {{ {ERRORS} }}',
    "transferShip": f'transferShip(id: "{NO_TRANSFER}", reference: "n") {{ {ERRORS} }}',
    "transferReceive": f'transferReceive(id: "{NO_TRANSFER}", reference: "n", lines: []) {{ {ERRORS} }}',
    "transferCancel": f'transferCancel(id: "{NO_TRANSFER}") {{ {ERRORS} }}',
    "restockMailTemplateSet": (
        f'restockMailTemplateSet(kind: BACK_IN_STOCK, language: "en", subject: "x", text: "y") {{ {ERRORS} }}'
    ),
    "restockMailTemplateReset": (
        f'restockMailTemplateReset(kind: BACK_IN_STOCK, language: "en") {{ {ERRORS} }}'
    ),
    "restockPersonErase": f'restockPersonErase(email: "nobody@example.com") {{ {ERRORS} }}',
    "restockBacktestRun": f"restockBacktestRun(days: 60) {{ {ERRORS} }}",
    "restockBacktestCancel": f'restockBacktestCancel(id: "{NO_BACKTEST}") {{ {ERRORS} }}',
}
ASKERS: dict[str, tuple[AskerKind, tuple[str, ...]] | None] = {
    "anonymous": None,
    "customer": (AskerKind.CUSTOMER, ()),
    "customer who once was staff": (AskerKind.CUSTOMER, (PERMISSION,)),
    "staff without it": (AskerKind.STAFF, ("MANAGE_ORDERS",)),
    "app without it": (AskerKind.APP, ("MANAGE_ORDERS",)),
    "staff": (AskerKind.STAFF, (PERMISSION, "MANAGE_PLUGINS", "MANAGE_USERS")),
    "app": (AskerKind.APP, (PERMISSION, "MANAGE_PLUGINS", "MANAGE_USERS")),
}


@pytest.fixture
def staff(room: Room) -> str:
    return room.data.make_asker(AskerKind.STAFF, PERMISSION)[1]


def ask(token: str | None, query: str, **variables: Any) -> dict[str, Any]:
    """The whole answer, errors and all."""
    body: dict[str, Any] = json.loads(view(request(token, {"query": query, "variables": variables})).content)
    return body


def do(token: str, mutation: str, fields: str = "", **variables: Any) -> dict[str, Any]:
    """The payload of one mutation, its arguments written as JSON-like variables."""
    arguments = ", ".join(f"{key}: {literal(value)}" for key, value in variables.items())
    body = ask(token, f"mutation {{ {mutation}({arguments}) {{ {ERRORS} {fields} }} }}")
    assert "errors" not in body, body
    payload: dict[str, Any] = body["data"][mutation]
    return payload


class Raw(str):
    """A word of GraphQL that is no string, as those of an enum."""


def literal(value: Any) -> str:
    """A Python value as GraphQL writes it."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return json.dumps(value)


def test_from_a_supplier_to_stock_on_the_shelf(room: Room, staff: str) -> None:
    variant = room.data.make_variant(stock={room.house: 2})
    supplier = do(staff, "supplierCreate", "supplier { id active }", name="Bolt", email="sales@bolt.example")
    terms = {"price": "2.50", "currency": "USD", "moq": 6, "pack": 6, "leadDays": 3}
    supplier_id = supplier["supplier"]["id"]
    item = do(
        staff, "supplierItemSet", "supplierItem { price { amount } supplier { name } leadDays }",
        variantId=variant.id, supplierId=supplier_id, **terms,
    )  # fmt: skip
    assert item["supplierItem"] == {"price": {"amount": "2.50"}, "supplier": {"name": "Bolt"}, "leadDays": 3}
    policy = do(
        staff,
        "reorderPolicySet",
        "reorderPolicy { minimum maximum warehouseId }",
        variantId=variant.id,
        minimum=10,
    )
    assert policy["reorderPolicy"] == {"minimum": 10, "maximum": None, "warehouseId": None}
    ran = do(
        staff, "replenishmentRun", f"queued suggestions {{ quantity explanation }} purchaseOrders {ORDER}",
        variantIds=[variant.id],
    )  # fmt: skip
    assert ran["queued"] is False
    assert ran["suggestions"][0]["quantity"] == 12
    assert "Bolt sells at least 6" not in " ".join(ran["suggestions"][0]["explanation"])
    (order,) = ran["purchaseOrders"]
    assert (order["state"], order["total"]) == ("DRAFT", {"amount": "30.00", "currency": "USD"})
    approved = do(staff, "purchaseOrderApprove", f"purchaseOrder {ORDER}", id=order["id"])
    assert approved["purchaseOrder"]["state"] == "APPROVED"
    arrived = [{"lineId": order["lines"][0]["id"], "quantity": 12}]
    for _ in range(2):
        received = do(
            staff, "purchaseOrderReceive", f"purchaseOrder {ORDER}",
            id=order["id"], reference="note 7", lines=arrived,
        )["purchaseOrder"]  # fmt: skip
        assert (received["state"], received["lines"][0]["received"]) == ("RECEIVED", 12)
        assert received["receipts"] == [{"reference": "note 7", "units": 12}]
    assert room.on_hand(variant.id) == 14


def test_a_run_over_everything_is_left_to_a_worker(room: Room, staff: str) -> None:
    room.make_low()
    assert do(staff, "replenishmentRun", "queued", warehouseId=room.house.id) == {
        "errors": [],
        "queued": True,
    }
    assert not Suggestion.objects.exists()
    drain()
    found = ask(staff, "{ suggestions { edges { node { sku quantity flags position purchaseOrderId } } } }")
    (edge,) = found["data"]["suggestions"]["edges"]
    assert (edge["node"]["quantity"], edge["node"]["position"], edge["node"]["flags"]) == (18, 2, [])
    assert edge["node"]["purchaseOrderId"] == to_global("PurchaseOrder", PurchaseOrder.objects.get().pk)


def test_the_matrix_covers_every_field() -> None:
    def camel(name: str) -> str:
        first, *rest = name.split("_")
        return first + "".join(word.title() for word in rest)

    assert {camel(name) for name in Query._meta.fields} - FOR_ANYBODY == set(QUERIES)
    assert {camel(name) for name in Mutations._meta.fields} - FOR_ANYBODY == set(MUTATIONS)


@pytest.mark.parametrize("who", ASKERS)
def test_only_who_manages_products_may_ask(room: Room, who: str) -> None:
    asker = ASKERS[who]
    token = room.data.make_asker(asker[0], *asker[1])[1] if asker else None
    may = who in ("staff", "app")
    for name, query in QUERIES.items():
        body = ask(token, f"{{ {query} }}")
        denied = "PERMISSION_DENIED" in json.dumps(body)
        assert denied != may, (name, body)
        assert may or not (body.get("data") or {}).get(name), name
    before = Supplier.objects.count()
    for name, mutation in MUTATIONS.items():
        errors = ask(token, f"mutation {{ {mutation} }}")["data"][name]["errors"]
        assert ("PERMISSION_DENIED" in {error["code"] for error in errors}) != may, (name, errors)
    assert Supplier.objects.count() == before + may


def test_bad_input_names_its_field_and_changes_nothing(room: Room, staff: str) -> None:
    variant = room.data.make_variant(stock={room.house: 2})
    acme = to_global("Supplier", room.supplier.pk)
    item = {"variantId": variant.id, "supplierId": acme, "price": "1.00", "currency": "USD"}
    order = to_global("PurchaseOrder", room.make_draft(5).pk)
    before = (Supplier.objects.count(), room.supplier.items.count())
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("supplierCreate", {"name": " "}, "name"),
        ("supplierCreate", {"name": "acme"}, "name"),
        ("supplierCreate", {"name": "x" * 201}, "name"),
        ("supplierCreate", {"name": "Bolt", "email": "nobody"}, "email"),
        ("supplierUpdate", {"id": NOBODY, "name": "Bolt"}, "id"),
        ("supplierUpdate", {"id": variant.id}, "id"),
        ("supplierItemSet", {**item, "variantId": "x"}, "variantId"),
        ("supplierItemSet", {**item, "supplierId": NOBODY}, "supplierId"),
        ("supplierItemSet", {**item, "supplierId": "x"}, "supplierId"),
        *(("supplierItemSet", {**item, "price": bad}, "price") for bad in ("", "NaN", "-1", "1e9", "1.005")),
        ("supplierItemSet", {**item, "price": "1.5", "currency": "JPY"}, "price"),
        ("supplierItemSet", {**item, "currency": "usd"}, "currency"),
        ("supplierItemSet", {**item, "moq": 0}, "moq"),
        ("supplierItemSet", {**item, "pack": -1}, "pack"),
        ("supplierItemSet", {**item, "leadDays": 731}, "leadDays"),
        ("reorderPolicySet", {"variantId": "x", "minimum": 1}, "variantId"),
        ("reorderPolicySet", {"variantId": variant.id, "warehouseId": "x", "minimum": 1}, "warehouseId"),
        ("reorderPolicySet", {"variantId": variant.id, "minimum": -1}, "minimum"),
        ("reorderPolicySet", {"variantId": variant.id, "minimum": 5, "maximum": 4}, "maximum"),
        ("replenishmentRun", {"warehouseId": "x"}, "warehouseId"),
        ("replenishmentRun", {"variantIds": []}, "variantIds"),
        ("replenishmentRun", {"variantIds": [variant.id, "x"]}, "variantIds.1"),
        ("purchaseOrderApprove", {"id": "x"}, "id"),
        ("purchaseOrderApprove", {"id": to_global("PurchaseOrder", "x")}, "id"),
        ("purchaseOrderApprove", {"id": NO_ORDER}, "id"),
        ("purchaseOrderCancel", {"id": NO_ORDER}, "id"),
        ("purchaseOrderCancel", {"id": order, "reason": "x" * 501}, "reason"),
        ("purchaseOrderReceive", {"id": order, "reference": " ", "lines": []}, "reference"),
        ("purchaseOrderReceive", {"id": order, "reference": "n", "lines": []}, "state"),
        (
            "purchaseOrderReceive",
            {"id": order, "reference": "n", "lines": [{"lineId": "x", "quantity": 1}]},
            "lines.0.lineId",
        ),
    ]
    for mutation, arguments, field in cases:
        errors = do(staff, mutation, **arguments)["errors"]
        assert [error["field"] for error in errors] == [field], (mutation, arguments, errors)
    assert (Supplier.objects.count(), room.supplier.items.count()) == before
    assert PurchaseOrder.objects.get().state == "DRAFT"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("{ suggestions(first: 0) { edges { cursor } } }", "first"),
        ("{ purchaseOrders(first: 101) { edges { cursor } } }", "first"),
        ('{ suppliers(after: "x") { edges { cursor } } }', "after"),
        ('{ purchaseOrder(id: "x") { id } }', "id"),
        ('{ supplierItems(supplierId: "x") { edges { cursor } } }', "supplierId"),
        ('{ demand(variantId: "x", since: "2026-02-01", until: "2026-01-01") { units } }', "since"),
        ('{ demand(variantId: "x", since: "2020-02-01", until: "2026-01-01") { units } }', "since"),
    ],
)
def test_bad_questions_name_their_field(staff: str, query: str, field: str) -> None:
    (error,) = ask(staff, query)["errors"]
    assert error["extensions"]["exception"]["field"] == field


def test_demand_is_told_for_every_day(room: Room, staff: str) -> None:
    variant = room.data.make_variant(stock={room.house: 9})
    room.sells(variant)
    room.sell_daily(variant, 2, days=3)
    do(staff, "replenishmentRun", variantIds=[variant.id])
    found = ask(staff, "query($id: ID!) { demand(variantId: $id) { day units } }", id=variant.id)
    units = [day["units"] for day in found["data"]["demand"]]
    assert units == [0] * 24 + [2, 2, 2, 0]


def test_an_idempotency_key_creates_one_supplier(staff: str) -> None:
    answers = [
        do(staff, "supplierCreate", "supplier { id }", name="Bolt", idempotencyKey="k") for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Supplier.objects.filter(name="Bolt").count() == 1
    (error,) = do(staff, "supplierCreate", name="Nut", idempotencyKey="k")["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    "query",
    [
        f"{{ purchaseOrders(state: APPROVED) {{ edges {{ node {ORDER} }} }} }}",
        "{ suggestions { edges { node { sku supplier { name } purchaseOrderId } } } }",
        "{ supplierItems { edges { node { supplier { name } price { amount } } } } }",
    ],
)
def test_a_page_costs_the_same_queries_however_long(room: Room, staff: str, query: str) -> None:
    def count(more: int) -> int:
        for _ in range(more):
            # Approved, so that the next is an order of its own.
            room.make_approved(5, 6)
        with CaptureQueriesContext(connection) as queries:
            body = ask(staff, query)
        assert "errors" not in body
        return len(queries)

    assert count(1) == count(5)
