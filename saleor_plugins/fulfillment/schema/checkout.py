"""What storefronts may ask while the shopper still chooses: nothing is routed, written or reserved."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import require
from ...http.throttle import throttle
from ...kernel.errors import Invalid, Required
from ...platform import shop
from ...platform.port import Address, Cart
from .. import config
from ..usecases.check_availability import CAP, check_availability, check_items
from ..usecases.promise_delivery import promise_delivery

# Lines that one request may ask about, in all of its fields together.
MOST_LINES = 100
OPEN = (
    "Open to shoppers once the merchant has switched storefront answers on; until then it requires the "
    "permission MANAGE_ORDERS."
)


class GoodsInput(graphene.InputObjectType):
    """Units of a variant."""

    variant_id = graphene.ID(required=True, description="Saleor's ProductVariant id.")
    quantity = graphene.Int(required=True, description=f"From 1 to {CAP}.")


class ItemAvailabilityType(graphene.ObjectType):
    """How much of a variant can be shipped to the address now."""

    class Meta:
        name = "ItemAvailability"

    variant_id = graphene.ID(required=True)
    asked = graphene.Int(required=True, description="Units that were asked for.")
    available = graphene.Int(required=True, description=f"Units that can be shipped, at most {CAP}.")
    enough = graphene.Boolean(required=True)
    code = graphene.String(
        description="OUT_OF_STOCK, NO_WAREHOUSE, PARCEL_LIMIT or NOT_FOUND; null if there is enough."
    )


class AvailabilityType(graphene.ObjectType):
    """What can be shipped to an address now."""

    class Meta:
        name = "Availability"

    items = graphene.List(graphene.NonNull(ItemAvailabilityType), required=True)
    together = graphene.Boolean(required=True, description="Whether all of it can be shipped as one order.")


class DeliveryPromiseType(graphene.ObjectType):
    """When everything would arrive by a shipping method, if it were ordered now."""

    class Meta:
        name = "DeliveryPromise"

    shipping_method_id = graphene.ID(required=True, description="Saleor's ShippingMethod id.")
    shipping_method_name = graphene.String(required=True)
    complete = graphene.Boolean(required=True, description="Whether everything can be shipped.")
    code = graphene.String(description="Why not everything can be shipped; null if it can.")
    ship_on = graphene.Date(description="The day on which the last parcel leaves; null if it is not known.")
    arrives_on = graphene.Date(description="The day on which all is there; null if it is not known.")
    parcels = graphene.Int(required=True, description="How many parcels it would be.")


WHERE = {
    "country": graphene.String(description="Two letters, as in DE."),
    "postal_code": graphene.String(),
    "city": graphene.String(),
    "channel": graphene.String(description="The slug; may be left out when there is one channel only."),
}


class CheckoutQueries(graphene.ObjectType):
    """What can be asked in cart and checkout."""

    availability = graphene.Field(
        AvailabilityType,
        required=True,
        items=graphene.List(graphene.NonNull(GoodsInput), required=True),
        **WHERE,
        description=f"What of these goods can truly be shipped there. {OPEN}",
    )
    delivery_promises = graphene.List(
        graphene.NonNull(DeliveryPromiseType),
        required=True,
        checkout_id=graphene.ID(description="Saleor's Checkout id or token; or goods and a country."),
        items=graphene.List(graphene.NonNull(GoodsInput)),
        **WHERE,
        description=f"A promise for each shipping method that could be chosen. {OPEN}",
    )

    @staticmethod
    def resolve_availability(root: Any, info: Any, items: list[Any], **where: Any) -> AvailabilityType:
        _let_in(info)
        _spend(info, len(items))
        found = check_availability(_goods(items), address=_address(where), channel=where.get("channel") or "")
        return AvailabilityType(
            items=[
                ItemAvailabilityType(
                    variant_id=item.variant_id,
                    asked=item.asked,
                    available=item.available,
                    enough=item.enough,
                    code=item.code or None,
                )
                for item in found.items
            ],
            together=found.together,
        )

    @staticmethod
    def resolve_delivery_promises(
        root: Any, info: Any, checkout_id: str | None = None, items: list[Any] | None = None, **where: Any
    ) -> list[DeliveryPromiseType]:
        _let_in(info)
        return [
            DeliveryPromiseType(
                shipping_method_id=row.method.id,
                shipping_method_name=row.method.name,
                complete=row.complete,
                code=row.code or None,
                ship_on=row.ship_on,
                arrives_on=row.arrives_on,
                parcels=row.parcels,
            )
            for row in promise_delivery(_cart(info, checkout_id, items, where))
        ]


def _let_in(info: Any) -> None:
    """Shoppers only when the merchant wants it, and not too often; staff always."""
    if info.context.asker.may("MANAGE_ORDERS"):
        return
    values = config.values()
    if not values["storefront_answers"]:
        require(info, "MANAGE_ORDERS")
    throttle(info.context, "storefront", values["storefront_per_minute"])


def _spend(info: Any, lines: int) -> None:
    spent = getattr(info.context, "lines_asked", 0) + lines
    info.context.lines_asked = spent
    if spent > MOST_LINES:
        raise Invalid(f"At most {MOST_LINES} lines in one request.", field="items")


def _cart(info: Any, checkout_id: str | None, items: list[Any] | None, where: dict[str, Any]) -> Cart:
    if (checkout_id is None) == (items is None):
        raise Required("Name either the checkout or the items.", field="checkoutId")
    if checkout_id is not None:
        cart = shop().cart(checkout_id)
        _spend(info, len(cart.lines))
        return cart
    _spend(info, len(items or ()))
    asked = check_items(_goods(items or ()))
    address = _address(where)
    if not address.country:
        raise Required("Name the country.", field="country")
    return shop().goods(list(asked.items()), address=address, channel=where.get("channel") or "")


def _goods(items: Any) -> list[tuple[str, int]]:
    return [(item["variant_id"], item["quantity"]) for item in items]


def _address(where: dict[str, Any]) -> Address:
    return Address(
        country=(where.get("country") or "").strip().upper(),
        postal_code=(where.get("postal_code") or "").strip(),
        city=(where.get("city") or "").strip(),
    )
