"""What is known of a need before anything is decided: a variant in a warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .lead_time import LeadTime
from .supplier import Terms


@dataclass(frozen=True)
class Policy:
    """How the shop restocks: `by_cost`, or else by `service_level` in (0, 1).

    `order_cost` is in units of the run's currency, `holding_rate` a part of a unit's price a year.
    """

    by_cost: bool = True
    service_level: float = 0.95
    review_days: int = 7
    default_lead_days: int = 7
    order_cost: Decimal = Decimal(1)
    holding_rate: float = 0.25


@dataclass(frozen=True)
class Limits:
    """What a merchant set for a variant in a warehouse; a `maximum` of None is none.

    Nothing is proposed without `reorder`. A `service_level` goes before the shop's.
    """

    minimum: int = 0
    maximum: int | None = None
    reorder: bool = True
    service_level: float | None = None


@dataclass(frozen=True)
class Position:
    """Stock of a need: what lies there, what is promised, what is to come and to go.

    `on_order` is owed by suppliers, `incoming` on its way from other warehouses, `outgoing` promised to
    them and still here. `reserved` are units in checkouts, which no transfer may take.
    """

    on_hand: int = 0
    allocated: int = 0
    on_order: int = 0
    incoming: int = 0
    outgoing: int = 0
    reserved: int = 0

    @property
    def units(self) -> int:
        """The inventory position. May be negative."""
        return self.on_hand - self.allocated + self.on_order + self.incoming - self.outgoing

    @property
    def free(self) -> int:
        """Units that lie here and are nobody's. May be negative."""
        return self.on_hand - self.allocated - self.outgoing - self.reserved


@dataclass(frozen=True)
class Offer:
    """A supplier's terms, what its delivery takes, and the `rate` of its currency in the run's.

    `rate` is minor units of the run's currency for one minor unit of the offer's; None without one.
    """

    terms: Terms
    lead: LeadTime
    rate: float | None = 1.0


@dataclass(frozen=True)
class Need:
    """A variant in a warehouse. Prices are minor units of the run's currency, None where unknown.

    `selling` is what a unit sells for, `cost` what the stock has cost, `prior` what similar products sell a
    day here. `turnover` is a class's letter, "" where unknown. `waiting` shoppers want a mail.
    """

    variant_id: str
    warehouse_id: str
    position: Position = Position()
    limits: Limits = Limits()
    offers: tuple[Offer, ...] = ()
    selling: float | None = None
    cost: float | None = None
    prior: float | None = None
    abc: str = ""
    waiting: int = 0


@dataclass(frozen=True)
class Outlook:
    """What a need will sell until the next order could arrive, bought by one offer.

    `expected` units sell in `period` days, lead time and review; the forecast asks for `point` and `target`,
    which cover that in a part `level` of all cases. `holding` a unit a year, `lost` a unit not sold (None:
    unknown) and `yearly`, all costs of buying so, are minor units of the run's currency. `history` days were
    read, `sold` of them had sales, `left_out` said nothing. `spike` units on `spike_day` were unusual,
    `capped` units were not counted. On `promoted` days of the history a promotion sold more; the period is
    expected to sell `factor` times the usual.
    """

    lead: LeadTime
    period: float
    per_day: float = 0.0
    expected: float = 0.0
    deviation: float = 0.0
    point: int = 0
    target: int = 0
    level: float = 0.0
    by_cost: bool = False
    holding: float = 0.0
    lost: float | None = None
    yearly: float = 0.0
    history: int = 0
    sold: int = 0
    left_out: int = 0
    spike: float = 0.0
    spike_day: date | None = None
    capped: float = 0.0
    unreadable: int = 0
    share: float = 1.0
    returned_part: float = 0.0
    of_kits: float = 0.0
    borrowed: float = 0.0
    xyz: str = ""
    promoted: int = 0
    season: float = 1.0
    factor: float = 1.0


@dataclass(frozen=True)
class Seen:
    """A need with the offer it would be bought by, and its outlook. `mixed`: offers could not be compared."""

    need: Need
    offer: Offer | None
    outlook: Outlook
    rivals: int = 0
    mixed: bool = field(default=False)
