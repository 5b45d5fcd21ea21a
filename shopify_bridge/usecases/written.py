"""What an answer to productSet tells: little, as every part of an answer costs points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..domain.match import match_variants
from ..domain.model import Picture, Product, Variant
from ..models import Kind
from ..shopify.read import Reader
from .outcome import Done, Link

# With more variants than this, one answer does not tell all of them.
FEW = 250
# The fields an answer tells.
TOLD = frozenset(
    {"title", "description", "type", "status", "sku", "barcode", "price", "compare-at price", "taxable"}
)


def learnt(
    node: Mapping[str, Any],
    given: Mapping[str, Any],
    wanted: Product,
    reader: Reader,
    seen: Product | None = None,
) -> Product:
    """`wanted` as it became, by the cheap answer: variants are told in the order they were sent in.

    `seen`: what was there, where no variants were sent.
    """
    nodes = node["variants"]["nodes"]
    if "variants" not in given and seen is not None:
        return _as_told(node, given, wanted, variants_told(nodes, wanted, seen, reader))
    order = _order(given, wanted)
    variants = tuple(
        _variant(variant, told, reader)
        for variant, told in zip(order, nodes, strict=False)
        if variant is not None and (told["sku"] or "") == variant.sku
    )
    return _as_told(node, given, wanted, variants)


def _as_told(
    node: Mapping[str, Any], given: Mapping[str, Any], wanted: Product, variants: tuple[Variant, ...]
) -> Product:
    first = node.get("featuredMedia")
    pictures = tuple(replace(p, gid=first["id"]) for p in wanted.pictures[:1]) if first else ()
    return replace(
        wanted,
        gid=node["id"],
        title=node["title"],
        html=node["descriptionHtml"] or "",
        kind=node["productType"] or "",
        status=node["status"],
        updated=node["updatedAt"],
        variants=variants,
        pictures=pictures if len(wanted.pictures) == 1 and len(given.get("files", ())) == 1 else (),
    )


def variants_told(
    nodes: Iterable[Mapping[str, Any]], wanted: Product, seen: Product, reader: Reader
) -> tuple[Variant, ...]:
    """Our variants as an answer tells them: known by Saleor's id where it tells that, else by their own."""
    ours = {variant.key: variant for variant in wanted.variants}
    keys = {old.gid: key for key, old in match_variants(wanted, seen).items()}
    found = []
    for told in nodes:
        key = (told.get("metafield") or {}).get("value") or keys.get(told["id"])
        if key in ours:
            found.append(_variant(ours[key], told, reader))
    return tuple(found)


def _order(given: Mapping[str, Any], wanted: Product) -> list[Variant | None]:
    """Our variants in the order they were sent in; None for the merchant's."""
    sent = given.get("variants")
    if sent is None:
        return list(wanted.variants)
    by_values = {variant.values: variant for variant in wanted.variants}
    return [by_values.get(tuple(value["name"] for value in item["optionValues"])) for item in sent]


def _variant(variant: Variant, told: Mapping[str, Any], reader: Reader) -> Variant:
    return replace(
        variant,
        gid=told["id"],
        sku=told["sku"] or "",
        barcode=told["barcode"] or "",
        price=reader.minor(told["price"]) or 0,
        compare_at=reader.minor(told["compareAtPrice"]),
        taxable=told["taxable"],
    )


def linked(
    wanted: Product, written: Product, echo: Mapping[str, Any], *, sent_pictures: bool = False
) -> Done:
    """The mappings of a product, its variants and pictures."""
    if sent_pictures:
        written = with_pictures(wanted, written)
    links = [Link(Kind.PRODUCT, wanted.key, written.gid, echo=dict(echo))]
    pairs = match_variants(wanted, written)
    links += [Link(Kind.VARIANT, key, variant.gid) for key, variant in pairs.items()]
    ours = {picture.key for picture in wanted.pictures}
    links += [
        Link(Kind.PICTURE, f"{wanted.key}/{picture.key}", picture.gid)
        for picture in written.pictures
        if picture.key in ours
    ]
    return Done(tuple(links))


def with_pictures(wanted: Product, written: Product) -> Product:
    """`written` with its unnamed pictures named in the order they were sent in: their URLs are not known yet.

    Only where every unnamed one must be ours, as there are as many as are missing.
    """
    there = {picture.key for picture in written.pictures if picture.key}
    missing = [picture.key for picture in wanted.pictures if picture.key not in there]
    unnamed = [picture for picture in written.pictures if not picture.key]
    if len(missing) != len(unnamed):
        missing = _by_alt(wanted, unnamed, missing)
    names = dict(zip((picture.gid for picture in unnamed), missing, strict=False))
    pictures = tuple(replace(p, key=p.key or names.get(p.gid, "")) for p in written.pictures)
    return replace(written, pictures=pictures)


def _by_alt(wanted: Product, unnamed: list[Picture], missing: list[str]) -> list[str]:
    """For each unnamed picture the missing one with the same words, or ""."""
    left = [picture for picture in wanted.pictures if picture.key in missing]
    names = []
    for picture in unnamed:
        found = next(
            (other for other in left if other.alt == picture.alt and picture.status != "READY"), None
        )
        if found:
            left.remove(found)
        names.append(found.key if found else "")
    return names
