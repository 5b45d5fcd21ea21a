"""Webhook subscriptions in the schema."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .resolve.common import Fields, get, listed
from .resolve.mutations import mutation
from .state import Doc
from .webhook_payloads import number

_API = {"handle": "2026-10", "displayName": "2026-10", "supported": True}


def _subscriptions(_: Any, info: GraphQLResolveInfo, **args: Any) -> Doc:
    """Oldest first, unless reversed; sorted by creation and by id is the same here."""
    topics, uri = args.get("topics"), args.get("uri")
    found = [
        doc
        for doc in info.context.webhooks.all()
        if (not topics or doc["topic"] in topics) and (not uri or doc["uri"] == uri)
    ]
    if args.get("reverse"):
        found.reverse()
    return listed(found, args.get("first"), args.get("after"))


FIELDS: Fields = {
    "QueryRoot": {
        "webhookSubscription": get(),
        "webhookSubscriptions": _subscriptions,
        "webhookSubscriptionsCount": lambda _, info, **args: {
            "count": len(info.context.webhooks.all()),
            "precision": "EXACT",
        },
    },
    "Mutation": {
        "webhookSubscriptionCreate": mutation(
            "webhookSubscription",
            lambda info, topic, webhookSubscription: info.context.webhooks.create(topic, webhookSubscription),
        ),
        "webhookSubscriptionUpdate": mutation(
            "webhookSubscription",
            lambda info, id, webhookSubscription: info.context.webhooks.update(id, webhookSubscription),
        ),
        "webhookSubscriptionDelete": mutation(
            "deletedWebhookSubscriptionId", lambda info, id: info.context.webhooks.delete(id)
        ),
    },
    "WebhookSubscription": {
        "apiVersion": lambda doc, info: _API,
        "legacyResourceId": lambda doc, info: str(number(doc["id"])),
    },
}
