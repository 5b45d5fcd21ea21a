"""From Saleor's values to the port's: ids, amounts, states, weights, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.crypto import salted_hmac

from ...kernel.errors import Invalid, NotFound
from ...kernel.ids import from_global, to_global
from ...kernel.money import from_minor, to_minor
from .. import port

_MOST = 2**31 - 1


def pk(model: type[Model], global_id: str, *, kind: str = "", field: str = "id") -> Any:
    """The primary key inside `global_id`; NotFound when it cannot be one of `model`."""
    try:
        raw = from_global(global_id, kind or model.__name__, field=field)
        key = model._meta.pk.to_python(raw)  # type: ignore[union-attr]
    except (Invalid, ValidationError, AttributeError, TypeError):
        key = None
    # Postgres refuses a number beyond its column instead of finding nothing.
    if key is None or (isinstance(key, int) and not 0 < key <= _MOST):
        raise NotFound("No such object.", field=field)
    return key


def pks(model: type[Model], global_ids: Iterable[str]) -> list[Any]:
    """Primary keys of those ids that can be of `model`, in order, once each."""
    keys: dict[Any, None] = {}
    for global_id in global_ids:
        try:
            keys[pk(model, global_id)] = None
        except NotFound:
            continue
    return list(keys)


def gid(kind: str, key: Any) -> str:
    """Saleor's global id."""
    return to_global(kind, key)


def gid_or_none(kind: str, key: Any) -> str | None:
    """Saleor's global id, None for an empty relation."""
    return None if key is None else to_global(kind, key)


def minor(amount: Decimal | None, currency: str) -> int:
    """`amount` in minor units, rounded half up as Saleor rounds prices."""
    smallest = from_minor(1, currency)
    return to_minor((amount or Decimal(0)).quantize(smallest, ROUND_HALF_UP), currency)


def major(amount: int, currency: str) -> Decimal:
    """Minor units as Saleor's amount."""
    return from_minor(amount, currency)


CARD = ("cc_brand", "cc_first_digits", "cc_last_digits", "cc_exp_month", "cc_exp_year")


def instrument(row: Any) -> str:
    """`port.Payment.instrument` of a payment's card; gateways, and Saleors before 3.22, may not tell it."""
    card = {name: str(getattr(row, name, None) or "").strip().lower() for name in CARD}
    if not (card["cc_last_digits"] and card["cc_exp_month"] and card["cc_exp_year"]):
        return ""
    return str(salted_hmac("ops-instrument", "|".join(card.values()), algorithm="sha256").hexdigest())


def status(stored: str) -> port.OrderStatus:
    """The port's state: Saleor stores "partially fulfilled"."""
    return port.OrderStatus(stored.upper().replace(" ", "_"))


def stored_statuses(choices: Iterable[tuple[str, str]], wanted: Iterable[port.OrderStatus]) -> list[str]:
    """How this Saleor spells those of the states that it has."""
    names = {state.value for state in wanted}
    return [value for value, _ in choices if value.upper().replace(" ", "_") in names]


def grams(weight: Any) -> int | None:
    """A measurement in grams; an empty or zero weight is an unknown one."""
    return round(weight.g) if weight else None


ADDRESS = ("country", "postal_code", "city", "country_area", "street_address_1")


def address(row: Any) -> port.Address:
    """An address without the person, from a row of Saleor's."""
    return address_of({name: getattr(row, name) for name in ADDRESS}, "")


def address_of(row: Mapping[str, Any], prefix: str) -> port.Address:
    """An address without the person, from columns whose names begin with `prefix`."""
    country = row[f"{prefix}country"]
    return port.Address(
        country=str(getattr(country, "code", country) or ""),
        postal_code=row[f"{prefix}postal_code"],
        city=row[f"{prefix}city"],
        country_area=row[f"{prefix}country_area"],
        street=row[f"{prefix}street_address_1"],
    )


def metadata(*stored: Any) -> dict[str, str]:
    """Public metadata, merged: later ones win. 2.10 stores NULL for none."""
    merged: dict[str, str] = {}
    for words in stored:
        merged |= {str(name): str(value) for name, value in (words or {}).items()}
    return merged


def variant(row: Any) -> port.Variant:
    """A variant with its product."""
    return port.Variant(
        id=gid("ProductVariant", row.pk),
        sku=row.sku or "",
        name=row.name,
        product_id=gid("Product", row.product_id),
        product_name=row.product.name,
        tracks_stock=row.track_inventory,
    )


def fulfillment(row: Any, created_field: str, currency: str) -> port.Fulfillment:
    """A fulfilment with its lines, sorted by id. Only 3.x stores amounts with it."""
    lines = sorted(row.lines.all(), key=lambda line: line.pk)
    return port.Fulfillment(
        id=gid("Fulfillment", row.pk),
        order_id=gid("Order", row.order_id),
        status=row.status.upper(),
        tracking_number=row.tracking_number,
        lines=tuple(
            port.FulfillmentLine(
                id=gid("FulfillmentLine", line.pk),
                order_line_id=gid("OrderLine", line.order_line_id),
                quantity=line.quantity,
                warehouse_id=gid("Warehouse", line.stock.warehouse_id) if line.stock_id else None,
            )
            for line in lines
        ),
        created=getattr(row, created_field),
        refund_amount=minor(getattr(row, "total_refund_amount", None), currency),
        shipping_refund=minor(getattr(row, "shipping_refund_amount", None), currency),
    )
