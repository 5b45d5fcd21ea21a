"""Products, variants and media."""

from __future__ import annotations

import json
import re
from typing import Any

from graphql import GraphQLResolveInfo

from .. import definitions, products
from .. import files as store
from .. import metafields as values
from ..options import PART
from ..state import Doc
from .common import Fields, count, get, legacy, listed, many, metafield, metafields, state_of
from .mutations import mutation
from .publications import PUBLISHABLE


def _option_value(variant: Doc, info: GraphQLResolveInfo) -> list[Doc]:
    product = state_of(info).get(variant["product"])
    assert product
    rows = []
    for option, value in zip(product["options"], variant["options"], strict=True):
        found = next(v for v in option["values"] if v["name"] == value)
        rows.append({"name": option["name"], "value": value, "optionValue": found})
    return rows


def _items(product: Doc, info: GraphQLResolveInfo) -> list[str]:
    return [variant["item"] for variant in state_of(info).many(product["variants"])]


def _inventory(product: Doc, info: GraphQLResolveInfo) -> int:
    items = state_of(info).many(_items(product, info))
    return sum(level["available"] for item in items for level in item["levels"].values())


def plain(html: str) -> str:
    """A text without its tags."""
    return re.sub(r"<[^>]+>", " ", html).strip()


def _delete_definition(
    info: GraphQLResolveInfo,
    id: str | None = None,
    identifier: Doc | None = None,
    deleteAllAssociatedMetafields: bool = False,
) -> Doc:
    gid, doc = definitions.remove(state_of(info), id, identifier, values=deleteAllAssociatedMetafields)
    named = {name: doc[name] for name in ("key", "namespace", "ownerType")}
    return {"deletedDefinitionId": gid, "deletedDefinition": named}


def _has_variants(value: Doc, info: GraphQLResolveInfo) -> bool:
    state = state_of(info)
    for product in state.many(state.links.owners(PART, value["id"])):
        at = next(
            i for i, o in enumerate(product["options"]) if any(v["id"] == value["id"] for v in o["values"])
        )
        if any(variant["options"][at] == value["name"] for variant in state.many(product["variants"])):
            return True
    return False


def _definition(doc: Doc, info: GraphQLResolveInfo) -> Doc | None:
    return definitions.find(state_of(info), doc["ownerType"], doc["namespace"], doc["key"])


def _json(doc: Doc, _: GraphQLResolveInfo) -> Any:
    if doc["type"] == "boolean":
        return doc["value"] == "true"
    if doc["type"] == "number_integer":
        return int(doc["value"])
    if doc["type"].startswith("list.") or doc["type"] in _DOCUMENTS:
        return json.loads(doc["value"])
    return doc["value"]


_DOCUMENTS = ("json", "rich_text_field", "money", "rating", "dimension", "volume", "weight")


def _online(doc: Doc, info: GraphQLResolveInfo) -> str | None:
    """Assumed: the first publication is the online store."""
    first = next((p for _, p in state_of(info).page("Publication", 0, 1)), None)
    return doc.get("publications", {}).get(first["id"]) if first else None


def _only_default(doc: Doc, _: GraphQLResolveInfo) -> bool:
    return [[v["name"] for v in option["values"]] for option in doc["options"]] == [["Default Title"]]


def _media(doc: Doc, info: GraphQLResolveInfo, **args: Any) -> Doc:
    return listed(state_of(info).many(doc["media"]), **args)


def _stocked(variant: Doc, info: GraphQLResolveInfo) -> int:
    item = state_of(info).get(variant["item"]) or {"levels": {}}
    return sum(level["available"] for level in item["levels"].values())


