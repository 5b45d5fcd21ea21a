"""What the shopper wants for an item: money, store credit, or other goods."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Sibling

from ...domain.reasons import Resolution
from .details import item_values
from .render import FormError
from .show import money
from .sums import quote
from .visit import EXCHANGE, OUTCOME, Visit, visit
from .words import words


def outcome(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """``draft/<id>/outcome/<n>/``: refund, store credit or exchange, as the rules offer."""
    here = visit(request, key, number)
    said = words(here.language)
    offered = [each for each in here.line.resolutions if each != Resolution.EXCHANGE or _siblings(here)]
    if request.method == "POST":
        chosen = request.POST.get("outcome", "")
        if chosen in offered:
            here.save(
                lambda known: known.about(here.place, resolution=chosen, exchange_variant_id="", quoted=0)
            )
            return here.onwards()
        errors = [FormError(said["choose_outcome"], "outcome-1")]
    else:
        chosen, errors = _before(here), []
    choices = [
        {
            "value": each,
            "name": said[f"outcome_{each}"],
            "hint": said[f"outcome_{each}_hint"],
            "checked": each == chosen,
        }
        for each in offered
    ]
    return _choice(here, OUTCOME, said["outcome_title"], choices, errors)


def _before(here: Visit) -> str:
    """What was chosen, else what was chosen for the item before."""
    earlier = here.answers.items[here.place - 1].resolution if here.place else ""
    return here.resolution(here.item) or earlier


def exchange(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """``draft/<id>/exchange/<n>/``: which other variant, of those that the shop has."""
    here = visit(request, key, number)
    said = words(here.language)
    found = _siblings(here)
    line = here.order.line(here.item.line_id)
    own = line.variant_id if line else ""
    chosen = here.item.exchange_variant_id
    errors: list[FormError] = []
    if request.method == "POST":
        chosen = request.POST.get("exchange", "")
        errors, price = _quoted(here, found, chosen)
        if not errors:
            answers = {"exchange_variant_id": chosen, "quoted": price}
            here.save(lambda known: known.about(here.place, **answers))
            return here.onwards()
    choices = [
        {
            "value": each.variant_id,
            "name": each.name,
            "hint": said["same_again"] if each.variant_id == own else "",
            "more": _price(each, here),
            "checked": each.variant_id == chosen,
        }
        for each in found
    ]
    return _choice(here, EXCHANGE, said["exchange_title"], choices, errors)


def _quoted(here: Visit, found: list[Sibling], chosen: str) -> tuple[list[FormError], int]:
    """What is wrong with the choice, and what it costs today."""
    said = words(here.language)
    if chosen not in {each.variant_id for each in found}:
        return [FormError(said["choose_exchange"], "exchange-1")], 0
    try:
        return [], quote(here, {chosen: here.item.quantity})[chosen]
    except (Conflict, Invalid, NotFound):
        return [FormError(said["exchange_gone"], "exchange-1")], 0


def _siblings(here: Visit) -> list[Sibling]:
    """Variants of the item's product of which the shop has enough."""
    order = here.order
    line = order.line(here.item.line_id)
    if line is None or not line.variant_id:
        return []
    rows = shop().siblings(line.variant_id, channel=order.channel)
    return [row for row in rows if row.free is None or row.free >= here.item.quantity]


def _price(row: Sibling, here: Visit) -> str:
    amount = money(row.price, row.currency, here.language)
    return words(here.language)["each_price"].format(amount=amount) if here.item.quantity > 1 else amount


def _choice(
    here: Visit, kind: str, title: str, choices: list[dict[str, Any]], errors: list[FormError]
) -> HttpResponse:
    values = {**item_values(here), "title": title, "choices": choices, "name": kind, "back": here.back(kind)}
    return here.page("choice.html", values, errors=errors)
