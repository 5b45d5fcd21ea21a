"""The settings of the router in cart and checkout. All of it is off until a merchant switches it on."""

from __future__ import annotations

from ..platform.settings import Setting, boolean, choice, decimal, integer

AS_LISTED = "listed"
AS_ROUTED = "routed"

CHECKOUT_SETTINGS = (
    Setting(
        "storefront_answers",
        False,
        "Tell shoppers what can be shipped, and when",
        "Storefronts may ask the API for availability and delivery promises without a token.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting(
        "storefront_per_minute",
        "120",
        "Storefront questions per minute",
        "How often one client may ask within a minute; 0 is without limit.",
        parse=integer(0, 1_000_000),
    ),
    Setting(
        "refuse_unshippable",
        False,
        "Refuse orders that no warehouse can ship",
        "The checkout is not completed, and the shopper reads which line it is about and why.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting(
        "shipping_price",
        AS_LISTED,
        "Shipping price",
        "listed: the shipping method's own; routed: what the parcels cost, as the order would be routed now. "
        "Free shipping stays free. On Saleor 3 only in channels whose taxes come from a tax app or plugin.",
        parse=choice(AS_LISTED, AS_ROUTED),
    ),
    Setting(
        "shipping_margin",
        "0",
        "Shipping price: margin in percent",
        "Added to what the parcels cost; may be negative.",
        parse=decimal("-100", "1000"),
    ),
    Setting(
        "shipping_surcharge",
        "0",
        "Shipping price: fixed surcharge",
        "Added once per order, in the order's currency.",
        parse=decimal("0", "100000"),
    ),
)