FIELDS: Fields = {
    "Product": {
        **PUBLISHABLE,
        "description": lambda doc, info, truncateAt=None: plain(doc["descriptionHtml"])[:truncateAt],
        "featuredMedia": lambda doc, info: next(iter(state_of(info).many(doc["media"][:1])), None),
        "giftCardTemplateSuffix": lambda doc, info: None,
        "hasOnlyDefaultVariant": _only_default,
        "isGiftCard": lambda doc, info: False,
        "legacyResourceId": legacy,
        "media": _media,
        "mediaCount": lambda doc, info: count(len(doc["media"])),
        "metafield": metafield,
        "metafields": metafields,
        "onlineStoreUrl": lambda doc, info: (
            f"{info.context.shop['url']}/products/{doc['handle']}" if _online(doc, info) else None
        ),
        "options": lambda doc, info, first=None: doc["options"][:first],
        "publishedAt": _online,
        "requiresSellingPlan": lambda doc, info: doc.get("requiresSellingPlan", False),
        "templateSuffix": lambda doc, info: doc.get("templateSuffix"),
        "totalInventory": _inventory,
        "tracksInventory": lambda doc, info: any(
            item["tracked"] for item in state_of(info).many(_items(doc, info))
        ),
        "variants": many("variants"),
        "variantsCount": lambda doc, info: count(len(doc["variants"])),
    },
    "ProductOption": {
        "values": lambda doc, info: [value["name"] for value in doc["values"]],
        "optionValues": lambda doc, info: doc["values"],
    },
    "ProductVariant": {
        **PUBLISHABLE,
        "availableForSale": lambda doc, info: (
            doc["inventoryPolicy"] == "CONTINUE"
            or not (state_of(info).get(doc["item"]) or {"tracked": False})["tracked"]
            or _stocked(doc, info) > 0
        ),
        "legacyResourceId": legacy,
        "media": lambda doc, info, **args: listed(state_of(info).many(doc.get("media", [])), **args),
        "metafield": metafield,
        "metafields": metafields,
        "requiresComponents": lambda doc, info: False,
        "showUnitPrice": lambda doc, info: False,
        "sellableOnlineQuantity": _stocked,
        "selectedOptions": _option_value,
        "title": lambda doc, info: " / ".join(doc["options"]),
        "product": get("product"),
        "displayName": lambda doc, info: (
            f"{(state_of(info).get(doc['product']) or {'title': ''})['title']} - {' / '.join(doc['options'])}"
        ),
        "inventoryItem": get("item"),
        "inventoryQuantity": _stocked,
    },
    "Metafield": {
        "definition": _definition,
        "jsonValue": _json,
        "legacyResourceId": legacy,
        "sizeInBytes": lambda doc, info: len(doc["value"].encode()),
    },
    "MetafieldDefinition": {
        "capabilities": lambda doc, info: definitions.capabilities(doc),
        "access": lambda doc, info: {"admin": "PUBLIC_READ_WRITE", "storefront": "NONE"},
        "metafieldsCount": lambda doc, info, validationStatus=None: definitions.used(state_of(info), doc),
        "validations": lambda doc, info: doc.get("validations", []),
    },
    "MediaImage": {
        "mediaErrors": lambda doc, info: doc["errors"],
        "fileErrors": lambda doc, info: doc["errors"],
        "fileStatus": lambda doc, info: doc["status"],
        "updatedAt": lambda doc, info: doc.get("updatedAt", doc["createdAt"]),
        "image": lambda doc, info: (
            {"altText": doc["alt"], "url": info.context.file_url(doc)} if doc["status"] == "READY" else None
        ),
    },
    "ProductOptionValue": {"hasVariants": _has_variants},
    "Mutation": {
        "productUpdate": mutation(
            "product",
            lambda info, product=None, identifier=None: products.update(state_of(info), identifier, product),
        ),
        "productVariantsBulkUpdate": mutation(
            None,
            lambda info, productId, variants, allowPartialUpdates=False: products.update_variants(
                state_of(info), productId, variants
            ),
        ),
        "productVariantsBulkDelete": mutation(
            None,
            lambda info, productId, variantsIds: products.delete_variants(
                state_of(info), productId, variantsIds
            ),
        ),
        "fileCreate": mutation("files", lambda info, files: store.create_all(state_of(info), files)),
        "fileUpdate": mutation("files", lambda info, files: store.update_all(state_of(info), files)),
        "fileDelete": mutation(
            "deletedFileIds", lambda info, fileIds: store.delete_all(state_of(info), fileIds)
        ),
        "productDelete": mutation(
            "deletedProductId",
            lambda info, input, synchronous=True: products.delete(state_of(info), input["id"]),
            also=lambda info: {"shop": info.context.shop},
        ),
        "metafieldsDelete": mutation(
            "deletedMetafields",
            lambda info, metafields: values.delete_values(state_of(info), metafields),
        ),
        "metafieldDefinitionDelete": mutation(None, _delete_definition),
    },
}
