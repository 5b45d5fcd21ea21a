"""The facts of past requests, from what the desk keeps and what the shop tells of its goods and customers."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind, Product

from .. import config
from ..domain.rules.book import Book
from ..domain.rules.facts import Facts, History, LineFacts
from ..store import past
from ..store.history import VOID
from ..store.past import Past, PastLine

# Products that are kept in memory; more are read again.
MOST_PRODUCTS = 20_000


class Earlier(NamedTuple):
    """A customer's request, as limits count it."""

    at: datetime
    units: int
    value: int
    currency: str


class FactsOf:
    """Reads page after page of requests, oldest first, in constant queries each."""

    def __init__(self, books: Sequence[Book], spans: Collection[int]):
        self.zone, self.methods = shop().time_zone(), config.return_methods()
        self.grouped = any(book.uses("customer_groups") for book in books)
        self.spans = sorted(spans)
        self._products: dict[str, Product | None] = {}
        self._above: dict[str, frozenset[str]] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._delivered: dict[str, datetime] = {}
        self._sent: dict[str, datetime] = {}
        self._earlier: dict[str, deque[Earlier]] = {}

    def read(self, page: Sequence[Past]) -> None:
        """What the requests of a page need."""
        self._read_products({line.product_id for request in page for line in request.lines} - {""})
        categories = {line.category_id for request in page for line in request.lines} - {"", *self._above}
        found = shop().lineage(categories)
        self._above |= {key: frozenset(found.get(key, ())) for key in categories}
        if self.grouped:
            self._groups = shop().groups_of_customers({request.user_id for request in page} - {""})
        unknown = [request.order_id for request in page if len(request.since) != len(request.lines)]
        self._delivered = past.delivered(unknown) if unknown else {}
        self._sent = _sent([key for key in unknown if key not in self._delivered])

    def facts(self, request: Past) -> Facts:
        """What rules may know of it, as of the day it was made."""
        today = day_of(request.created, self.zone)
        since = self._since(request, today)
        return Facts(
            currency=request.currency,
            today=today,
            lines=tuple(self._line(*each) for each in zip(request.lines, since, strict=True)),
            received=max((day for day in since if day), default=None),
            country=request.country,
            channel=request.channel,
            groups=self._groups.get(request.user_id, frozenset()),
            withdrawal=request.withdrawal,
            by_staff=request.requested_by != AskerKind.CUSTOMER.value,
            method=request.method,
            methods=self.methods,
            history={days: self._history(request, days) for days in self.spans},
        )

    def remember(self, request: Past) -> None:
        """It counts for what its customer asks for later."""
        if not self.spans or not request.customer or request.state in VOID:
            return
        units = sum(line.quantity - line.void for line in request.lines)
        value = sum(_value(line, line.quantity - line.void) for line in request.lines)
        mine = self._earlier.setdefault(request.customer, deque())
        mine.append(Earlier(request.created, units, value, request.currency))
        while mine[0].at < request.created - timedelta(days=self.spans[-1]):
            mine.popleft()

    def _history(self, request: Past, days: int) -> History:
        first = request.created - timedelta(days=days)
        rows = [each for each in self._earlier.get(request.customer, ()) if each.at >= first]
        value = sum(each.value for each in rows if each.currency == request.currency)
        return History(len(rows), sum(each.units for each in rows), value)

    def _since(self, request: Past, today: date) -> list[date | None]:
        """The day each line's window began; of requests older than their terms the order's last parcel."""
        if len(request.since) == len(request.lines):
            return [date.fromisoformat(day) if day else None for day in request.since]
        at = self._delivered.get(request.order_id) or self._sent.get(request.order_id)
        day = min(day_of(at, self.zone), today) if at else None
        return [day] * len(request.lines)

    def _line(self, line: PastLine, since: date | None) -> LineFacts:
        product = self._products.get(line.product_id)
        return LineFacts(
            line.line_id,
            name=line.name,
            quantity=line.quantity,
            value=_value(line, line.quantity),
            price=line.paid // line.sold if line.sold else None,
            since=since,
            product_id=line.product_id,
            product_type_id=product.product_type_id if product else "",
            categories=self._above.get(line.category_id, frozenset()),
            metadata={**product.type_metadata, **product.metadata} if product else {},
            digital=bool(product and not product.requires_shipping),
            reason=line.reason,
            resolution=line.resolution,
        )

    def _read_products(self, wanted: set[str]) -> None:
        if len(self._products) > MOST_PRODUCTS:
            self._products.clear()
        missing = wanted - self._products.keys()
        if missing:
            found = {product.id: product for product in shop().products_of(missing)}
            self._products |= {key: found.get(key) for key in missing}


def _sent(order_ids: Collection[str]) -> dict[str, datetime]:
    """When each order's last parcel left the house."""
    if not order_ids:
        return {}
    parcels = shop().fulfillments_of(order_ids)
    return {key: max(each.created for each in rows) for key, rows in parcels.items() if rows}


def _value(line: PastLine, quantity: int) -> int:
    """What so many of its units were paid, rounded down."""
    return line.paid * quantity // line.sold if line.sold else 0
