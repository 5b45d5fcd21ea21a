"""What a metafield of each type may hold, checked as Shopify documents it under "Metafield data types"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_BYTES, MAX_ITEMS = 65_536, 128
VALIDATIONS = ("choices", "file_type_options", "max", "max_precision", "min", "regex", "allowed_domains")
_REFERENCES = {
    "collection_reference": "Collection",
    "file_reference": "",
    "metaobject_reference": "Metaobject",
    "page_reference": "Page",
    "product_reference": "Product",
    "variant_reference": "ProductVariant",
    "customer_reference": "Customer",
    "mixed_reference": "",
    "product_taxonomy_value_reference": "",
}
_UNITS = {
    "dimension": {"MILLIMETERS", "CENTIMETERS", "METERS", "INCHES", "FEET", "YARDS", "MM", "CM", "M"},
    "volume": {
        "MILLILITERS",
        "CENTILITERS",
        "LITERS",
        "CUBIC_METERS",
        "FLUID_OUNCES",
        "PINTS",
        "GALLONS",
        "ML",
    },
    "weight": {"GRAMS", "KILOGRAMS", "OUNCES", "POUNDS", "G", "KG", "OZ", "LB"},
}
_GID = re.compile(r"gid://shopify/(\w+)/\d+\Z")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")


def known(kind: str) -> bool:
    """Whether there is such a type."""
    base = kind.removeprefix("list.")
    return base in _CHECKS and (base == kind or base in _LISTS)


def category(kind: str) -> str:
    """The group a type belongs to."""
    base = kind.removeprefix("list.")
    if base.endswith("_reference"):
        return "REFERENCE"
    if base.startswith("number") or base in ("money", "rating"):
        return "NUMBER"
    if base.startswith("date"):
        return "DATE_TIME"
    return {"boolean": "TRUE_FALSE", "id": "ID", "json": "JSON", "url": "URL", "color": "COLOR"}.get(
        base, "TEXT"
    )


def problem(kind: str, value: str, limits: dict[str, Any]) -> str:
    """Why a type does not hold this value, or ""."""
    if not kind.startswith("list."):
        return _single(kind, value, limits)
    items = _json(value)
    if not isinstance(items, list):
        return "Value must be an array."
    if len(items) > MAX_ITEMS:
        return f"Value has too many items (maximum is {MAX_ITEMS})."
    base = kind.removeprefix("list.")
    texts = [item if isinstance(item, str) else json.dumps(item) for item in items]
    return next((why for text in texts if (why := _single(base, text, limits))), "")


def _single(kind: str, value: str, limits: dict[str, Any]) -> str:
    if len(value.encode()) > MAX_BYTES and kind not in ("json", "rich_text_field", "multi_line_text_field"):
        return f"Value is too large (maximum is {MAX_BYTES} bytes)."
    return _CHECKS[kind](value) or _limited(kind, value, limits)


def _limited(kind: str, value: str, limits: dict[str, Any]) -> str:
    choices = limits.get("choices")
    if choices and value not in choices:
        return "Value does not exist in provided choices."
    if limits.get("regex") and not re.fullmatch(str(limits["regex"]), value):
        return "Value does not match the expected format."
    size: Any = len(value)
    if kind.startswith("number"):
        size = Decimal(value)
    elif "text" not in kind and kind != "id":
        return ""
    least, most = limits.get("min"), limits.get("max")
    if least is not None and size < Decimal(str(least)):
        return f"Value has a minimum of {least}."
    if most is not None and size > Decimal(str(most)):
        return f"Value has a maximum of {most}."
    return ""


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return _NOTHING


_NOTHING = object()


def _any(_: str) -> str:
    return ""


def _line(value: str) -> str:
    return "Value must be a single line text string." if "\n" in value or "\r" in value else ""


def _integer(value: str) -> str:
    good = re.fullmatch(r"-?\d{1,16}", value) and abs(int(value)) <= 9_007_199_254_740_991
    return "" if good else "Value must be an integer."


def _decimal(value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Value must be a decimal."
    if not number.is_finite() or abs(number) >= Decimal(10) ** 13:
        return "Value must be a decimal."
    exponent = number.as_tuple().exponent
    return "Value has too many decimal places (maximum is 9)." if int(exponent) < -9 else ""


def _boolean(value: str) -> str:
    return "" if value in ("true", "false") else "Value must be true or false."


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Value must be in YYYY-MM-DD format."
    return "" if len(value) == 10 else "Value must be in YYYY-MM-DD format."


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        value = ""
    return "" if "T" in value else "Value must be in ISO 8601 format."


def _url(value: str) -> str:
    good = re.match(r"(https?://[^\s/]+\S*|mailto:\S+|sms:\S+|tel:\S+)\Z", value)
    return "" if good else "Value must be a valid URL."


def _color(value: str) -> str:
    return "" if _COLOR.match(value) else "Value must be a hex color."


def _document(value: str) -> str:
    return "Value must be valid JSON." if _json(value) is _NOTHING else ""


def _rich(value: str) -> str:
    found = _json(value)
    good = isinstance(found, dict) and found.get("type") == "root" and isinstance(found.get("children"), list)
    return "" if good else "Value is invalid JSON: it must be a rich text document."


def _money(value: str) -> str:
    found = _json(value)
    good = isinstance(found, dict) and {"amount", "currency_code"} <= found.keys()
    return "" if good else "Value must be an object with amount and currency_code."


def _rating(value: str) -> str:
    found = _json(value)
    good = isinstance(found, dict) and {"value", "scale_min", "scale_max"} <= found.keys()
    return "" if good else "Value must be an object with value, scale_min and scale_max."


def _measured(kind: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        found = _json(value)
        good = isinstance(found, dict) and str(found.get("unit", "")).upper() in _UNITS[kind]
        return "" if good and "value" in found else f"Value must be a {kind} with value and unit."

    return check


def _reference(target: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        found = _GID.match(value)
        good = found and (not target or found[1] == target)
        return "" if good else f"Value must be a valid {target or 'object'} reference."

    return check


_CHECKS: dict[str, Callable[[str], str]] = {
    "boolean": _boolean,
    "color": _color,
    "date": _date,
    "date_time": _moment,
    "id": _line,
    "json": _document,
    "link": _any,
    "money": _money,
    "multi_line_text_field": _any,
    "number_decimal": _decimal,
    "number_integer": _integer,
    "rating": _rating,
    "rich_text_field": _rich,
    "single_line_text_field": _line,
    "url": _url,
    "language": _line,
    **{kind: _measured(kind) for kind in _UNITS},
    **{kind: _reference(target) for kind, target in _REFERENCES.items()},
}
_LISTS = {
    *("color", "date", "date_time", "number_integer", "number_decimal", "rating", "single_line_text_field"),
    *("url", "link", *_UNITS, *_REFERENCES),
}
