"""Which warehouses may ship an order: one rule a function, each with its own reason to refuse.

Rules are asked in the order of `RULES` and the first refusal counts, so the reasons read from
general to particular.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..facts import Kind
from .candidates import Candidate


@dataclass(frozen=True)
class Refusal:
    """Why a warehouse may not ship the order."""

    code: str
    reason: str


Rule = Callable[[Candidate], Refusal | None]


def ships_orders(one: Candidate) -> Refusal | None:
    """It is no depot, and the merchant has not set it aside."""
    if one.source.profile.kind is Kind.DEPOT:
        return Refusal("DOES_NOT_SHIP", "It is a depot: it only feeds the other warehouses.")
    if one.source.profile.ships_orders:
        return None
    return Refusal("DOES_NOT_SHIP", "Its profile says that it ships no orders.")


def sells_in_channel(one: Candidate) -> Refusal | None:
    """The order's channel may sell from it."""
    channels, channel = one.source.channels, one.request.channel
    if channels is None or not channel or channel in channels:
        return None
    return Refusal("NOT_IN_CHANNEL", f"It does not serve the channel {channel}.")


def ships_to_country(one: Candidate) -> Refusal | None:
    """One of its shipping zones has the country of destination."""
    if one.request.country in one.source.countries:
        return None
    return Refusal("NOT_IN_ZONE", f"None of its shipping zones reaches {one.request.country}.")


def accepts(one: Candidate) -> Refusal | None:
    """It has not turned this order down."""
    return Refusal("REJECTED", "It turned this order down.") if one.source.rejected else None


def has_free_stock(one: Candidate) -> Refusal | None:
    """It can promise at least one unit of what is ordered."""
    if any(one.stock.values()):
        return None
    variants = one.stock
    over = -sum(min(one.source.free.get(variant, 0), 0) for variant in variants)
    kept = one.source.profile.safety_stock
    reason = "It has no free unit of what is ordered"
    if over:
        reason += f"; {over} more are promised than it holds"
    elif any(0 < one.source.free.get(variant, 0) <= kept for variant in variants):
        reason += f"; it keeps {kept} of everything as safety stock"
    return Refusal("NO_FREE_STOCK", f"{reason}.")


def may_ship_lines(one: Candidate) -> Refusal | None:
    """What it has of the order is not all excluded by the merchant."""
    profile = one.source.profile
    if not (profile.excluded_classes or profile.excluded_types):
        return None
    has = [line for line in one.lines if one.stock[line.variant_id or ""]]
    if not has or any(not one.excludes(line) for line in has):
        return None
    words = sorted({word for line in has for word in line.classes & profile.excluded_classes})
    told = f": it ships nothing {' or '.join(words)}" if words else " by the type of the product"
    return Refusal("EXCLUDED", f"Its profile excludes all that it has of this order{told}.")


def has_rate(one: Candidate) -> Refusal | None:
    """The rate card knows the price of its parcels."""
    if one.tariff:
        return None
    where = f"from {one.source.place.country or 'its country'} to {one.request.country}"
    return Refusal("NO_RATE", f'The rate card "{one.request.rates.name}" has no rate {where}.')


def costs_in_one_currency(one: Candidate) -> Refusal | None:
    """Its handling cost, if any, can be added to the rates."""
    profile, currency = one.source.profile, one.request.rates.currency
    if not (profile.handling_parcel or profile.handling_unit) or profile.currency == currency:
        return None
    return Refusal("OTHER_CURRENCY", f"Its handling is in {profile.currency}, the rates are in {currency}.")


def works(one: Candidate) -> Refusal | None:
    """There is a day within a year on which it can hand a parcel over."""
    if one.ship_on:
        return None
    if one.free_on:
        return Refusal("CLOSED", "Every working day of the next year is full.")
    return Refusal("CLOSED", "It has no working day within a year.")


RULES: tuple[Rule, ...] = (
    ships_orders,
    sells_in_channel,
    ships_to_country,
    accepts,
    has_free_stock,
    may_ship_lines,
    has_rate,
    costs_in_one_currency,
    works,
)


def refusal(candidate: Candidate) -> Refusal | None:
    """The first rule's refusal, None when the warehouse may ship some of the order."""
    for rule in RULES:
        if found := rule(candidate):
            return found
    return None
