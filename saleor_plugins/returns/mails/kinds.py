"""The kinds of mail to shoppers who send something back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from saleor_plugins.mails.kinds import SHOP, Form, Kind, Variable

_LINES = (("Linen shirt (M)", 2), ("Wool scarf", 1))
_UNTIL = date(2026, 12, 1)
_ORDER = Variable("order", Form.TEXT, "the order's number", "1042")
_RETURN = (
    *SHOP,
    _ORDER,
    Variable("number", Form.TEXT, "the return's number", "1042-R1"),
    Variable("items", Form.UNITS, "how many items", 3),
    Variable("lines", Form.LINES, "which items", _LINES),
    Variable("portal", Form.LINK, "the shopper's page of the return", "https://shop.example/returns/"),
)
_UNTIL_DAY = Variable("until", Form.DAY, "the last day to send the goods; empty without one", _UNTIL)
_LABEL = Variable("label", Form.LINK, "the label, as soon as there is one", "https://shop.example/label/")
_SLIP = Variable("slip", Form.LINK, "the return slip to print", "https://shop.example/slip/")
_DROP_OFF = Variable("drop_off", Form.LINK, "the page with the code to show at the counter")
_NEW_ORDER = Variable("new_order", Form.TEXT, "the new order's number", "1057")


def _required(variable: Variable, **changes: Any) -> Variable:
    return Variable(**{**vars(variable), "required": True, **changes})


_ALL = (
    Kind(
        "access_code",
        "The code with which a shopper opens their order.",
        (
            *SHOP,
            _ORDER,
            Variable("code", Form.TEXT, "the code", "7KDM2QXR", required=True),
            Variable("minutes", Form.MINUTES, "how long it works", 15),
        ),
        optional=False,
    ),
    Kind(
        "withdrawal_acknowledged",
        "That a withdrawal from the contract was received, with its content and time, as Article 11a of "
        "Directive 2011/83/EU demands.",
        (
            *SHOP,
            _required(_ORDER, form=Form.TYPED, about="the order's number as it was typed"),
            Variable(
                "received",
                Form.MOMENT,
                "when it was received",
                datetime(2026, 11, 16, 13, 5, 10, tzinfo=UTC),
                required=True,
            ),
            Variable("name", Form.TYPED, "who withdrew, as they typed it", "Ada Example", required=True),
            Variable("email", Form.TYPED, "the e-mail address they gave", "ada@example.com"),
            Variable(
                "goods", Form.GOODS, "what they withdrew from", "2 x Linen shirt (M)", required=True
            ),
        ),
        optional=False,
    ),
    Kind("return_requested", "A return was asked for, and waits for your yes or no.", _RETURN),
    Kind(
        "approved",
        "A return was approved: where to send the goods, how, until when.",
        (
            *_RETURN,
            _UNTIL_DAY,
            Variable(
                "address",
                Form.BLOCK,
                "where to send the goods; empty with a label",
                "Example Shop Returns\nHauptstr. 1\n10115 Berlin\nGermany",
            ),
            _LABEL,
            Variable("label_follows", Form.YES, "whether the label comes in a mail of its own", False),
            _SLIP,
            _DROP_OFF,
            Variable("declined", Form.LINES, "items that were not approved", ()),
        ),
    ),
    Kind(
        "declined",
        "A return was declined.",
        (*_RETURN, Variable("reason", Form.QUOTE, "your reason", "The items were worn.")),
    ),
    Kind("canceled", "A return was cancelled.", _RETURN),
    Kind("received", "A parcel of a return arrived; the items are those in it.", _RETURN),
    Kind("kept", "The shopper may keep the items and gets the money.", _RETURN),
    Kind(
        "refunded",
        "The money was given back, row by row.",
        (
            *_RETURN,
            Variable(
                "rows",
                Form.ROWS,
                "what the refund is made of",
                (("ITEM", "Linen shirt (M)", 2, 7980, "EUR"), ("LABEL", "", 1, -490, "EUR")),
            ),
            Variable("total", Form.MONEY, "what was given back", (7490, "EUR"), required=True),
            Variable("parts", Form.ROWS, "how it was given", (("PAYMENT", "", 1, 7490, "EUR"),)),
        ),
    ),
    Kind(
        "store_credit",
        "The refund was given as a gift card, whose code comes in a mail of its own.",
        (
            *_RETURN,
            Variable(
                "rows",
                Form.ROWS,
                "what the refund is made of",
                (("ITEM", "Linen shirt (M)", 2, 7980, "EUR"),),
            ),
            Variable("total", Form.MONEY, "what the gift card is worth", (7980, "EUR"), required=True),
        ),
    ),
    Kind(
        "exchanged",
        "A new order was made for returned items.",
        (
            *_RETURN,
            _NEW_ORDER,
            Variable("price", Form.MONEY, "what the new order costs", (8990, "EUR")),
            Variable("to_pay", Form.MONEY, "what is left to pay; empty for nothing", (1010, "EUR")),
            Variable("back", Form.MONEY, "what is given back; empty for nothing", ""),
        ),
    ),
    Kind(
        "message",
        "You wrote to the shopper about a return.",
        (
            *_RETURN,
            Variable("message", Form.QUOTE, "what you wrote", "Could you send us a photo?", required=True),
        ),
    ),
    Kind(
        "reminder",
        "The goods of an approved return are not on their way yet, and its last day is near.",
        (*_RETURN, _UNTIL_DAY, Variable("left", Form.DAYS, "how many days are left", 3), _LABEL, _SLIP),
    ),
    Kind("expired", "Nobody sent the goods of an approved return in time.", _RETURN),
    Kind(
        "label_ready",
        "The label of a return was bought.",
        (*_RETURN, _UNTIL_DAY, _required(_LABEL, about="the label"), _DROP_OFF),
    ),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
