"""What consumer law gives whoever bought at a distance, whatever the merchant's rules say. Not legal advice.

EU and EEA: Directive 2011/83/EU, Articles 9 to 16. United Kingdom: SI 2013/3134, regulations 28 to 35. In
the United States returns are the merchant's policy, which some states want shown before the sale (California
Civil Code 1723, New York General Business Law 218-a).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays

from .facts import Facts, LineFacts

EU, UK, NONE = "EU", "UK", ""
DAYS = 14
REFUND_DAYS = 14
EXCEPTION_KEY = "withdrawal_exception"
# A parcel of which nobody reported the delivery: the period must not run before the goods are there.
IN_TRANSIT = timedelta(days=7)

# The members, the outermost regions and Aland, where the Union's law holds, and the rest of the EEA.
_MEMBERS = """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
    AX GF GP MF MQ RE YT IS LI NO"""
_EU = frozenset(_MEMBERS.split())
# Their public holidays are those of the country they belong to.
_PART_OF = {"AX": "FI", "GF": "FR", "GP": "FR", "MF": "FR", "MQ": "FR", "RE": "FR", "YT": "FR"}


class WithdrawalException(StrEnum):
    """Article 16 of 2011/83/EU and regulation 28 of SI 2013/3134: the closed list. A sale is not on it."""

    SERVICE_PERFORMED = "SERVICE_PERFORMED"
    MARKET_PRICE = "MARKET_PRICE"
    CUSTOM_MADE = "CUSTOM_MADE"
    PERISHABLE = "PERISHABLE"
    SEALED_HYGIENE = "SEALED_HYGIENE"
    MIXED_INSEPARABLY = "MIXED_INSEPARABLY"
    FUTURE_ALCOHOL = "FUTURE_ALCOHOL"
    URGENT_REPAIR = "URGENT_REPAIR"
    SEALED_MEDIA = "SEALED_MEDIA"
    PERIODICAL = "PERIODICAL"
    AUCTION = "AUCTION"
    LEISURE_DATE = "LEISURE_DATE"
    DIGITAL_CONTENT = "DIGITAL_CONTENT"


# Only what was unsealed after delivery: whoever opens the parcel of the return can tell, nobody before.
WHILE_SEALED = frozenset({WithdrawalException.SEALED_HYGIENE, WithdrawalException.SEALED_MEDIA})


@dataclass(frozen=True, slots=True)
class Right:
    """The right of withdrawal for a line.

    `until` is its last day, None while goods are still to come. `exception` says why there is none, or for
    sealed goods when it ends. `open` says that it may be used today.
    """

    law: str = NONE
    until: date | None = None
    exception: str = ""
    open: bool = False


NO_RIGHT = Right()


def law_of(country: str) -> str:
    """Whose law protects a consumer who has goods sent to `country` (ISO 3166); "" for none we know."""
    return UK if country == "GB" else EU if country in _EU else NONE


def right_of(facts: Facts, line: LineFacts) -> Right:
    """The right of withdrawal for a line today."""
    law = law_of(facts.country)
    if not law:
        return NO_RIGHT
    exception = exception_of(line.metadata, digital=line.digital)
    until = last_day(facts.received, facts.country) if facts.received else None
    lives = not exception or exception in WHILE_SEALED
    return Right(law, until, exception, lives and (until is None or facts.today <= until))


def exception_of(metadata: Mapping[str, str], *, digital: bool = False) -> str:
    """Why the law gives no right for goods with that public metadata; "" for the rule: it does."""
    stated = metadata.get(EXCEPTION_KEY, "").strip().upper()
    if stated in WithdrawalException.__members__:
        return stated
    return WithdrawalException.DIGITAL_CONTENT.value if digital else ""


def last_day(received: date, country: str) -> date:
    """The last day to withdraw for whoever received the last of the goods on `received`.

    In the EU a period that would end on a weekend or public holiday ends with the next working day
    (Regulation 1182/71, Article 3(4); recital 41 of 2011/83/EU).
    """
    last = received + timedelta(days=DAYS)
    while law_of(country) == EU and (last.weekday() > 4 or last in _holidays(country)):
        last += timedelta(days=1)
    return last


def possession(sent: Iterable[date], delivered: Iterable[date], *, complete: bool) -> date | None:
    """The day on which the consumer has the last of the goods (Article 9(2)(b)); None while some are to come.

    `delivered` are the days of parcels that arrived, `sent` those on which the others left the house.
    """
    if not complete:
        return None
    return max((*delivered, *(day + IN_TRANSIT for day in sent)), default=None)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(_PART_OF.get(country, country))
