"""Connecting a Saleor to a Shopify store: both are asked before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from saleor_plugins.kernel.errors import Invalid

from ..domain.model import Place
from ..models import Kind, Mapping, Store
from ..saleor.client import SaleorClient
from ..saleor.source import Source
from ..shopify.client import Client, base_url
from ..shopify.read import Reader, StoreInfo


@dataclass(frozen=True)
class Connection:
    """What `connect` needs; tokens are stored encrypted.

    Connecting again keeps the secrets that are not given, and with `keep_orders` the day from which orders
    are mirrored.
    """

    name: str
    saleor_url: str
    saleor_token: str
    shop: str
    shop_token: str
    channel: str = ""
    orders_since: date | None = None
    webhook_secrets: str = ""
    keep_orders: bool = False


def connect(
    given: Connection, places: dict[str, str], *, by_order: bool = False
) -> tuple[Store, list[tuple[Place, Place]]]:
    """Check both sides, store the connection and which warehouse is which location.

    `places` names locations by warehouse, each by id or name. `by_order` joins the rest: same name
    first, then same country, then in turn. Connecting again under the same name changes the tokens and
    the places, never the shops. Raises Invalid and the errors of both sides.
    """
    try:
        base_url(given.shop)
    except ValueError as error:
        raise Invalid(str(error), field="shop") from None
    source = Source(SaleorClient(given.saleor_url, given.saleor_token), given.channel)
    target = Reader(Client(given.shop, given.shop_token)).store()
    if source.info.currency != target.currency:
        raise Invalid(
            f"Saleor sells in {source.info.currency}, the Shopify store in {target.currency}.",
            field="channel",
        )
    pairs = join_places(source.info.warehouses, target.locations, places, by_order=by_order)
    with transaction.atomic():
        store = _store(given, target)
        Mapping.objects.filter(store=store, kind=Kind.PLACE).delete()
        Mapping.objects.bulk_create(
            Mapping(store=store, kind=Kind.PLACE, key=warehouse.id, gid=location.id)
            for warehouse, location in pairs
        )
    return store, pairs


def _store(given: Connection, target: StoreInfo) -> Store:
    known = Store.objects.filter(name=given.name).first()
    if known and (known.saleor_url, known.channel, known.shop) != (
        given.saleor_url,
        given.channel,
        given.shop,
    ):
        raise Invalid(f"{given.name} is connected to other shops; choose another name.", field="name")
    store = known or Store(
        name=given.name, saleor_url=given.saleor_url, channel=given.channel, shop=given.shop
    )
    if not known and Store.objects.filter(shop=given.shop).exists():
        raise Invalid("That Shopify store is connected already, under another name.", field="shop")
    store.saleor_token, store.shop_token, store.currency = (
        given.saleor_token,
        given.shop_token,
        target.currency,
    )
    store.domain = target.domain
    if known is None or not given.keep_orders:
        store.orders_since = given.orders_since
    store.webhook_secrets = given.webhook_secrets or store.webhook_secrets
    store.uninstalled = None
    store.save()
    return store


def join_places(
    warehouses: tuple[Place, ...], locations: tuple[Place, ...], named: dict[str, str], *, by_order: bool
) -> list[tuple[Place, Place]]:
    """Which location stands for which warehouse; one to one, warehouses without one are not mirrored."""
    free = list(locations)
    pairs: list[tuple[Place, Place]] = []
    left = []
    for warehouse in warehouses:
        wanted = named.get(warehouse.id) or named.get(warehouse.name)
        if wanted is None:
            left.append(warehouse)
            continue
        found = next((place for place in free if wanted in (place.id, place.name)), None)
        if found is None:
            raise Invalid(f"There is no free location {wanted}.", field="location")
        pairs.append((warehouse, found))
        free.remove(found)
    unknown = named.keys() - {name for warehouse in warehouses for name in (warehouse.id, warehouse.name)}
    if unknown:
        raise Invalid(f"There is no warehouse {sorted(unknown)[0]}.", field="location")
    pairs += _by_likeness(left, free) if by_order else []
    return sorted(pairs, key=lambda pair: warehouses.index(pair[0]))


def _by_likeness(warehouses: list[Place], free: list[Place]) -> list[tuple[Place, Place]]:
    pairs = []
    tests = (
        lambda a, b: a.name.lower() == b.name.lower(),
        lambda a, b: a.country == b.country,
        lambda a, b: True,
    )
    for alike in tests:
        for warehouse in list(warehouses):
            found = next((place for place in free if alike(warehouse, place)), None)
            if found:
                pairs.append((warehouse, found))
                warehouses.remove(warehouse)
                free.remove(found)
    return pairs
