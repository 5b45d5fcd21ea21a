"""One normal form for both sides, so that comparing them is comparing values.

Amounts are integer minor units of the store's currency. `key` is Saleor's global id, `gid` Shopify's;
content never depends on either, and what Saleor does not know of a Shopify object is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# Where the mirrored objects carry Saleor's id: a metafield of type `id`, unique in a store.
NAMESPACE, KEY = "saleor", "saleor_id"
ATTRIBUTES = "saleor_attribute"
DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"


@dataclass(frozen=True)
class Picture:
    """An image of a product. `status` is Shopify's; FAILED means that it could not be fetched."""

    key: str
    url: str = ""
    alt: str = ""
    gid: str = ""
    status: str = ""


@dataclass(frozen=True)
class Metafield:
    """A Saleor attribute as Shopify keeps it: `key` in the namespace `saleor_attribute`, Shopify's `type`.

    `digest` is Shopify's name of this value, for compare-and-set.
    """

    key: str
    type: str
    value: str
    digest: str = field(default="", compare=False)


@dataclass(frozen=True)
class MarketPrice:
    """A price for one market, in minor units of its own currency."""

    price: int
    currency: str
    compare_at: int | None = None


@dataclass(frozen=True)
class Variant:
    """One sellable variant. `values` follow the product's options; `stock` is free units by place.

    A place is a Saleor warehouse on Saleor's side and a location gid on Shopify's, until the mapping
    of places has been applied to the former. A place that is missing is one where it is not stocked.
    `prices` are those of other channels, by channel on Saleor's side and by price list gid on Shopify's.
    """

    key: str
    sku: str
    price: int
    values: tuple[str, ...]
    compare_at: int | None = None
    cost: int | None = None
    grams: int | None = None
    tracked: bool = True
    ships: bool = True
    barcode: str = ""
    taxable: bool = True
    metafields: tuple[Metafield, ...] = ()
    stock: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, MarketPrice] = field(default_factory=dict)
    gid: str = ""
    item_gid: str = ""


@dataclass(frozen=True)
class Product:
    """A product with all that is mirrored of it. `refused` says why it cannot be mirrored as it is.

    `collections` are those it is in by hand: Saleor's ids of collections and categories, or Shopify's gids of
    collections without rules. `published`: Saleor's channels that show it, or Shopify's publications.
    `translations`: by the side's own language code, text by field (title, description, seo title, seo
    description). `updated` is when the side last changed it, ISO 8601. `partial`: the side does not tell its
    attributes, see `domain.partial`.
    """

    key: str
    title: str
    html: str
    handle: str
    kind: str
    status: str
    options: tuple[str, ...]
    variants: tuple[Variant, ...]
    pictures: tuple[Picture, ...] = ()
    seo_title: str = ""
    seo_description: str = ""
    metafields: tuple[Metafield, ...] = ()
    collections: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    updated: str = ""
    gid: str = ""
    refused: str = ""
    partial: bool = False


@dataclass(frozen=True)
class Collection:
    """A Saleor collection or category, or a Shopify collection without rules."""

    key: str
    title: str
    html: str
    handle: str
    seo_title: str = ""
    seo_description: str = ""
    picture: Picture | None = None
    published: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gid: str = ""


@dataclass(frozen=True)
class Place:
    """A Saleor warehouse or a Shopify location."""

    id: str
    name: str
    country: str = ""


@dataclass(frozen=True)
class Units:
    """A Saleor stock: all units that lie there, and those that no order or checkout has claimed."""

    quantity: int
    free: int


@dataclass(frozen=True)
class Line:
    """A line of an order, with the totals Saleor stored."""

    key: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    net: int
    gross: int
    variant_key: str = ""
    ships: bool = True


@dataclass(frozen=True)
class Shipment:
    """A fulfilment of a Saleor order: units by order line."""

    key: str
    lines: Mapping[str, int]
    tracking: str = ""
    warehouse: str = ""


@dataclass(frozen=True)
class Order:
    """An order of Saleor, without the person: name, mail and addresses are read only when they are sent."""

    key: str
    number: str
    status: str
    created: datetime
    currency: str
    lines: tuple[Line, ...]
    shipping_net: int
    shipping_gross: int
    shipping_name: str
    discount: int
    discount_name: str
    total_net: int
    total_gross: int
    paid: int
    shipments: tuple[Shipment, ...] = ()


@dataclass(frozen=True)
class Person:
    """Who an order is for. Goes from Saleor to Shopify and is stored nowhere between."""

    email: str
    note: str
    shipping: Mapping[str, str] | None
    billing: Mapping[str, str] | None
