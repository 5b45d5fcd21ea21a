"""The columns that orders, their lines and the goods in them are read from."""

from __future__ import annotations

from typing import Any

from . import convert
from .stocks import Row

HEAD = (
    "pk",
    "status",
    "currency",
    "total_net_amount",
    "total_gross_amount",
    "shipping_price_net_amount",
    "shipping_price_gross_amount",
    "shipping_method_name",
    "metadata",
    "private_metadata",
    "with_cards",
    "user_id",
    "user_email",
    "language_code",
    "shipping_address_id",
)
JOINED = ("user__email", *(f"shipping_address__{name}" for name in convert.ADDRESS))
GOODS = (
    "variant__track_inventory",
    "variant__weight",
    "variant__metadata",
    "variant__product_id",
    "variant__product__weight",
    "variant__product__metadata",
    "variant__product__category_id",
    "variant__product__product_type_id",
    "variant__product__product_type__weight",
    "variant__product__product_type__metadata",
)
LINE = (
    "pk",
    "order_id",
    "variant_id",
    "product_name",
    "variant_name",
    "product_sku",
    "quantity",
    "quantity_fulfilled",
    "is_shipping_required",
    *GOODS,
)


def goods(line: Row) -> dict[str, Any]:
    """What a line, of an order or of a cart, takes over from its variant: the columns `GOODS`."""
    if line["variant_id"] is None:
        return {"tracks_stock": False, "metadata": convert.metadata(line.get("metadata"))}
    product = "variant__product"
    weights = (line["variant__weight"], line[f"{product}__weight"], line[f"{product}__product_type__weight"])
    return {
        "tracks_stock": line["variant__track_inventory"],
        # As ProductVariant.get_weight.
        "weight_grams": convert.grams(next((weight for weight in weights if weight), None)),
        "product_id": convert.gid("Product", line["variant__product_id"]),
        "category_id": convert.gid_or_none("Category", line[f"{product}__category_id"]),
        "product_type_id": convert.gid("ProductType", line[f"{product}__product_type_id"]),
        "metadata": convert.metadata(
            line[f"{product}__product_type__metadata"],
            line[f"{product}__metadata"],
            line["variant__metadata"],
            line.get("metadata"),
        ),
    }
