"""An order as the rules see it: read once, in a number of queries that does not grow with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order, OrderLine

from .. import config, store
from ..domain.credit import credit
from ..domain.plan import LineAccount, OrderAccount
from ..domain.policy import Policy
from ..domain.rules.book import EMPTY, Book
from ..domain.rules.evaluate import evaluate
from ..domain.rules.facts import Facts, History, LineFacts
from ..domain.rules.law import possession
from ..domain.rules.terms import Terms
from ..domain.shipped import ParcelLine, left_the_house, with_customer, youngest
from ..models import Rulebook
from ..store import history, rulebooks


@dataclass(frozen=True)
class Rules:
    """The merchant's rules now: the rulebook in use, if there is one, above the plugin's settings."""

    policy: Policy
    row: Rulebook | None = None
    book: Book = EMPTY


def rules_now() -> Rules:
    """What counts for whoever asks now."""
    row = rulebooks.active()
    return Rules(config.policy(), row, Book.read(row.document) if row else EMPTY)


@dataclass(frozen=True)
class Wanted:
    """Units of an order line that somebody asks for, or could; `reason` and `resolution` "" until known."""

    line_id: str
    quantity: int
    reason: str = ""
    resolution: str = ""


@dataclass(frozen=True)
class Request:
    """How it is asked: see `Facts`. `on` is the shop's day that counts, today without one."""

    withdrawal: bool = False
    asked: bool = True
    by_staff: bool = False
    method: str = ""
    on: date | None = None


@dataclass
class Case:
    """An order before the rules. `account` is None where nobody knows what was paid."""

    order: Order
    parcels: Sequence[ParcelLine]
    account: OrderAccount | None
    rules: Rules

    def judge(self, wanted: Sequence[Wanted], request: Request) -> Terms:
        """What the rules make of it."""
        return evaluate(self.rules.book, self.rules.policy, self.facts(wanted, request))

    def facts(self, wanted: Sequence[Wanted], request: Request) -> Facts:
        """What the rules may know."""
        return Facts(
            currency=self.order.currency,
            today=request.on or self._day(clock.now()),
            lines=tuple(self._line(each) for each in wanted),
            received=self.received,
            country=self.country,
            channel=self.order.channel,
            groups=self._groups,
            withdrawal=request.withdrawal,
            asked=request.asked,
            by_staff=request.by_staff,
            method=request.method,
            methods=config.return_methods(),
            history=self._history,
        )

    @cached_property
    def zone(self) -> str:
        """The shop's time zone."""
        return shop().time_zone()

    @cached_property
    def left(self) -> dict[str, dict[str, int]]:
        """Units that are with the customer, by order line and line of a parcel."""
        return with_customer(self.parcels, store.unshown_returns(self.order.id))

    @cached_property
    def since(self) -> dict[str, date]:
        """Per order line, the shop's day on which the youngest parcel arrived, or was sent."""
        found = youngest(self.parcels, self.left, self._delivered)
        return {line_id: self._day(at) for line_id, at in found.items()}

    @cached_property
    def received(self) -> date | None:
        """When the customer has had the last of the goods; None while some are to come."""
        sent = {line.fulfillment_id: self._day(line.created) for line in left_the_house(self.parcels)}
        delivered = [self._day(self._delivered[key]) for key in sent if key in self._delivered]
        unknown = [day for key, day in sent.items() if key not in self._delivered]
        complete = not any(line.to_ship and line.requires_shipping for line in self.order.lines)
        return possession(unknown, delivered, complete=complete)

    @cached_property
    def country(self) -> str:
        """Where the consumer is: where the goods were sent, or are collected."""
        if self.order.shipping_address:
            return self.order.shipping_address.country
        places = shop().warehouses() if self.order.collection_point_id else []
        return next((h.address.country for h in places if h.id == self.order.collection_point_id), "")

    @cached_property
    def _delivered(self) -> dict[str, datetime]:
        return store.deliveries(self.order.id)

    @cached_property
    def _groups(self) -> frozenset[str]:
        user_id = self.order.user_id if self.rules.book.uses("customer_groups") else None
        return shop().customer_groups(user_id) if user_id else frozenset()

    @cached_property
    def _lineage(self) -> dict[str, tuple[str, ...]]:
        keys = {line.category_id for line in self.order.lines if line.category_id}
        return shop().lineage(keys) if keys and self.rules.book.uses("categories") else {}

    @cached_property
    def _history(self) -> dict[int, History]:
        found = {days: history.customer_history(self.order, days) for days in self.rules.book.spans}
        return {days: History(each.returns, each.units, each.value) for days, each in found.items()}

    def _line(self, wanted: Wanted) -> LineFacts:
        line = self.order.line(wanted.line_id)
        facts = LineFacts(
            wanted.line_id,
            quantity=wanted.quantity,
            since=self.since.get(wanted.line_id),
            reason=wanted.reason,
            resolution=wanted.resolution,
        )
        return self._goods(facts, line) if line else facts

    def _goods(self, facts: LineFacts, line: OrderLine) -> LineFacts:
        account = (
            next((row for row in self.account.lines if row.line_id == line.id), None)
            if self.account
            else None
        )
        return replace(
            facts,
            name=line.name or line.sku,
            value=_value(account, facts.quantity) if account else None,
            price=account.paid.gross // account.quantity if account else None,
            product_id=line.product_id or "",
            product_type_id=line.product_type_id or "",
            categories=frozenset(self._lineage.get(line.category_id or "", ())),
            metadata=line.metadata,
            digital=not line.requires_shipping,
        )

    def _day(self, at: datetime) -> date:
        return clock.day_of(at, self.zone)


def _value(account: LineAccount, quantity: int) -> int:
    """What the next units of a line earn."""
    last = min(account.credited + quantity, account.quantity)
    first = max(last - quantity, 0)
    both = credit(account.paid, last, account.quantity) - credit(account.paid, first, account.quantity)
    return both.gross
