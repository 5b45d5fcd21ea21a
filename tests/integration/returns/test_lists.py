"""Lists of returns: what they are filtered by, and what a page costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Refund, RefundPart, Return, ReturnLabel
from saleor_plugins.returns.schema import schema
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF
from tests.integration.returns.test_api import Caller

WAITING = (
    "query($what: ReturnAttention) { returns(first: 100, attention: $what) { edges { node { number } } } }"
)
MANY = 12


@pytest.fixture
def staff(room):
    return Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])


def numbers(caller, **where):
    """The numbers of the listed returns; `where` are the arguments, as GraphQL text."""
    calls = ", ".join(f"{name}: {value}" for name, value in where.items())
    answer = caller.ask(
        f"{{ returns(first: 100{', ' if calls else ''}{calls}) {{ edges {{ node {{ number }} }} }} }}"
    )
    assert "errors" not in answer, answer
    return {edge["node"]["number"] for edge in answer["data"]["returns"]["edges"]}


def waiting(caller, what):
    answer = caller.ask(WAITING, what=what)
    assert "errors" not in answer, answer
    return {edge["node"]["number"] for edge in answer["data"]["returns"]["edges"]}


def test_every_filter_finds_what_it_names(room, staff):
    order = room.make_shipped(3)
    other = room.data.make_warehouse(country="DE", countries=["DE"])
    asked = room.request(order, 1)
    room.configure(restock_into="FIXED", restock_warehouse=other.id)
    approved = room.approved(room.make_shipped(1), 1)
    both = {asked.number, approved.number}
    assert numbers(staff) == both
    assert numbers(staff, orderId=f'"{order.id}"') == {asked.number}
    assert numbers(staff, number=f'"{approved.number}"') == {approved.number}
    assert numbers(staff, state="REQUESTED") == {asked.number}
    assert numbers(staff, state="[REQUESTED, APPROVED]") == both
    assert numbers(staff, state="CLOSED") == set()
    assert numbers(staff, destinationId=f'"{other.id}"') == {approved.number}
    assert numbers(staff, destinationId=f'"{other.id}"', state="REQUESTED") == set()
    since = (clock.now() - timedelta(days=3)).isoformat()
    Return.objects.filter(pk=asked.pk).update(created=clock.now() - timedelta(days=9))
    assert numbers(staff, createdFrom=f'"{since}"') == {approved.number}
    assert numbers(staff, createdTo=f'"{since}"') == {asked.number}
    edge = Return.objects.get(pk=asked.pk).created.isoformat()
    assert numbers(staff, createdFrom=f'"{edge}"', createdTo=f'"{edge}"') == set()
    assert numbers(staff, createdFrom=f'"{edge}"') == both


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ('createdFrom: "2026-01-01T00:00:00"', "createdFrom"),
        ('createdTo: "2026-01-01T00:00:00"', "createdTo"),
        ("first: 0", "first"),
        ("first: 101", "first"),
        ('after: "x"', "after"),
    ],
)
def test_senseless_filters_are_named(staff, call, field):
    (error,) = staff.ask(f"{{ returns({call}) {{ edges {{ node {{ id }} }} }} }}")["errors"]
    assert error["extensions"]["exception"]["field"] == field


def test_what_waits_for_somebody_is_found(room, staff):
    room.configure(expiry_days="5")
    asked = room.request(room.make_shipped(1), 1)
    overdue = room.approved(room.make_shipped(1), 1)
    Return.objects.filter(pk=overdue.pk).update(expires=clock.now() - timedelta(days=1))
    arrived = room.approved(room.make_shipped(2), 2)
    room.receive(arrived, 2)
    room.inspect(arrived, 1, disposition="SEND_BACK")
    kept = room.approved(room.make_shipped(1), 1)
    keep_units(STAFF, kept.pk, [(room.keys(kept)[0], 1)])
    accepted = room.accepted(room.make_shipped(1), 1)
    refunded, refused, silent = (room.refunded(room.make_shipped(1), 1) for _ in range(3))
    Refund.objects.filter(rma=refused).update(state="FAILED")
    RefundPart.objects.filter(refund__rma=silent).update(state="UNKNOWN", sent=clock.now(), before=0)
    promised, _ = (room.approved(room.make_shipped(1), 1) for _ in range(2))
    terms = {**promised.terms, "refund_on": "SCAN"}
    Return.objects.filter(pk=promised.pk).update(scanned=clock.now(), terms=terms)
    unlabelled = room.approved(room.make_shipped(1), 1)
    ReturnLabel.objects.create(rma=unlabelled, sequence=1, state="UNKNOWN", created=clock.now())
    found = {
        "APPROVAL": {asked},
        "OVERDUE": {overdue},
        "INSPECTION": {arrived},
        "REFUND": {kept, accepted},
        "PROMISED_REFUND": {promised},
        "FAILED_REFUND": {refused},
        "UNKNOWN_REFUND": {silent},
        "LABEL": {unlabelled},
    }
    names = schema.get_type("ReturnAttention").values
    assert {value.name for value in names} == set(found)
    for what, returns in found.items():
        assert waiting(staff, what) == {rma.number for rma in returns}, what
    assert refunded.number in waiting(staff, None)


def test_a_shopper_sees_their_own_whatever_is_filtered(room):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    mine = room.request(room.make_shipped(1, user_id=me.id), 1)
    other = room.make_shipped(1)
    room.request(other, 1)
    shopper = Caller(token)
    for where in ({}, {"state": "REQUESTED"}, {"attention": "APPROVAL"}, {"number": f'"{mine.number}"'}):
        assert numbers(shopper, **where) == {mine.number}
    (error,) = shopper.ask(f'{{ returns(orderId: "{other.id}") {{ edges {{ node {{ id }} }} }} }}')["errors"]
    assert error["extensions"]["exception"]["code"] == "NOT_FOUND"
    (error,) = Caller(None).ask('{ returns(number: "1") { edges { node { id } } } }')["errors"]
    assert error["extensions"]["exception"]["code"] == "PERMISSION_DENIED"


def everything(kind, depth):
    """Every field below a type."""
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    if not hasattr(kind, "fields"):
        return ""
    if not depth:
        return "{ __typename }"
    return (
        "{ "
        + " ".join(f"{name} {everything(field.type, depth - 1)}" for name, field in kind.fields.items())
        + " }"
    )


def cost(caller, selection, first=100):
    with CaptureQueriesContext(connection) as queries:
        answer = caller.ask(f"{{ returns(first: {first}) {{ edges {{ node {selection} }} }} }}")
    assert "errors" not in answer, answer
    return len(queries), answer["data"]["returns"]["edges"]


@pytest.mark.parametrize("asker", [AskerKind.STAFF, AskerKind.CUSTOMER])
def test_a_page_with_everything_costs_the_same_for_one_and_for_many(room, asker):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    if asker is AskerKind.STAFF:
        _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    selection, costs = everything(schema.get_type("Return"), 6), []
    for count in (1, MANY):
        for _ in range(count):
            rma = room.accepted(room.make_shipped(2, 1, user_id=me.id), 2, 1)
            refund_return(STAFF, rma.pk)
            message_return(STAFF, rma.pk, "Hello.")
        spent, edges = cost(Caller(token), selection)
        costs.append(spent)
    assert len(edges) == 1 + MANY
    assert costs[0] == costs[1]
    # The same fields through a fragment are read ahead as well.
    query = (
        f"{{ returns(first: 100) {{ edges {{ ...it }} }} }} fragment it on ReturnEdge {{ node {selection} }}"
    )
    with CaptureQueriesContext(connection) as queries:
        assert len(Caller(token).ask(query)["data"]["returns"]["edges"]) == 1 + MANY
    assert len(queries) == costs[0]


def test_only_what_is_asked_is_read(room, staff):
    for _ in range(3):
        room.accepted(room.make_shipped(1), 1)
    least, _ = cost(staff, "{ number state }")
    lines, _ = cost(staff, "{ number lines { sku accepted } }")
    assert lines == least + 1
    assert cost(staff, "{ ... on Return { ... { lines { sku } } } }")[0] == lines


def test_an_answer_of_a_mutation_reads_what_is_asked(room, staff):
    rma = room.request(room.make_shipped(1), 1)
    answer = staff.ask(
        "mutation($id: ID!) { returnApprove(id: $id) { errors { code } return { ...all } } }"
        " fragment all on Return { lines { approved sku } timeline { verb } }",
        id=to_global("Return", rma.pk),
    )["data"]["returnApprove"]["return"]
    assert answer["lines"][0]["approved"] == 1
    assert [entry["verb"] for entry in answer["timeline"]] == ["request", "approve"]
