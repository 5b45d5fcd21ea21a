"""Saleor's attributes as Shopify's metafields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from ..domain.model import Metafield
from ..domain.policy import ALL
from ..domain.richjson import to_rich_json
from ..domain.richtext import to_html

Node = Mapping[str, Any]
TEXT, LIST = "single_line_text_field", "list.single_line_text_field"
TYPES = {
    "DROPDOWN": TEXT,
    "SWATCH": TEXT,
    "SINGLE_REFERENCE": TEXT,
    "MULTISELECT": LIST,
    "REFERENCE": LIST,
    "PLAIN_TEXT": "multi_line_text_field",
    "RICH_TEXT": "rich_text_field",
    "NUMERIC": "number_decimal",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DATE_TIME": "date_time",
    "FILE": "url",
}
_LONGEST_KEY = 64


@dataclass(frozen=True)
class Attribute:
    """An attribute that becomes a metafield: its `key` and `type` there, and its name."""

    key: str
    type: str
    name: str


def metafield_key(slug: str) -> str:
    """The key of an attribute's metafield: 2 to 64 letters, digits, hyphens and underscores.

    A slug that has others, or another length, keeps what can be kept, with a digest to stay itself.
    https://shopify.dev/docs/api/admin-graphql/latest/input-objects/MetafieldDefinitionInput
    """
    if re.fullmatch(r"[A-Za-z0-9_-]{2,64}", slug):
        return slug
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", slug).strip("-")
    digest = sha256(slug.encode()).hexdigest()[:8]
    return f"{kept[: _LONGEST_KEY - len(digest) - 1]}-{digest}".lstrip("-")


def wanted(slug: str, slugs: tuple[str, ...], barcode: str) -> bool:
    """Whether the policy wants an attribute as a metafield; that of the barcode becomes the barcode."""
    return slug != barcode and (slugs == ALL or slug in slugs)


def metafields_of(selected: Iterable[Node], slugs: tuple[str, ...], barcode: str) -> tuple[Metafield, ...]:
    """The metafields of the attributes that have a value, by key.

    An attribute that Saleor hides from shoppers is not told to Shopify's.
    """
    found = {}
    for item in selected:
        attribute = item["attribute"]
        if not attribute["visibleInStorefront"] or not wanted(attribute["slug"], slugs, barcode):
            continue
        kind = type_of(attribute)
        if value := _value(kind, attribute["inputType"], item["values"]):
            key = metafield_key(attribute["slug"])
            found[key] = Metafield(key, kind, value)
    return tuple(found[key] for key in sorted(found))


def type_of(attribute: Node) -> str:
    """The type of an attribute's metafield. Types that a later Saleor adds are shown as texts."""
    return TYPES.get(attribute["inputType"] or "DROPDOWN", TEXT)


def text_of(selected: Iterable[Node], slug: str) -> str:
    """The value of one attribute as a line of text, or ""."""
    for item in selected:
        if item["attribute"]["slug"] == slug and item["values"]:
            first = item["values"][0]
            return _line(first.get("plainText") or first["name"])
    return ""


def _value(kind: str, input_type: str, values: list[Node]) -> str:
    names = [name for value in values if (name := _line(value["name"]))]
    if kind == LIST:
        return json.dumps(names, ensure_ascii=False, separators=(",", ":")) if names else ""
    if not values:
        return ""
    first = values[0]
    match input_type:
        case "NUMERIC":
            return _number(first["name"])
        case "BOOLEAN":
            return "" if first["boolean"] is None else str(first["boolean"]).lower()
        case "DATE":
            return first["date"] or ""
        case "DATE_TIME":
            return first["dateTime"] or ""
        case "FILE":
            return (first["file"] or {}).get("url") or ""
        case "PLAIN_TEXT":
            return first["plainText"] or ""
        case "RICH_TEXT":
            return to_rich_json(to_html(first["richText"]))
    return ", ".join(names)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _number(text: str | None) -> str:
    """Without exponent and needless zeros, as two ways to write a number are no difference."""
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return ""
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
