"""The types of the Webhooks plugin's GraphQL API."""

from __future__ import annotations

from typing import Any

import graphene

from ..http.api import connection
from ..kernel.ids import to_global
from .models import State

DeliveryState = graphene.Enum("DeliveryState", [(state, state) for state in State.values])


class EventTopic(graphene.ObjectType):
    """Something that can happen, and that an endpoint can subscribe to."""

    name = graphene.String(required=True)
    description = graphene.String(required=True)


class Endpoint(graphene.ObjectType):
    """Where events are posted."""

    class Meta:
        name = "WebhookEndpoint"

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    url = graphene.String(required=True)
    topics = graphene.List(graphene.NonNull(graphene.String), required=True)
    enabled = graphene.Boolean(required=True)
    disabled_reason = graphene.String(required=True, description="Why it was disabled, if we did it.")
    paused_until = graphene.DateTime(description="It gave no answer, and is left alone until then.")
    created = graphene.DateTime(required=True)

    def resolve_id(self, info: Any) -> str:
        return to_global("WebhookEndpoint", self.pk)


class Attempt(graphene.ObjectType):
    """One failed attempt."""

    at = graphene.String(required=True, description="ISO 8601, UTC.")
    attempt = graphene.Int(required=True)
    error = graphene.String(required=True)


class EventDelivery(graphene.ObjectType):
    """One event for one subscriber."""

    id = graphene.ID(required=True)
    event_id = graphene.String(required=True, description="The webhook-id header.")
    topic = graphene.String(required=True)
    subscriber = graphene.String(required=True, description="A handler's name, or webhook:<uuid>.")
    state = graphene.Field(DeliveryState, required=True)
    attempts = graphene.Int(required=True)
    created = graphene.DateTime(required=True, description="When the event happened.")
    due_at = graphene.DateTime(required=True, description="When it is tried next, while it is open.")
    last_error = graphene.String(required=True)
    log = graphene.List(graphene.NonNull(Attempt), required=True, description="The last failed attempts.")

    def resolve_id(self, info: Any) -> str:
        return to_global("EventDelivery", self.pk)

    def resolve_event_id(self, info: Any) -> str:
        return str(self.event_id)

    def resolve_topic(self, info: Any) -> str:
        return self.event.topic

    def resolve_created(self, info: Any) -> Any:
        return self.event.created


EndpointConnection = connection(Endpoint, "WebhookEndpoint")
DeliveryConnection = connection(EventDelivery)
