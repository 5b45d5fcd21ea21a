"""Keep suppliers, their catalogues and the merchant's limits. Every refusal names its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from ...delivery.posting import new_secret
from ...http.texts import clean, one_line
from ...kernel.clock import now
from ...kernel.errors import Invalid, Required
from ..domain.order import MAX_UNITS
from ..models import ReorderPolicy, Supplier, SupplierItem
from ..store import catalogue, locks
from . import supplier_fields as check

MAX_NAME, MAX_NOTE, MAX_SKU = 200, 1000, 255
_LEVELS = (0.5, 0.999)


@dataclass(frozen=True)
class Offer:
    """A catalogue line as it is typed in: `price` for one unit, a decimal number as text.

    `breaks` are (from this many units, price of each).
    """

    price: str
    currency: str
    moq: int = 1
    pack: int = 1
    lead_days: int | None = None
    supplier_sku: str = ""
    breaks: Sequence[tuple[int, str]] = ()
    active: bool = True


def create_supplier(name: str, email: str = "", **more: Any) -> Supplier:
    """A new supplier; `more` as for `update_supplier`. Raises Required or Invalid naming the field."""
    with transaction.atomic():
        locks.take("suppliers")
        row = Supplier(name=supplier_name(name), created=now())
        _change(row, {"email": email, **more})
        row.save(force_insert=True)
    return row


def update_supplier(supplier_id: UUID, **given: Any) -> Supplier:
    """Change what is given of a supplier.

    name, email, language, channel, webhook_url, lead_days, minimum (decimal text), minimum_currency, note,
    active; a true `new_secret` makes the webhook's secret anew.

    Nothing is ordered from an inactive supplier. Raises NotFound (``id``), Required or Invalid naming the
    field: a channel needs its address.
    """
    with transaction.atomic():
        locks.take("suppliers")
        row = catalogue.supplier(supplier_id, field="id", lock=True)
        name = given.pop("name", None)
        row.name = row.name if name is None else supplier_name(name, but=supplier_id)
        _change(row, given)
        row.save()
    return row


def set_supplier_item(supplier_id: UUID, variant_id: str, offer: Offer) -> SupplierItem:
    """Create or overwrite a catalogue line.

    Raises NotFound (``supplierId``, ``variantId``), Invalid (``price``, ``currency``, ``moq``, ``pack``,
    ``leadDays``, ``supplierSku``, ``breaks.i.quantity``, ``breaks.i.price``).
    """
    row = catalogue.supplier(supplier_id)
    check.variant(variant_id)
    return catalogue.set_item(row, variant_id, item_values(offer))


def item_values(offer: Offer) -> dict[str, Any]:
    """The columns of a catalogue line. Raises Invalid naming the field."""
    code = check.currency(offer.currency)
    found = check.breaks(offer.breaks, code)
    return {
        "price": check.amount(offer.price, code, field="price"),
        "currency": code,
        "breaks": [[each.quantity, each.price] for each in found],
        "moq": check.within(offer.moq, 1, MAX_UNITS, "moq"),
        "pack": check.within(offer.pack, 1, MAX_UNITS, "pack"),
        "lead_days": check.lead_days(offer.lead_days),
        "supplier_sku": one_line(offer.supplier_sku, field="supplierSku", most=MAX_SKU),
        "active": offer.active,
    }


def remove_supplier_item(item_id: UUID) -> None:
    """Take a line out of a catalogue; orders keep theirs. Repeatable."""
    catalogue.drop_item(item_id)


def set_reorder_policy(
    variant_id: str,
    warehouse_id: str | None,
    minimum: int,
    maximum: int | None = None,
    *,
    reorder: bool = True,
    service_level: float | None = None,
) -> ReorderPolicy:
    """Keep between `minimum` and `maximum` units in a warehouse, or in every one that stocks it.

    Without `reorder` the variant runs out; `service_level` (of 1) goes before the plugin's. Raises NotFound
    (``variantId``, ``warehouseId``), Invalid (``minimum``, ``maximum``, ``serviceLevel``).
    """
    check.variant(variant_id)
    check_warehouse(warehouse_id)
    check.within(minimum, 0, MAX_UNITS, "minimum")
    if maximum is not None:
        check.within(maximum, 0, MAX_UNITS, "maximum")
        if maximum < minimum:
            raise Invalid("Must not be below the minimum.", field="maximum")
    # A NaN compares false with everything.
    if service_level is not None and not _LEVELS[0] <= service_level <= _LEVELS[1]:
        raise Invalid(f"Must be from {_LEVELS[0]} to {_LEVELS[1]}.", field="serviceLevel")
    values = {"minimum": minimum, "maximum": maximum, "reorder": reorder, "service_level": service_level}
    return catalogue.set_policy(variant_id, warehouse_id or "", values)


def check_warehouse(warehouse_id: str | None) -> None:
    """Raise NotFound (field ``warehouseId``) when a warehouse is named that is not there."""
    check.warehouse(warehouse_id)


def _change(row: Supplier, given: Mapping[str, Any]) -> None:
    """Set what is given and not None, then check that it goes together."""
    values = {name: value for name, value in given.items() if value is not None}
    for name, value in values.items():
        if name in _CHECKS:
            setattr(row, name, _CHECKS[name](value))
    if "minimum" in values or "minimum_currency" in values:
        _minimum(row, values.get("minimum"))
    if row.channel == Supplier.MAIL and not row.email:
        raise Required("Orders by mail need an address.", field="email")
    if row.channel == Supplier.WEBHOOK:
        if not row.webhook_url:
            raise Required("Orders by webhook need an address.", field="webhookUrl")
        if values.get("new_secret") or not row.webhook_secret:
            row.webhook_secret = new_secret()  # type: ignore[assignment]


def _minimum(row: Supplier, text: str | None) -> None:
    """The least value of an order: "0" is none."""
    if text is None:
        raise Required("Say how much.", field="minimum")
    if not row.minimum_currency and text.strip() not in ("", "0"):
        raise Required("Say in which currency.", field="minimumCurrency")
    row.minimum = check.amount(text, row.minimum_currency, field="minimum") if text.strip() else 0


def _channel(text: str) -> str:
    if text not in check.CHANNELS:
        raise Invalid(f"Must be one of: {', '.join(check.CHANNELS)}.", field="channel")
    return text


_CHECKS: Mapping[str, Any] = {
    "email": check.email,
    "language": check.language,
    "channel": _channel,
    "webhook_url": check.webhook_url,
    "lead_days": check.lead_days,
    "minimum_currency": lambda text: check.currency(text, field="minimumCurrency"),
    "note": lambda text: clean(text, field="note", most=MAX_NOTE),
    "active": bool,
}


def supplier_name(name: str, *, but: UUID | None = None) -> str:
    """A name that no other supplier has. Raises Required, Invalid (field ``name``)."""
    name = one_line(name, field="name", most=MAX_NAME)
    if not name:
        raise Required("A supplier needs a name.", field="name")
    if catalogue.name_taken(name, but=but):
        raise Invalid("Another supplier has this name.", field="name", code="UNIQUE")
    return name
