"""Transfers over GraphQL: the whole story, lists, and what is refused by which name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import Transfer
from saleor_plugins.restock.usecases.approve_transfer import today

from .test_api import NO_TRANSFER, PERMISSION, ask, do
from .transfers import Lane, make_lane

TRANSFER = (
    "transfer { id number state expectedOn reason"
    " lines { id variantId quantity shipped received lost byHand } handlings { kind reference note by } }"
)


@pytest.fixture
def lane(db: None) -> Lane:
    return make_lane()


@pytest.fixture
def staff(lane: Lane) -> str:
    return lane.data.make_asker(AskerKind.STAFF, PERMISSION)[1]


def test_from_a_plan_to_the_other_shelf(lane: Lane, staff: str) -> None:
    (goods,) = lane.stock(12)
    plan = {"sourceId": lane.source.id, "targetId": lane.target.id}
    made = do(staff, "transferCreate", TRANSFER, **plan, lines=[{"variantId": goods.id, "quantity": 9}])
    draft = made["transfer"]
    assert (draft["state"], draft["lines"][0]["byHand"]) == ("DRAFT", True)
    changed = [{"variantId": goods.id, "quantity": 10}]
    assert do(staff, "transferUpdate", id=draft["id"], lines=changed) == {"errors": []}
    day = (today() + timedelta(days=3)).isoformat()
    do(staff, "transferExpect", id=draft["id"], on=day)
    approved = do(staff, "transferApprove", TRANSFER, id=draft["id"])["transfer"]
    assert (approved["state"], approved["expectedOn"]) == ("APPROVED", day)
    line = draft["lines"][0]["id"]
    for _ in range(2):
        shipped = do(
            staff, "transferShip", TRANSFER,
            id=draft["id"], reference="waybill", lines=[{"lineId": line, "quantity": 8}],
        )["transfer"]  # fmt: skip
        assert (shipped["state"], shipped["lines"][0]["shipped"]) == ("SHIPPED", 8)
    for _ in range(2):
        received = do(
            staff, "transferReceive", TRANSFER, id=draft["id"], reference="note", note="crushed",
            lines=[{"lineId": line, "quantity": 7, "lost": 1}],
        )["transfer"]  # fmt: skip
    assert (received["state"], received["lines"][0]["received"], received["lines"][0]["lost"]) == (
        "RECEIVED",
        7,
        1,
    )
    told = [(row["kind"], row["reference"], row["note"]) for row in received["handlings"]]
    assert told == [("SHIP", "waybill", ""), ("RECEIVE", "note", "crushed")]
    assert all(row["by"] for row in received["handlings"])
    assert lane.on_hand(goods) == (4, 7)


def test_lists(lane: Lane, staff: str, at: Any) -> None:
    first, second = lane.approved(), lane.draft()
    do(staff, "transferExpect", id=to_global("Transfer", first.pk), on=today().isoformat())
    numbers = {first.number, second.number}

    def found(where: str) -> set[int]:
        body = ask(staff, f"{{ transfers({where}) {{ edges {{ node {{ number }} }} }} }}")
        assert "errors" not in body, body
        return {edge["node"]["number"] for edge in body["data"]["transfers"]["edges"]}

    assert found("state: DRAFT") == {second.number}
    assert found(f'sourceId: "{lane.source.id}"') == numbers
    assert found(f'targetId: "{lane.source.id}"') == set()
    assert found(f'variantId: "{lane.goods[0].id}"') == {first.number}
    assert (found("overdue: true"), found("overdue: false")) == (set(), numbers)
    at(clock.now() + timedelta(days=1))
    assert (found("overdue: true"), found("overdue: false")) == ({first.number}, {second.number})
    one = ask(staff, f'{{ transfer(id: "{to_global("Transfer", first.pk)}") {{ number }} }}')
    assert one["data"]["transfer"] == {"number": first.number}


def test_bad_input_names_its_field_and_changes_nothing(lane: Lane, staff: str) -> None:
    transfer = lane.approved()
    key = to_global("Transfer", transfer.pk)
    nobody = to_global("TransferLine", new_id())
    some, bad = ([{"lineId": line, "quantity": 1}] for line in (nobody, "x"))
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("transferApprove", {"id": key}, "state"),
        ("transferApprove", {"id": NO_TRANSFER}, "id"),
        ("transferApprove", {"id": lane.goods[0].id}, "id"),
        ("transferCancel", {"id": key, "reason": "x" * 501}, "reason"),
        ("transferExpect", {"id": key, "on": "2001-01-01"}, "on"),
        ("transferUpdate", {"id": key, "lines": [{"variantId": lane.goods[0].id, "quantity": 1}]}, "state"),
        ("transferShip", {"id": key, "reference": " "}, "reference"),
        ("transferShip", {"id": key, "reference": "x" * 101}, "reference"),
        ("transferShip", {"id": key, "reference": "w", "lines": some}, "lines.0.lineId"),
        ("transferShip", {"id": key, "reference": "w", "lines": bad}, "lines.0.lineId"),
        ("transferReceive", {"id": key, "reference": "n", "lines": some}, "state"),
        ("transferReceive", {"id": key, "reference": "n", "lines": some, "note": "x" * 501}, "note"),
        ("transferReceive", {"id": key, "reference": "n", "lines": some, "warehouseId": "x"}, "warehouseId"),
    ]  # fmt: skip
    for mutation, arguments, field in cases:
        errors = do(staff, mutation, **arguments)["errors"]
        assert [error["field"] for error in errors] == [field], (mutation, arguments, errors)
    assert Transfer.objects.get().state == "APPROVED"
    assert lane.on_hand(lane.goods[0]) == (12, 0)


def test_a_page_costs_the_same_queries_however_long(lane: Lane, staff: str) -> None:
    fields = TRANSFER.replace("transfer {", "node {", 1)

    def count(more: int) -> int:
        for _ in range(more):
            lane.shipped()
        with CaptureQueriesContext(connection) as queries:
            assert "errors" not in ask(staff, f"{{ transfers {{ edges {{ {fields} }} }} }}")
        return len(queries)

    assert count(1) == count(4)
