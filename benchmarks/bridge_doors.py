"""What the peers' documents ask beyond the sandbox's schema, on the same store and by the same cost rules."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from graphql import GraphQLSchema, extend_schema, parse

_MORE = """
extend type Collection { ruleSet: CollectionRuleSet }
type CollectionRuleSet { appliedDisjunctively: Boolean! }
input ProductInput { title: String, descriptionHtml: String, status: ProductStatus }
type ProductCreatePayload { product: Product, userErrors: [UserError!]! }
input CreateMediaInput { originalSource: String!, alt: String, mediaContentType: MediaContentType! }
type MediaUserError { code: String, field: [String!], message: String! }
type ProductCreateMediaPayload { media: [Media!], mediaUserErrors: [MediaUserError!]!, product: Product }
extend type Mutation {
  productCreate(input: ProductInput): ProductCreatePayload
  productCreateMedia(productId: ID!, media: [CreateMediaInput!]!): ProductCreateMediaPayload
}
"""
_ONE_VARIANT = {
    "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
    "variants": [{"optionValues": [{"optionName": "Title", "name": "Default Title"}]}],
}


def open_doors() -> None:
    """Let every store of this process answer them."""
    from shopify_bridge.sandbox import store

    wider = _wider(store.schema())
    store.schema = lambda: wider  # type: ignore[assignment]


@lru_cache(maxsize=1)
def _wider(known: GraphQLSchema) -> GraphQLSchema:
    from shopify_bridge.sandbox import products
    from shopify_bridge.sandbox.resolve.common import state_of
    from shopify_bridge.sandbox.resolve.mutations import mutation

    def create(info: Any, input: dict[str, Any]) -> dict[str, Any]:
        return products.product_set(state_of(info), None, _ONE_VARIANT | input)

    def create_media(info: Any, productId: str, media: list[dict[str, Any]]) -> dict[str, Any]:
        files = [{"originalSource": m["originalSource"], "alt": m.get("alt")} for m in media]
        product = products.product_set(state_of(info), {"id": productId}, {"files": files})
        return {"media": state_of(info).many(product["media"]), "product": product}

    wider = extend_schema(known, parse(_MORE))
    assert wider.mutation_type
    fields = wider.mutation_type.fields
    fields["productCreate"].resolve = mutation("product", create)
    fields["productCreateMedia"].resolve = mutation(None, create_media, errors="mediaUserErrors")
    wider.type_map["Collection"].fields["ruleSet"].resolve = lambda doc, info: None  # type: ignore[attr-defined]
    return wider
