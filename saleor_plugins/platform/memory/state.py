"""The state of an in-memory shop, and its transactions."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from ...kernel.errors import NotFound
from ..port import (
    Asker,
    Attachment,
    Cart,
    Fulfillment,
    GiftCard,
    Order,
    Payment,
    PluginConfiguration,
    Product,
    RefundResult,
    Sale,
    ShippingMethod,
    Variant,
    Warehouse,
)

_numbers = itertools.count(1)


def next_number() -> int:
    """A primary key that no row has."""
    return next(_numbers)


@dataclass(frozen=True)
class Reservation:
    """Units a checkout holds until an instant."""

    quantity: int
    until: datetime
    cart_id: str = ""


@dataclass(frozen=True)
class Method:
    """A shipping method and where it goes."""

    method: ShippingMethod
    countries: frozenset[str]
    channel: str


@dataclass(frozen=True)
class VariantFacts:
    """What order lines copy from their variant."""

    price: int
    weight_grams: int | None
    requires_shipping: bool
    is_gift_card: bool
    category_id: str | None
    product_type_id: str | None = None
    is_preorder: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mail:
    """A mail the shop would have sent."""

    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refund:
    """A refund that was asked for."""

    order_id: str
    payment_id: str
    amount: int
    key: str
    reason: str
    result: RefundResult | None = None


@dataclass
class State:
    """Everything the shop knows. Values are immutable, so a copy of the dicts is a snapshot."""

    warehouses: dict[str, Warehouse] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    facts: dict[str, VariantFacts] = field(default_factory=dict)
    variant_metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    products_changed: dict[str, datetime] = field(default_factory=dict)
    categories: dict[str, str | None] = field(default_factory=dict)
    on_hand: dict[tuple[str, str], int] = field(default_factory=dict)
    reservations: dict[tuple[str, str], tuple[Reservation, ...]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    allocations: dict[tuple[str, str], int] = field(default_factory=dict)
    line_variants: dict[str, str] = field(default_factory=dict)
    fulfillments: dict[str, Fulfillment] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    payment_orders: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    askers: dict[str, Asker] = field(default_factory=dict)
    user_metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
    plugins: dict[str, PluginConfiguration] = field(default_factory=dict)
    carts: dict[str, Cart] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    mails: dict[str, Mail] = field(default_factory=dict)
    gift_cards: dict[str, GiftCard] = field(default_factory=dict)
    payment_cards: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    unproven: frozenset[str] = frozenset()

    def snapshot(self) -> State:
        """A copy that later changes do not reach."""
        return State(**{item.name: copy(getattr(self, item.name)) for item in fields(self)})


class InMemory:
    """Base of the shop's parts: the state under one lock, with roll-back."""

    def __init__(self) -> None:
        self.state = State()
        self._lock = threading.RLock()
        self._mine = threading.local()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[State]:
        """Hold the shop; an exception puts everything back as it was. Nests like savepoints."""
        with self._lock:
            before = self.state.snapshot()
            self._mine.depth = self._depth() + 1
            try:
                yield self.state
            except BaseException:
                self.state = before
                raise
            finally:
                self._mine.depth -= 1

    def _depth(self) -> int:
        return int(getattr(self._mine, "depth", 0))

    def _refuse_in_transaction(self, what: str) -> None:
        if self._depth():
            raise RuntimeError(f"{what} talks to the outside: call it outside any transaction.")


def found(rows: dict[str, Any], key: str, field_name: str) -> Any:
    """`rows[key]`; raises NotFound naming `field_name`."""
    try:
        return rows[key]
    except KeyError:
        raise NotFound("No such object.", field=field_name) from None
