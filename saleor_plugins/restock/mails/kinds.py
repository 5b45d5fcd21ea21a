"""The kinds of mail to shoppers who wait for stock."""

from __future__ import annotations

from collections.abc import Mapping

from ...mails.kinds import SHOP, Form, Kind, Variable

CONFIRM, BACK = "alert_confirm", "back_in_stock"
_PRODUCT = Variable("product", Form.TEXT, "the product and its variant", "Linen shirt (M)", required=True)

KINDS: Mapping[str, Kind] = {
    CONFIRM: Kind(
        CONFIRM,
        "The link with which a guest confirms the address.",
        (
            *SHOP,
            _PRODUCT,
            Variable(
                "confirm", Form.LINK, "the link", "https://shop.example/alerts/confirm/", required=True
            ),
            Variable("hours", Form.TEXT, "for how many hours it works", 48),
        ),
        optional=False,
    ),
    BACK: Kind(
        BACK,
        "What a shopper waits for is there again.",
        (
            *SHOP,
            _PRODUCT,
            Variable("page", Form.LINK, "its page; empty without one", "https://shop.example/shirt/"),
        ),
        optional=False,
    ),
}  # fmt: skip
