"""Products as JSON and back, for plans that are stored and spools that are not in memory."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .model import MarketPrice, Metafield, Picture, Product, Variant


def to_json(product: Product) -> dict[str, Any]:
    """A product as JSON knows it."""
    return asdict(product)


def from_json(data: dict[str, Any]) -> Product:
    """The product that `to_json` was given."""
    given = data | {
        "options": tuple(data["options"]),
        "variants": tuple(_variant(item) for item in data["variants"]),
        "pictures": tuple(Picture(**item) for item in data["pictures"]),
        "metafields": tuple(Metafield(**item) for item in data["metafields"]),
        "collections": tuple(data["collections"]),
        "published": tuple(data["published"]),
    }
    return Product(**given)


def _variant(data: dict[str, Any]) -> Variant:
    given = data | {
        "values": tuple(data["values"]),
        "metafields": tuple(Metafield(**item) for item in data["metafields"]),
        "prices": {name: MarketPrice(**item) for name, item in data["prices"].items()},
    }
    return Variant(**given)
