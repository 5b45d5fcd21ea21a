"""The GraphQL API of the Webhooks plugin. Everything requires MANAGE_PLUGINS."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import QuerySet

from ..http.api import Mutation, connection_field, page, require
from ..http.graphql import GraphQLView
from ..kernel.errors import Conflict, NotFound
from ..kernel.ids import own_key
from . import endpoints, relay, secrets
from .models import Delivery, WebhookEndpoint
from .registry import registry
from .schema_types import (
    DeliveryConnection,
    DeliveryState,
    Endpoint,
    EndpointConnection,
    EventDelivery,
    EventTopic,
)

PERMISSION = "MANAGE_PLUGINS"
_NEEDS = f"Requires the permission {PERMISSION}."


class EndpointMutation(Mutation):
    """Base of the mutations that answer an endpoint."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        found = _endpoints().filter(pk=result["id"]).first()
        if "sealed" in result:
            return cls(endpoint=found, secret=secrets.decrypt(result["sealed"]))
        return cls(endpoint=found)


class WebhookEndpointCreate(EndpointMutation):
    """Adds an endpoint. Its secret is answered here, and never again."""

    class Arguments:
        url = graphene.String(required=True, description="A public https address.")
        topics = graphene.List(graphene.NonNull(graphene.String), required=True)
        name = graphene.String()

    endpoint = graphene.Field(Endpoint)
    secret = graphene.String(description="whsec_...: verifies signatures. Keep it.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        endpoint = endpoints.create(data["url"], data["topics"], data.get("name") or "")
        return _with_secret(endpoint)


class WebhookEndpointUpdate(EndpointMutation):
    """Changes what is given. Enabling it again forgets why it was disabled."""

    class Arguments:
        id = graphene.ID(required=True)
        url = graphene.String()
        topics = graphene.List(graphene.NonNull(graphene.String))
        name = graphene.String()
        enabled = graphene.Boolean()

    endpoint = graphene.Field(Endpoint)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data.pop("id"), "WebhookEndpoint")
        return {"id": str(endpoints.update(key, **data).pk)}


class WebhookEndpointDelete(Mutation):
    """Removes an endpoint, and what was still to be sent to it."""

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION
    deleted_id = graphene.ID()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        endpoints.delete(own_key(data["id"], "WebhookEndpoint"))
        return {"deleted_id": data["id"]}


class WebhookEndpointSecretRotate(EndpointMutation):
    """Answers a new secret. For 24 hours requests carry signatures of both."""

    class Arguments:
        id = graphene.ID(required=True)

    endpoint = graphene.Field(Endpoint)
    secret = graphene.String()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _with_secret(endpoints.rotate_secret(own_key(data["id"], "WebhookEndpoint")))


class DeliveryMutation(Mutation):
    """Base of the mutations that answer a delivery."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(delivery=_deliveries().filter(pk=result["id"]).first())


class WebhookEndpointPing(DeliveryMutation):
    """Sends the test event webhook.ping to this endpoint alone."""

    class Arguments:
        id = graphene.ID(required=True)

    delivery = graphene.Field(EventDelivery)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(endpoints.ping(own_key(data["id"], "WebhookEndpoint")).pk)}


class DeliveryReplay(DeliveryMutation):
    """Tries a dead letter again from the start, with the same webhook-id."""

    class Arguments:
        id = graphene.ID(required=True)

    delivery = graphene.Field(EventDelivery)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "EventDelivery")
        rows = Delivery.objects.filter(pk=key)
        if not rows.exists():
            raise NotFound("There is no such delivery.", field="id")
        if not relay.replay(rows):
            raise Conflict("Only a dead letter can be replayed.", field="id")
        return {"id": key}


class Query(graphene.ObjectType):
    """What can be read."""

    event_topics = graphene.List(
        graphene.NonNull(EventTopic), required=True, description=f"What there is to subscribe to. {_NEEDS}"
    )
    webhook_endpoints = connection_field(EndpointConnection, f"All endpoints. {_NEEDS}")
    deliveries = connection_field(
        DeliveryConnection,
        f"What was, is being or could not be delivered. {_NEEDS}",
        state=graphene.Argument(DeliveryState),
        topic=graphene.String(),
    )

    def resolve_event_topics(self, info: Any) -> list[EventTopic]:
        require(info, PERMISSION)
        return [EventTopic(name=name, description=text) for name, text in sorted(registry.topics.items())]

    def resolve_webhook_endpoints(self, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(EndpointConnection, _endpoints(), first, after)

    def resolve_deliveries(
        self,
        info: Any,
        first: int,
        after: str | None = None,
        state: str | None = None,
        topic: str | None = None,
    ) -> Any:
        require(info, PERMISSION)
        wanted = {name: value for name, value in (("state", state), ("event__topic", topic)) if value}
        return page(DeliveryConnection, _deliveries().filter(**wanted), first, after)


class Mutations(graphene.ObjectType):
    """What can be done."""

    webhook_endpoint_create = WebhookEndpointCreate.Field()
    webhook_endpoint_update = WebhookEndpointUpdate.Field()
    webhook_endpoint_delete = WebhookEndpointDelete.Field()
    webhook_endpoint_secret_rotate = WebhookEndpointSecretRotate.Field()
    webhook_endpoint_ping = WebhookEndpointPing.Field()
    delivery_replay = DeliveryReplay.Field()


def _with_secret(endpoint: WebhookEndpoint) -> dict[str, Any]:
    # Sealed, because the answers to idempotency keys are stored.
    return {"id": str(endpoint.pk), "sealed": secrets.encrypt(endpoint.secret)}


def _endpoints() -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.defer("secret", "previous_secret")


def _deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("event")


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
