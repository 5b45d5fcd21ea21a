"""How orders reach suppliers."""

from __future__ import annotations

from typing import Any

from ...http.texts import is_address
from ...kernel.errors import Invalid
from ...platform.settings import Setting, choice, integer, text

MAX_ADDRESS = 400
PAPERS = ("A4", "LETTER")


def _parts(value: Any) -> tuple[str, ...]:
    """Lines of an address, which the dashboard's field takes as one."""
    given = text(value)
    if len(given) > MAX_ADDRESS:
        raise Invalid(f"Must have at most {MAX_ADDRESS} characters.")
    return tuple(part.strip() for part in given.replace("\n", ";").split(";") if part.strip())


def _mail(value: Any) -> str:
    given = text(value)
    if given and not is_address(given):
        raise Invalid("Must be a mail address.")
    return given


SETTINGS = (
    Setting(
        "order_sender",
        "",
        "Your address on orders",
        "With ; between its lines: Northwind GmbH; Hafenstr. 1; 20457 Hamburg. Empty: your site's name.",
        parse=_parts,
    ),
    Setting(
        "order_reply_to", "", "Suppliers answer to", "The mail address for replies to orders.", parse=_mail
    ),
    Setting(
        "order_link_days",
        "60",
        "Link of an order (days)",
        "How long a supplier may open an order and confirm it: 1 to 365.",
        parse=integer(1, 365),
    ),
    Setting("order_paper", "A4", "Paper of orders", "A4 or LETTER.", parse=choice(*PAPERS)),
)
