"""Which warehouses may ship an order: one rule a function, each with its own reason to refuse.

Rules are asked in the order of `RULES` and the first refusal counts, so the reasons read from
general to particular.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .facts import Request, Source


@dataclass(frozen=True)
class Refusal:
    """Why a warehouse may not ship the order."""

    code: str
    reason: str


Rule = Callable[[Source, Request, Collection[str]], Refusal | None]


def ships_orders(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """The merchant has not set it aside, as for a depot or a pure pickup point."""
    if source.profile.ships_orders:
        return None
    return Refusal("DOES_NOT_SHIP", "Its profile says that it ships no orders.")


def sells_in_channel(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """The order's channel may sell from it."""
    if source.channels is None or not request.channel or request.channel in source.channels:
        return None
    return Refusal("NOT_IN_CHANNEL", f"It does not serve the channel {request.channel}.")


def ships_to_country(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """One of its shipping zones has the country of destination."""
    if request.country in source.countries:
        return None
    return Refusal("NOT_IN_ZONE", f"None of its shipping zones reaches {request.country}.")


def has_free_stock(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """It can promise at least one unit of what is ordered."""
    if any(source.units(variant) for variant in variants):
        return None
    over = -sum(min(source.free.get(variant, 0), 0) for variant in variants)
    reason = "It has no free unit of what is ordered"
    more = f"; {over} more are promised than it holds" if over else ""
    return Refusal("NO_FREE_STOCK", f"{reason}{more}.")


def has_rate(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """The rate card knows the price of its parcels."""
    if request.rates.find(source.id, source.country, request.country):
        return None
    where = f"from {source.country or 'its country'} to {request.country}"
    return Refusal("NO_RATE", f'The rate card "{request.rates.name}" has no rate {where}.')


def costs_in_one_currency(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """Its handling cost, if any, can be added to the rates."""
    profile, currency = source.profile, request.rates.currency
    if not (profile.handling_parcel or profile.handling_unit) or profile.currency == currency:
        return None
    return Refusal("OTHER_CURRENCY", f"Its handling is in {profile.currency}, the rates are in {currency}.")


RULES: tuple[Rule, ...] = (
    ships_orders,
    sells_in_channel,
    ships_to_country,
    has_free_stock,
    has_rate,
    costs_in_one_currency,
)


def refusal(source: Source, request: Request, variants: Collection[str]) -> Refusal | None:
    """The first rule's refusal, None when the warehouse may ship some of `variants`."""
    for rule in RULES:
        if found := rule(source, request, variants):
            return found
    return None
