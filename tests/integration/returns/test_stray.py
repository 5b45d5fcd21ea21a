"""Parcels that nobody can place."""

from __future__ import annotations

import json

import pytest

from saleor_plugins.kernel.errors import Conflict, NotFound, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import LedgerEntry, StrayParcel
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.usecases.stray_parcels import add_stray, dismiss_stray, match_stray
from saleor_plugins.returns.usecases.track_return import track_return
from tests.integration.returns.rooms import STAFF
from tests.shopdata import request


def test_a_parcel_is_given_to_a_return_once(room):
    rma = room.approved(room.make_shipped(1), 1)
    stray = add_stray(STAFF, room.house.id, "1Z1", "A blue shirt")
    assert match_stray(STAFF, stray.pk, rma.pk).rma_id == rma.pk
    (entry,) = LedgerEntry.objects.filter(rma=rma, verb="match")
    assert entry.data["trackingNumber"] == "1Z1"
    for again in (
        lambda: match_stray(STAFF, stray.pk, rma.pk),
        lambda: dismiss_stray(STAFF, stray.pk, "Lost"),
    ):
        with pytest.raises(Conflict):
            again()
    assert LedgerEntry.objects.filter(verb="match").count() == 1


def test_a_parcel_is_dismissed_with_a_reason(room):
    stray = add_stray(STAFF, room.house.id, note="Empty box")
    with pytest.raises(Required):
        dismiss_stray(STAFF, stray.pk, " ")
    row = dismiss_stray(STAFF, stray.pk, "Thrown away.")
    assert (row.dismissed, row.rma_id, bool(row.settled)) == ("Thrown away.", None, True)


def test_what_does_not_exist(room):
    rma = room.approved(room.make_shipped(1), 1)
    stray = add_stray(STAFF, room.house.id, "1Z1")
    cases = [
        (NotFound, lambda: add_stray(STAFF, "x", "1Z1"), "warehouseId"),
        (Required, lambda: add_stray(STAFF, room.house.id), "note"),
        (NotFound, lambda: match_stray(STAFF, rma.pk, rma.pk), "id"),
        (NotFound, lambda: match_stray(STAFF, stray.pk, stray.pk), "returnId"),
        (NotFound, lambda: dismiss_stray(STAFF, rma.pk, "Gone"), "id"),
    ]
    for kind, call, field in cases:
        with pytest.raises(kind) as caught:
            call()
        assert caught.value.field == field
    assert StrayParcel.objects.get().settled is None


def test_over_graphql(room):
    token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]

    def ask(query, **variables):
        answer = json.loads(view(request(token, {"query": query, "variables": variables})).content)
        assert "errors" not in answer, answer
        return answer["data"]

    rma = room.approved(room.make_shipped(1), 1)
    track_return(STAFF, rma.pk, "DHL", "1Z7")
    add = """mutation($house: ID!, $number: String, $key: String) {
        it: returnStrayAdd(warehouseId: $house, trackingNumber: $number, idempotencyKey: $key)
        { strayParcel { id trackingNumber settled } returnIds errors { field code } } }"""
    made = ask(add, house=room.house.id, number="1Z7", key="k")["it"]
    assert made["returnIds"] == [to_global("Return", rma.pk)]
    assert ask(add, house=room.house.id, number="1Z7", key="k")["it"] == made
    listed = "query($settled: Boolean) { strayParcels(settled: $settled) { edges { node { id returnId } } } }"
    node = {"id": made["strayParcel"]["id"], "returnId": None}
    assert ask(listed)["strayParcels"]["edges"] == [{"node": node}]
    match = """mutation($id: ID!, $to: ID!) { it: returnStrayMatch(id: $id, returnId: $to)
        { strayParcel { returnId } errors { field code } } }"""
    done = ask(match, id=node["id"], to=to_global("Return", rma.pk))["it"]
    assert done == {"strayParcel": {"returnId": to_global("Return", rma.pk)}, "errors": []}
    assert ask(listed)["strayParcels"]["edges"] == []
    assert len(ask(listed, settled=True)["strayParcels"]["edges"]) == 1
    dismiss = """mutation($id: ID!) { it: returnStrayDismiss(id: $id, reason: "Gone")
        { strayParcel { id } errors { field code } } }"""
    assert ask(dismiss, id=node["id"])["it"]["errors"] == [{"field": "id", "code": "CONFLICT"}]
