"""From the stored documents to the fields of the schema."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLSchema

from .. import bulk_fields, webhook_fields
from ..state import Doc
from . import catalog, collections, markets, mutations, publications, queries, sales, stock, translations

_PARTS = (
    *(queries, mutations, catalog, stock, sales, collections, publications, translations, markets),
    *(bulk_fields, webhook_fields),
)
_ABSTRACT = (
    *("Node", "Media", "File", "Publishable", "HasMetafields", "HasPublishedTranslations"),
    *("LegacyInteroperability", "Catalog", "CollectionSource", "CollectionSourceInclusionCondition"),
    "ProductOperation",
)


def attach(schema: GraphQLSchema) -> GraphQLSchema:
    """Give every field of the schema its resolver; the others read the document."""
    for part in _PARTS:
        for name, fields in part.FIELDS.items():
            for field, resolver in fields.items():
                schema.type_map[name].fields[field].resolve = resolver  # type: ignore[attr-defined]
    for name in _ABSTRACT:
        schema.type_map[name].resolve_type = _kind  # type: ignore[attr-defined]
    return schema


def _kind(doc: Doc, *_: Any) -> str:
    return doc["id"].split("/")[3]
