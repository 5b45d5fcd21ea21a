"""Notify me: for shoppers, and how many of them wait, for staff."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import MAX_PAGE, Mutation, require
from ...http.throttle import throttle
from ...kernel.errors import Invalid
from ..store import alerts as store
from ..usecases.confirm_alert import confirm_alert
from ..usecases.subscribe_alert import Answer, subscribe_alert
from ..usecases.unsubscribe_alert import unsubscribe_alert
from .base import NEEDS, PERMISSION

PER_MINUTE = 20
StockAlertAnswer = graphene.Enum("StockAlertAnswer", [(each.name, each.value) for each in Answer])


class StockAlertCount(graphene.ObjectType):
    """How many shoppers wait for a variant in a channel."""

    variant_id = graphene.ID(required=True)
    channel = graphene.String(required=True, description="Empty without channels.")
    waiting = graphene.Int(required=True)
    unconfirmed = graphene.Int(required=True, description="Guests who have not clicked the link yet.")


class AlertQueries:
    """Who waits, in numbers."""

    stock_alert_counts = graphene.List(
        graphene.NonNull(StockAlertCount),
        required=True,
        description=f"What most shoppers wait for comes first. {NEEDS}",
        variant_ids=graphene.List(graphene.NonNull(graphene.ID), description="Only these variants."),
        first=graphene.Int(default_value=20, description=f"How many, from 1 to {MAX_PAGE}."),
    )

    def resolve_stock_alert_counts(
        root, info: Any, first: int, variant_ids: list[str] | None = None
    ) -> list[StockAlertCount]:
        require(info, PERMISSION)
        if not 1 <= first <= MAX_PAGE:
            raise Invalid(f"Must be from 1 to {MAX_PAGE}.", field="first")
        return [StockAlertCount(**row) for row in store.most_wanted(variant_ids, first)]


class StockAlertSubscribe(Mutation):
    """Asks for one mail when a variant is there again; anybody may.

    Guests confirm their address by a mail. The answer never says who is known. Signed-in customers need not
    name an address.
    """

    class Arguments:
        variant_id = graphene.ID(required=True)
        channel = graphene.String(description="Its slug; needed where there are several.")
        country = graphene.String(description="Only stock that ships there counts: two letters.")
        email = graphene.String()
        language = graphene.String(description="Of the mails: en, de or pl.")

    outcome = graphene.Field(StockAlertAnswer, description="What to tell the shopper.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, "restock.alerts", PER_MINUTE)
        names = ("channel", "country", "email", "language")
        found = subscribe_alert(
            info.context.asker, data["variant_id"], **{name: data.get(name) or "" for name in names}
        )
        return {"outcome": found.value}


class StockAlertConfirm(Mutation):
    """Confirms a guest's address with the token of the first mail's link."""

    class Arguments:
        token = graphene.String(required=True)

    confirmed = graphene.Boolean(description="False for a link that is not ours or too old.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, "restock.alerts", PER_MINUTE)
        return {"confirmed": confirm_alert(data["token"]) is not None}


class StockAlertUnsubscribe(Mutation):
    """Ends all that an address waits for, with the token of a mail's link."""

    class Arguments:
        token = graphene.String(required=True)

    unsubscribed = graphene.Boolean(description="False for a link that is not ours.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, "restock.alerts", PER_MINUTE)
        return {"unsubscribed": unsubscribe_alert(data["token"])}


class AlertMutations:
    """For shoppers."""

    stock_alert_subscribe = StockAlertSubscribe.Field()
    stock_alert_confirm = StockAlertConfirm.Field()
    stock_alert_unsubscribe = StockAlertUnsubscribe.Field()
