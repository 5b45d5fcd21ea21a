"""Mirroring fulfilments and their tracking."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

from ..domain.orders import spread
from ..models import Change, Kind
from ..shopify.errors import Unknown, Unreachable, UserErrors
from ..shopify.order_inputs import line_keys
from .echoes import digest
from .locks import exclusive
from .outcome import Done, LaterError, Link, ParkedError
from .reserve import not_sent, reservation, sending, wait_for_answer
from .sides import Sides

Node = Map[str, Any]


def ship(change: Change, sides: Sides) -> Done:
    """Fulfil in Shopify what Saleor shipped, once; shipments of one order follow one another."""
    with exclusive(f"order:{sides.store.pk}:{change.payload['order']}") as mine:
        if not mine:
            raise LaterError("another shipment of the order is being written", 1)
        return _ship(change, sides)


def _ship(change: Change, sides: Sides) -> Done:
    row = reservation(sides.store, Kind.SHIPMENT, change.key)
    if row.gid:
        return Done()
    order = _order(change, sides)
    link = _links(change)
    if found := _twin(change, sides, order):
        return link(found)
    wait_for_answer(row)
    given = {
        "lineItemsByFulfillmentOrder": _lines(change, order),
        "notifyCustomer": False,
        "trackingInfo": {"number": change.payload["tracking"] or None},
    }
    sending(row)
    try:
        payload = sides.client.write("BridgeFulfill", fulfillment=given)
    except Unknown as error:
        raise LaterError(f"{error.message}: looking for it later", 2) from None
    except (Unreachable, UserErrors):
        not_sent(row)
        raise
    return link(payload["fulfillment"]["id"])


def track(change: Change, sides: Sides) -> Done:
    """Tell Shopify the tracking number that Saleor has now."""
    gid = sides.gids(Kind.SHIPMENT, [change.key]).get(change.key)
    if not gid:
        raise ParkedError("its shipment is not mirrored")
    sides.client.write("BridgeTrack", id=gid, tracking={"number": change.payload["tracking"]})
    return _links(change)(gid)


def _links(change: Change):  # type: ignore[no-untyped-def]
    return lambda gid: Done((Link(Kind.SHIPMENT, change.key, gid, digest(change.payload["tracking"])),))


def _order(change: Change, sides: Sides) -> Node:
    gid = sides.gids(Kind.ORDER, [change.payload["order"]]).get(change.payload["order"])
    order = sides.reader.order(gid) if gid else None
    if order is None:
        raise ParkedError("its order is not in Shopify")
    if order["lineItems"]["pageInfo"]["hasNextPage"]:
        raise ParkedError("its order has more than 100 lines; ship it in Shopify")
    return order


def _twin(change: Change, sides: Sides, order: Node) -> str:
    """A fulfilment in Shopify that is this shipment: the same units, and nobody else's twin."""
    keys = line_keys(order)
    taken = set(sides.mappings(Kind.SHIPMENT).filter(gid__isnull=False).values_list("gid", flat=True))
    for node in order["fulfillments"]:
        if node["id"] in taken or node["status"] in ("CANCELLED", "ERROR", "FAILURE"):
            continue
        units: dict[str, int] = {}
        for line in node["fulfillmentLineItems"]["nodes"]:
            key = keys.get(line["lineItem"]["id"], "")
            units[key] = units.get(key, 0) + (line["quantity"] or 0)
        numbers = [info["number"] for info in node["trackingInfo"]]
        wanted = change.payload["tracking"]
        if units == change.payload["lines"] and numbers == ([wanted] if wanted else []):
            return node["id"]
    return ""


def _lines(change: Change, order: Node) -> list[dict[str, Any]]:
    """Which fulfilment order lines the shipment takes."""
    keys, places, owner = line_keys(order), set(), {}
    open_units: dict[str, list[tuple[str, int]]] = {}
    for fulfillment_order in order["fulfillmentOrders"]["nodes"]:
        if fulfillment_order["status"] not in ("OPEN", "IN_PROGRESS"):
            continue
        for line in fulfillment_order["lineItems"]["nodes"]:
            owner[line["id"]] = fulfillment_order
            key = keys.get(line["lineItem"]["id"], "")
            open_units.setdefault(key, []).append((line["id"], line["remainingQuantity"]))
    taken = spread(change.payload["lines"], open_units)
    if taken is None:
        raise ParkedError("Shopify has fewer unshipped units than the shipment")
    groups: dict[str, list[dict[str, Any]]] = {}
    for gid, units in taken:
        groups.setdefault(owner[gid]["id"], []).append({"id": gid, "quantity": units})
        places.add((owner[gid]["assignedLocation"]["location"] or {}).get("id"))
    if len(places) > 1:
        raise ParkedError("Shopify has split the order over several locations; ship it there")
    return [{"fulfillmentOrderId": gid, "fulfillmentOrderLineItems": lines} for gid, lines in groups.items()]
