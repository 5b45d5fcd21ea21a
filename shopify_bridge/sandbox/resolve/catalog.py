"""Products, variants and media."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo

from .. import definitions, products, variant_lists
from .. import files as store
from .. import metafields as values
from ..state import Doc, State
from .common import Fields, count, get, legacy, many, metafield, metafields, state_of
from .mutations import mutation
from .publications import PUBLISHABLE


def _product(variant: Doc, info: GraphQLResolveInfo) -> Doc:
    found = variant.get("_product") or state_of(info).get(variant["product"])
    assert found
    return found


def _option_value(variant: Doc, info: GraphQLResolveInfo) -> list[Doc]:
    options = _product(variant, info)["options"]
    return [
        {"name": option["name"], "value": value, "_option": option}
        for option, value in zip(options, variant["options"], strict=True)
    ]


def _value(chosen: Doc, _: GraphQLResolveInfo) -> Doc:
    return next(value for value in chosen["_option"]["values"] if value["name"] == chosen["value"])


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


def _options(doc: Doc, info: GraphQLResolveInfo, first: int | None = None) -> list[Doc]:
    """The options, whose values can tell whether a variant uses them: looked up once, if it is asked."""
    state = state_of(info)
    used = cache(lambda: [set(names) for names in zip(*_chosen(state, doc), strict=True)])
    return [option | {"_used": used, "_at": at} for at, option in enumerate(doc["options"][:first])]


def _chosen(state: State, product: Doc) -> list[list[str]]:
    return [variant["options"] for variant in state.many(product["variants"])]


def _option_values(option: Doc, _: GraphQLResolveInfo) -> list[Doc]:
    return [value | {"_used": option["_used"], "_at": option["_at"]} for value in option["values"]]


def _has_variants(value: Doc, _: GraphQLResolveInfo) -> bool:
    return "_used" not in value or value["name"] in value["_used"]()[value["_at"]]


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
        "media": many("media"),
        "mediaCount": lambda doc, info: count(len(doc["media"])),
        "metafield": metafield,
        "metafields": metafields,
        "onlineStoreUrl": lambda doc, info: (
            f"{info.context.shop['url']}/products/{doc['handle']}" if _online(doc, info) else None
        ),
        "options": _options,
        "publishedAt": _online,
        "requiresSellingPlan": lambda doc, info: doc.get("requiresSellingPlan", False),
        "templateSuffix": lambda doc, info: doc.get("templateSuffix"),
        "totalInventory": _inventory,
        "tracksInventory": lambda doc, info: any(
            item["tracked"] for item in state_of(info).many(_items(doc, info))
        ),
        "variants": many("variants", lambda variant, product: variant | {"_product": product}),
        "variantsCount": lambda doc, info: count(len(doc["variants"])),
    },
    "ProductOption": {
        "values": lambda doc, info: [value["name"] for value in doc["values"]],
        "optionValues": _option_values,
    },
    "ProductVariant": {
        **PUBLISHABLE,
        "availableForSale": lambda doc, info: (
            doc["inventoryPolicy"] == "CONTINUE"
            or not (state_of(info).get(doc["item"]) or {"tracked": False})["tracked"]
            or _stocked(doc, info) > 0
        ),
        "legacyResourceId": legacy,
        "media": many("media"),
        "metafield": metafield,
        "metafields": metafields,
        "requiresComponents": lambda doc, info: False,
        "showUnitPrice": lambda doc, info: False,
        "sellableOnlineQuantity": _stocked,
        "selectedOptions": _option_value,
        "title": lambda doc, info: " / ".join(doc["options"]),
        "product": _product,
        "displayName": lambda doc, info: f"{_product(doc, info)['title']} - {' / '.join(doc['options'])}",
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
    "SelectedOption": {"optionValue": _value},
    "ProductSetOperation": {"product": get("product")},
    "ProductOptionValue": {"hasVariants": _has_variants},
    "Mutation": {
        "productUpdate": mutation(
            "product",
            lambda info, product=None, identifier=None: products.update(state_of(info), identifier, product),
        ),
        "productVariantsBulkCreate": mutation(
            None,
            lambda info, productId, variants, strategy="DEFAULT": variant_lists.create(
                state_of(info), productId, variants, strategy
            ),
        ),
        "productVariantsBulkUpdate": mutation(
            None,
            lambda info, productId, variants, allowPartialUpdates=False: variant_lists.update(
                state_of(info), productId, variants
            ),
        ),
        "productVariantsBulkDelete": mutation(
            None,
            lambda info, productId, variantsIds: variant_lists.delete(state_of(info), productId, variantsIds),
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
