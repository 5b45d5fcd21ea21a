"""Products as JSON and back, for plans that are stored and spools that are not in memory."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .model import Picture, Product, Variant


def to_json(product: Product) -> dict[str, Any]:
    """A product as JSON knows it."""
    return asdict(product)


def from_json(data: dict[str, Any]) -> Product:
    """The product that `to_json` was given."""
    return Product(
        **data
        | {
            "options": tuple(data["options"]),
            "variants": tuple(
                Variant(**item | {"values": tuple(item["values"])}) for item in data["variants"]
            ),
            "pictures": tuple(Picture(**item) for item in data["pictures"]),
        }
    )
