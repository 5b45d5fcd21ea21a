"""Parts of Saleor's answers in the normal form; the same for every generation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.diff import picture_key
from ..domain.model import DEFAULT_OPTION, DEFAULT_VALUE, Picture, Shipment
from ..domain.richtext import to_html

Node = Mapping[str, Any]
_GRAMS: dict[str, Decimal] = {
    "G": Decimal(1),
    "KG": Decimal(1000),
    "LB": Decimal("453.59237"),
    "OZ": Decimal("28.349523125"),
    "TONNE": Decimal(1_000_000),
}


# The option of variants that no attributes tell apart.
BY_NAME = "Variant"


class UnpricedError(Exception):
    """A variant that the channel does not sell."""


def options_of(variants: list[Node], without: str = "") -> tuple[str, ...]:
    """The options of a product: the attributes its variants are chosen by.

    Without attributes, or where they do not tell the variants apart, the variant's name does. `without` is
    the slug of an attribute that is none, such as the barcode.
    """
    names = dict.fromkeys(name for variant in variants for name in _values(variant, without))
    if names and len({_chosen(variant, tuple(names), without) for variant in variants}) == len(variants):
        return tuple(names)
    return (DEFAULT_OPTION,) if len(variants) <= 1 else (BY_NAME,)


def _values(variant: Node, without: str) -> dict[str, str]:
    """A variant's value of each attribute, by a name that is told apart from a second one of that name."""
    found: dict[str, str] = {}
    for item in variant["attributes"]:
        attribute = item["attribute"]
        if item["values"] and attribute["slug"] != without:
            name = attribute["name"] or attribute["slug"]
            name = name if name not in found else f"{name} ({attribute['slug']})"
            found[name] = ", ".join(value["name"] or "" for value in item["values"])
    return found


def _chosen(variant: Node, options: tuple[str, ...], without: str) -> tuple[str, ...]:
    values = _values(variant, without)
    return tuple(values.get(option) or "–" for option in options)


def values_of(variants: list[Node], options: tuple[str, ...], without: str = "") -> list[tuple[str, ...]]:
    """Each variant's values of the options."""
    if options == (DEFAULT_OPTION,):
        return [(DEFAULT_VALUE,) for _ in variants]
    if options != (BY_NAME,):
        return [_chosen(variant, options, without) for variant in variants]
    names = [variant["name"] or variant["sku"] or variant["id"] for variant in variants]
    return [
        (name if names.count(name) == 1 else variant["sku"] or variant["id"],)
        for name, variant in zip(names, variants, strict=True)
    ]


def pictures_of(nodes: list[Node]) -> tuple[Picture, ...]:
    ordered = sorted(nodes, key=lambda node: node["sortOrder"] or 0)
    images = {picture_key(n["id"]): n for n in ordered if n.get("type", "IMAGE") == "IMAGE"}
    return tuple(Picture(key=key, url=node["url"], alt=node["alt"] or "") for key, node in images.items())


def grams_of(weight: Node | None) -> int | None:
    if not weight or not weight["value"]:
        return None
    return int((Decimal(weight["value"]) * _GRAMS[weight["unit"].upper()]).to_integral_value()) or None


def shipment_of(node: Node) -> Shipment:
    lines: dict[str, int] = {}
    for line in node["lines"] or []:
        if line["orderLine"]:
            key = line["orderLine"]["id"]
            lines[key] = lines.get(key, 0) + line["quantity"]
    return Shipment(
        node["id"], lines, node["trackingNumber"] or "", node["warehouse"]["id"] if node["warehouse"] else ""
    )


def address_of(node: Node | None) -> dict[str, str] | None:
    if not node:
        return None
    return {
        "firstName": node["firstName"],
        "lastName": node["lastName"],
        "company": node["companyName"],
        "address1": node["streetAddress1"],
        "address2": node["streetAddress2"],
        "city": node["city"],
        "zip": node["postalCode"],
        "area": node["countryArea"],
        "countryCode": node["country"]["code"],
        "phone": node["phone"] or "",
    }


def texts_of(node: Node, languages: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The translated texts that there are, by the policy's name of each language."""
    found: dict[str, dict[str, str]] = {}
    for code, name in languages.items():
        given = node.get(f"t_{code}") or {}
        texts = {
            "title": given.get("name") or "",
            "description": to_html(given.get("descriptionJson")),
            "seo title": given.get("seoTitle") or "",
            "seo description": given.get("seoDescription") or "",
        }
        if kept := {field: text for field, text in texts.items() if text}:
            found[name] = kept
    return found
