"""The desk, its shop and what a merchant, shoppers and a gateway do to them: one order's life and more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from saleor_plugins.delivery import once
from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform.port import Asker, AskerKind, Order, Warehouse
from saleor_plugins.returns.config import PLUGIN_ID, SETTINGS
from saleor_plugins.returns.models import LedgerEntry, RefundPart, Return, ReturnLine, Rulebook

from .dice import Dice
from .gateway import GatewayShop
from .orders import CURRENCIES, make_bill, place

STAFF = Asker(AskerKind.STAFF, "VXNlcjox", frozenset({"MANAGE_ORDERS"}))
MANAGER = Asker(
    AskerKind.STAFF, "VXNlcjo0", frozenset({"MANAGE_ORDERS", "HANDLE_PAYMENTS", "MANAGE_SETTINGS"})
)
SHOPPER = Asker(AskerKind.CUSTOMER, "VXNlcjoy")
STRANGER = Asker(AskerKind.CUSTOMER, "VXNlcjoz")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

# What the merchant may set; only what the desk knows is set.
RULES: dict[str, list[Any]] = {
    "auto_approve": [False, True],
    "refund_shipping": ["none", "standard", "proportional"],
    "return_window_days": ["30", "0", "3650"],
    "expiry_days": ["0", "7", "30"],
    "standard_shipping": ["", "0", "5"],
    "restocking_fee_percent": ["0", "0", "10", "12.5", "100"],
    "label_fee": ["", "", "4"],
    "withdrawal_postage": ["MERCHANT", "CUSTOMER"],
    "restock_into": ["ARRIVED", "ORIGIN", "NEAREST", "CHEAPEST", "SPECIALISED"],
}

# What the merchant may write above the settings; each is a rulebook.
BOOKS: list[dict[str, Any]] = [
    {},
    {"window": [{"days": 10}], "approve": [{"automatic": True}], "expiry": [{"days": 3}]},
    {
        "fees": [{"when": {"reasons": ["TOO_SMALL"]}, "percent": "33.3"}, {"percent": "7"}],
        "postage": [{"when": {"countries": ["EU"]}, "payer": "MERCHANT"},
                    {"payer": "CUSTOMER", "amounts": {"EUR": "3.99", "JPY": "400", "KWD": "1.001"}}],
    },
    {
        "final_sale": [{"when": {"minimum_price": {"EUR": "9"}}, "final": True}],
        "quantity": [{"per_line": 1}],
        "value": [{"most": {"EUR": "15", "KWD": "2"}, "then": "REFUSE"}],
        "resolutions": [{"offer": ["STORE_CREDIT", "EXCHANGE"]}],
    },
    {
        "serial": [{"days": 30, "returns": 2, "then": "REFUSE"}],
        "approve": [{"automatic": True}],
        "keep": [{"below": {"EUR": "10", "JPY": "1000", "KWD": "1"}}],
        "refund_on": [{"moment": "INSPECTION"}],
        "fees": [{"percent": "100"}],
    },
]  # fmt: skip


class Violation(AssertionError):
    """The desk broke a promise."""


class World:
    """A shop, a desk, a clock, and what really happened."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.shop = GatewayShop()
        self.time = EPOCH
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        # Rare things that did happen.
        self.scenes: Counter[str] = Counter()
        self.calls = 0
        self._rows: list[ReturnLine] | None = None
        self.configure()
        self.houses: list[Warehouse] = [self.shop.make_warehouse() for _ in range(2)]
        self.orders: list[Order] = []
        # What exchanges made: of which return, which order.
        self.made: list[tuple[Any, str]] = []
        # Units of each variant on all shelves by what was said, and what each shelf has had but for returns.
        self.shelves: Counter[str] = Counter()
        self.before: Counter[tuple[str, str]] = Counter()
        self.dropped: set[str] = set()
        # Why the payments may rightly be unable to give what units earned.
        self.odd: set[str] = set()
        # Gift cards that customers had before.
        self.cards: set[str] = set()
        # Units that somebody returned in the shop's own screens.
        self.back_elsewhere: Counter[str] = Counter()
        self.add_order()

    def now(self) -> datetime:
        return self.time

    def configure(self) -> None:
        """The merchant sets the rules, mid-return too."""
        known = {setting.name for setting in SETTINGS}
        values = {name: self.dice.one(values) for name, values in RULES.items() if name in known}
        self.shop.configure_plugin(PLUGIN_ID, active=True, **values)
        Rulebook.objects.filter(active=True).update(active=False)
        if self.dice.often(0.6):
            version, document = Rulebook.objects.count() + 1, self.dice.one(BOOKS)
            Rulebook.objects.create(
                version=version, document=document, active=True, author_kind="STAFF", created=self.time
            )

    def add_order(self) -> Order:
        """Somebody has bought something; nothing is shipped."""
        currency = self.dice.one(list(CURRENCIES))
        bill = make_bill(self.dice, CURRENCIES[currency], lines=3, units=3)
        stock = dict.fromkeys(self.houses, 20)
        order = place(
            self.shop,
            self.dice,
            bill,
            stock,
            currency=currency,
            user_id=SHOPPER.id,
            created=self.time,
            country=self.dice.one(["US", "DE", "GB"]),
        )
        self.orders.append(order)
        self.cards |= set(self.shop.state.gift_cards) - self.issued()
        for line in order.lines:
            self.stock(line.variant_id or "")
        return order

    def issued(self) -> set[str]:
        """Gift cards that refunds became."""
        return set(RefundPart.objects.filter(kind="STORE_CREDIT").values_list("target_id", flat=True))

    def stock(self, variant_id: str) -> None:
        """Count along from what lies there now."""
        for slot, units in self.shop.state.on_hand.items():
            if slot[0] == variant_id:
                self.before[slot] = units
                self.shelves[variant_id] += units

    def tracks(self, variant_id: str) -> bool:
        """Whether the shop counts its stock."""
        row = self.shop.state.variants.get(variant_id)
        return row is not None and row.tracks_stock

    def order(self) -> Order:
        """One of the orders, as it is."""
        order: Order = self.shop.order(self.dice.one(self.orders).id)
        return order

    def lines(self, *states: str, at: Callable[[ReturnLine], bool] | None = None) -> list[ReturnLine]:
        """The lines of all returns in these states (all, without) that are `at` something."""
        if self._rows is None:
            self._rows = list(ReturnLine.objects.select_related("rma", "line").order_by("pk"))
        return [
            row for row in self._rows if (not states or row.rma.state in states) and (at is None or at(row))
        ]

    def returns(self, *states: str) -> list[Return]:
        """All returns in these states."""
        return list({row.rma_id: row.rma for row in self.lines(*states)}.values())

    def look_again(self) -> None:
        """Forget what was read of the desk."""
        self._rows = None

    def do(self, call: Callable[..., Any], *args: Any, must: bool = False, **kwargs: Any) -> Any:
        """Call a use case as the API does; a refusal changes nothing. `must`: a refusal is a violation."""
        self.calls += 1
        key = f"{self.calls}"
        self.look_again()
        answer: list[Any] = []

        def run() -> None:
            answer.append(call(*args, **kwargs))

        replayed = self.dice.often(0.1)
        try:
            with self.shop.transaction(), transaction.atomic():
                if replayed:
                    once("machine", key, {}, run)
                else:
                    run()
                self.add_up()
        except OpsError as error:
            if must:
                raise Violation(f"{call.__name__} was refused: {error.code} {error.message}") from error
            self.refusals[f"{call.__name__} {error.code}"] += 1
            return None
        if replayed:
            before = self.prints()
            with self.shop.transaction():
                _, again = once("machine", key, {}, run)
            if not again or len(answer) != 1 or self.prints() != before:
                raise Violation(f"{call.__name__} was repeated under the same key")
        return answer[0]

    def add_up(self) -> None:
        """Let what Postgres checks at a commit be checked now."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def prints(self) -> tuple[Any, ...]:
        """What would be different if anything had happened."""
        state = self.shop.state
        return (
            LedgerEntry.objects.count(),
            Event.objects.count(),
            dict(state.on_hand),
            dict(state.payments),
            dict(state.orders),
            dict(state.fulfillments),
            len(self.shop.moved),
        )

    def later(self, **span: float) -> None:
        """Time goes by."""
        self.time += timedelta(**span)

    def warehouse(self) -> Warehouse:
        return self.dice.one(self.houses)
