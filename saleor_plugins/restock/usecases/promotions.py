"""Keep promotions: what is pushed sells more, and is no lasting demand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from ...kernel.errors import Invalid, NotFound, Required
from ...platform import shop
from ..models import Promotion
from ..store import promotions as store

MAX_NAME = 200
MAX_DAYS = 366
MAX_UPLIFT = Decimal(100)


@dataclass(frozen=True)
class Terms:
    """A promotion as it is typed in: of a variant or of a category with all below it.

    `uplift` is how many times as much sells, a decimal number as text; None: learned from earlier ones.
    """

    name: str
    since: date
    until: date
    variant_id: str = ""
    category_id: str = ""
    uplift: str | None = None


def save_promotion(terms: Terms, promotion_id: UUID | None = None) -> Promotion:
    """A new promotion, or an existing one made like `terms`.

    Raises NotFound (``id``, ``variantId``, ``categoryId``), Required (``name``, ``variantId``), Invalid
    (``name``, ``categoryId`` when both are given, ``until``, ``uplift``).
    """
    with transaction.atomic():
        row = store.promotion(promotion_id, lock=True) if promotion_id else Promotion()
        row.name = _name(terms.name)
        _check_what(terms)
        row.variant_id, row.category_id = terms.variant_id, terms.category_id
        _check_days(terms.since, terms.until)
        row.since, row.until = terms.since, terms.until
        row.uplift = None if terms.uplift is None else _uplift(terms.uplift)
        row.save()
    return row


def delete_promotion(promotion_id: UUID) -> None:
    """Forget a promotion. Raises NotFound (``id``)."""
    with transaction.atomic():
        store.promotion(promotion_id, lock=True).delete()


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Required("Give it a name.", field="name")
    if len(name) > MAX_NAME:
        raise Invalid(f"At most {MAX_NAME} characters.", field="name")
    return name


def _check_what(terms: Terms) -> None:
    if not terms.variant_id and not terms.category_id:
        raise Required("Name a variant or a category.", field="variantId")
    if terms.variant_id and terms.category_id:
        raise Invalid("Name a variant or a category, not both.", field="categoryId")
    if terms.variant_id and not shop().variants([terms.variant_id]):
        raise NotFound("There is no such variant.", field="variantId")
    if terms.category_id and not shop().lineage([terms.category_id]):
        raise NotFound("There is no such category.", field="categoryId")


def _check_days(since: date, until: date) -> None:
    if until < since:
        raise Invalid("Must not be before `since`.", field="until")
    if until - since >= timedelta(days=MAX_DAYS):
        raise Invalid(f"A promotion lasts at most {MAX_DAYS} days.", field="until")


def _uplift(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text.strip()) or not 0 < Decimal(text) <= MAX_UPLIFT:
        raise Invalid(f"Must be above 0 and at most {MAX_UPLIFT}, as in 1.5.", field="uplift")
    return Decimal(text)
