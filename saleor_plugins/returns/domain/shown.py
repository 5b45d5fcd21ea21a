"""What a product tells of its returns before anybody buys it.

That is the merchant's word for anybody, so conditions on customers' groups, prices and reasons do not hold;
the law's right of withdrawal stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from saleor_plugins.kernel.money import from_minor

from .policy import Policy
from .rules.book import Book
from .rules.evaluate import evaluate
from .rules.facts import Facts, LineFacts
from .rules.law import DAYS, EU, UK, WHILE_SEALED, exception_of, law_of

WINDOW, FINAL, POSTAGE, TERMS = KEYS = (
    "return_window_days",
    "return_final_sale",
    "return_postage",
    "return_terms",
)
# Beyond them only countries and channels are told apart, not both together: the API answers any of them.
MOST_PAIRS = 400
# As ISO 4217 has it: a shop whose channels are all closed.
NO_CURRENCY = "XXX"
# No day counts before the sale.
_ANY_DAY = date(2000, 1, 1)

Scope = tuple[str, str]
"""A country and a channel, "" for any."""


@dataclass(frozen=True)
class Goods:
    """A product as the rules see it; `categories` are its own and all above it."""

    product_id: str
    product_type_id: str = ""
    categories: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)
    digital: bool = False

    @property
    def exception(self) -> str:
        """Why the law gives no right of withdrawal, "" when it does."""
        return exception_of(self.metadata, digital=self.digital)


@dataclass(frozen=True)
class Shown:
    """What holds for whoever has the product sent to a country and buys it in a channel.

    `fees` are what is kept for the label, in minor units by currency. `withdrawal_days` are the law's.
    """

    window_days: int
    final_sale: bool
    payer: str
    fees: Mapping[str, int]
    law: str = ""
    withdrawal_days: int = 0
    exception: str = ""

    @property
    def stated(self) -> dict[str, Any]:
        """The merchant's part, as storefronts read it."""
        fees = {code: str(from_minor(amount, code)) for code, amount in sorted(self.fees.items())}
        return {
            "window_days": self.window_days,
            "final_sale": self.final_sale,
            "postage": self.payer,
            "postage_fees": fees,
        }


class Lens:
    """Reads products by one version of the rules. `currencies` are those of the shop's channels, by name."""

    def __init__(self, book: Book, policy: Policy, currencies: Mapping[str, str]):
        self.book, self.policy = book, policy
        self.currencies = currencies or {"": NO_CURRENCY}
        self._named = _named(book)
        self._scopes = _scopes(self._named)
        self._told: dict[Any, dict[str, str]] = {}

    def show(self, goods: Goods, country: str = "", channel: str = "") -> Shown:
        """What holds for one country and channel."""
        known = self.currencies.get(channel)
        codes = sorted({known} if known else set(self.currencies.values()))
        found = {
            code: evaluate(self.book, self.policy, _facts(goods, country, channel, code)) for code in codes
        }
        terms = found[codes[0]]
        law, (line,) = law_of(country), terms.lines
        return Shown(
            line.window_days,
            line.final_sale,
            terms.payer,
            {code: each.label_fee for code, each in found.items() if each.label_fee},
            law,
            DAYS if law and line.withdrawal else 0,
            line.exception,
        )

    def metadata(self, goods: Goods) -> dict[str, str]:
        """The product's public metadata. Products that no clause tells apart are judged once."""
        alike = self._signature(goods)
        if alike not in self._told:
            self._told[alike] = self._metadata(goods)
        return self._told[alike]

    def _metadata(self, goods: Goods) -> dict[str, str]:
        base = self.show(goods).stated
        exception = goods.exception
        lives = not exception or exception in WHILE_SEALED
        told = {
            **base,
            "withdrawal_days": {EU: DAYS, UK: DAYS} if lives else {},
            "withdrawal_exception": exception,
            "differs": self._differing(goods, base),
        }
        return {
            WINDOW: str(base["window_days"]),
            FINAL: str(base["final_sale"]).lower(),
            POSTAGE: base["postage"],
            TERMS: json.dumps(told, separators=(",", ":"), sort_keys=True),
        }

    def _differing(self, goods: Goods, base: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Per country and channel what is not as in the entries before it that fit, later ones first."""
        own: dict[Scope, dict[str, Any]] = {}
        for scope in self._scopes:
            expected = dict(base)
            for wider in _wider(*scope):
                expected |= own.get(wider, {})
            actual = self.show(goods, *scope).stated
            if more := {name: value for name, value in actual.items() if value != expected[name]}:
                own[scope] = more
        return [_entry(scope, more) for scope, more in own.items()]

    def _signature(self, goods: Goods) -> Any:
        named = self._named
        return (
            goods.categories & named["categories"],
            goods.product_id if goods.product_id in named["products"] else "",
            goods.product_type_id if goods.product_type_id in named["product_types"] else "",
            tuple(goods.metadata.get(key, "") for key in sorted(named["metadata"])),
            goods.exception,
        )


def _named(book: Book) -> dict[str, frozenset[str]]:
    """What the clauses tell apart, by the kind of condition; of metadata the keys."""
    names = ("categories", "products", "product_types", "metadata", "countries", "channels")
    wanted = [clause.when.wanted for rows in book.clauses.values() for clause in rows]
    return {name: frozenset(each for row in wanted for each in row.get(name, ())) for name in names}


def _scopes(named: Mapping[str, Iterable[str]]) -> list[Scope]:
    """Countries and channels that may differ, the wider before the narrower."""
    countries = sorted(named["countries"], key=lambda code: (code != EU, code))
    channels = sorted(named["channels"])
    pairs = [(country, channel) for country in countries for channel in channels]
    return [
        *((country, "") for country in countries),
        *(("", channel) for channel in channels),
        *(pairs if len(pairs) <= MOST_PAIRS else ()),
    ]


def _wider(country: str, channel: str) -> list[Scope]:
    """The scopes that hold for this one too, widest first."""
    countries = [EU, country] if law_of(country) == EU else [country]
    alone = [(each, "") for each in countries]
    return [*alone, ("", channel), *((each, channel) for each in countries)]


def _entry(scope: Scope, more: Mapping[str, Any]) -> dict[str, Any]:
    where = {name: value for name, value in zip(("country", "channel"), scope, strict=True) if value}
    return {**where, **more}


def _facts(goods: Goods, country: str, channel: str, currency: str) -> Facts:
    line = LineFacts(
        goods.product_id,
        product_id=goods.product_id,
        product_type_id=goods.product_type_id,
        categories=goods.categories,
        metadata=goods.metadata,
        digital=goods.digital,
    )
    return Facts(currency, _ANY_DAY, (line,), country=country, channel=channel, asked=False)
