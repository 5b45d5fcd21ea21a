"""How goods come back: the carrier whose labels shoppers get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from saleor_plugins.carriers import NotInstalled, connect
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform.settings import Setting, choice, integer, text

FORMATS = ("PDF", "PNG")


def _account(value: Any) -> str:
    """A JSON object as the merchant wrote it, or nothing."""
    given = text(value)
    try:
        known = isinstance(json.loads(given or "{}"), dict)
    except (ValueError, RecursionError):
        known = False
    if not known:
        raise Invalid("Must be a JSON object.")
    return given


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "label_carrier",
        "",
        "Label carrier",
        "karrio's name of the carrier whose labels bring returns back, such as dhl_parcel_de. Empty: no "
        "labels, shoppers send with a carrier of their own.",
    ),
    Setting(
        "label_account",
        "",
        "Label account",
        "What karrio's package asks for to sign in with the carrier, as JSON.",
        kind="SECRET",
        parse=_account,
    ),
    Setting("label_service", "", "Label service", "The carrier's service for returns, by karrio's name."),
    Setting(
        "label_format",
        "PDF",
        "Label format",
        "PDF or PNG: shoppers print it themselves.",
        parse=lambda value: choice(*FORMATS)(text(value).upper()),
    ),
    Setting(
        "label_grams",
        "500",
        "Weight of an item (g)",
        "Told to the carrier for items whose weight Saleor does not know.",
        parse=integer(1, 100_000),
    ),
)


def check_labels(values: Mapping[str, Any]) -> None:
    """Raises Invalids naming the setting without which no label can be bought. Talks to nobody."""
    if not values["label_carrier"]:
        return
    if not values["label_service"]:
        raise Invalids([Invalid("A carrier needs a service.", field="label_service", code="REQUIRED")])
    try:
        connect(values["label_carrier"], values["label_account"])
    except NotInstalled as error:
        raise Invalids([Invalid(error.message, field="label_carrier", code=error.code)]) from None
    except Invalid as error:
        raise Invalids([Invalid(error.message, field="label_account")]) from None
