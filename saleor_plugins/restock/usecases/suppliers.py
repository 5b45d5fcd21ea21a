"""Keep suppliers, their catalogues and the merchant's limits. Every refusal names its field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ...kernel.clock import now
from ...kernel.errors import Invalid, NotFound, Required
from ...kernel.money import to_minor
from ...platform import shop
from ..domain.order import MAX_UNITS
from ..models import ReorderPolicy, Supplier, SupplierItem
from ..store import catalogue, locks

MAX_NAME = 200
MAX_LEAD_DAYS = 730


@dataclass(frozen=True)
class Offer:
    """A catalogue line as it is typed in: `price` for one unit, a decimal number as text."""

    price: str
    currency: str
    moq: int = 1
    pack: int = 1
    lead_days: int | None = None


def create_supplier(name: str, email: str = "") -> Supplier:
    """A new supplier. Raises Required or Invalid (fields ``name``, ``email``)."""
    with transaction.atomic():
        locks.take("suppliers")
        return Supplier.objects.create(name=_name(name), email=_email(email), created=now())


def update_supplier(
    supplier_id: UUID, *, name: str | None = None, email: str | None = None, active: bool | None = None
) -> Supplier:
    """Change what is given. Nothing is ordered from an inactive supplier. Raises NotFound (``id``)."""
    with transaction.atomic():
        locks.take("suppliers")
        row = catalogue.supplier(supplier_id, field="id", lock=True)
        row.name = row.name if name is None else _name(name, but=supplier_id)
        row.email = row.email if email is None else _email(email)
        row.active = row.active if active is None else active
        row.save()
    return row


def set_supplier_item(supplier_id: UUID, variant_id: str, offer: Offer) -> SupplierItem:
    """Create or overwrite a catalogue line.

    Raises NotFound (``supplierId``, ``variantId``), Invalid (``price``, ``currency``, ``moq``, ``pack``,
    ``leadDays``).
    """
    row = catalogue.supplier(supplier_id)
    _variant(variant_id)
    if not re.fullmatch("[A-Z]{3}", offer.currency):
        raise Invalid("Must be three capital letters, as in USD.", field="currency")
    if offer.lead_days is not None:
        _within(offer.lead_days, 0, MAX_LEAD_DAYS, "leadDays")
    values = {
        "price": _price(offer.price, offer.currency),
        "currency": offer.currency,
        "moq": _within(offer.moq, 1, MAX_UNITS, "moq"),
        "pack": _within(offer.pack, 1, MAX_UNITS, "pack"),
        "lead_days": offer.lead_days,
    }
    return catalogue.set_item(row, variant_id, values)


def set_reorder_policy(
    variant_id: str, warehouse_id: str | None, minimum: int, maximum: int | None = None
) -> ReorderPolicy:
    """Keep between `minimum` and `maximum` units in a warehouse, or in every one that stocks it.

    Raises NotFound (``variantId``, ``warehouseId``), Invalid (``minimum``, ``maximum``).
    """
    _variant(variant_id)
    check_warehouse(warehouse_id)
    _within(minimum, 0, MAX_UNITS, "minimum")
    if maximum is not None:
        _within(maximum, 0, MAX_UNITS, "maximum")
        if maximum < minimum:
            raise Invalid("Must not be below the minimum.", field="maximum")
    return catalogue.set_policy(variant_id, warehouse_id or "", minimum, maximum)


def check_warehouse(warehouse_id: str | None) -> None:
    """Raise NotFound (field ``warehouseId``) when a warehouse is named that is not there."""
    if warehouse_id is not None and warehouse_id not in {house.id for house in shop().warehouses()}:
        raise NotFound("There is no such warehouse.", field="warehouseId")


def _name(name: str, *, but: UUID | None = None) -> str:
    name = name.strip()
    if not name:
        raise Required("A supplier needs a name.", field="name")
    if len(name) > MAX_NAME:
        raise Invalid(f"Must be at most {MAX_NAME} characters.", field="name")
    if catalogue.name_taken(name, but=but):
        raise Invalid("Another supplier has this name.", field="name", code="UNIQUE")
    return name


def _email(email: str) -> str:
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Invalid("Not an e-mail address.", field="email") from None
        if len(email) > 254:
            raise Invalid("Must be at most 254 characters.", field="email")
    return email


def _variant(variant_id: str) -> None:
    # Saleor reads more than one spelling of an id; only its own is stored.
    if variant_id not in {variant.id for variant in shop().variants([variant_id])}:
        raise NotFound("There is no such variant.", field="variantId")


def _within(number: int, least: int, most: int, field: str) -> int:
    if not least <= number <= most:
        raise Invalid(f"Must be from {least} to {most}.", field=field)
    return number


def _price(text: str, currency: str) -> int:
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise Invalid("Must be a number that is not negative, as in 12.50.", field="price")
    try:
        return to_minor(Decimal(text), currency)
    except ValueError:
        raise Invalid(f"{currency} has fewer decimals.", field="price") from None
