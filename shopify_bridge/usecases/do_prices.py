"""Setting fixed prices of price lists, 250 a call, and remembering which of them are ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from ..domain.market import Pair, PriceChange, change_from, text
from ..models import AgreedPrice, Change, Kind
from ..shopify import prices
from ..shopify.errors import UserErrors
from .outcome import Bulkable, Done
from .sides import Sides

DOCUMENT = "BridgeSetPrices"
_GONE = {"VARIANT_NOT_FOUND", "PRICE_NOT_FIXED"}
Given = list[tuple[str, PriceChange]]


def set_prices(change: Change, sides: Sides) -> Done:
    """Bring each price from what the plan saw to what Saleor says; one that moved since is left alone."""
    price_list, currency = change.payload["list"], change.payload["currency"]
    given, missing = _resolved(change, sides)
    # A variant that this run made had no price before.
    known = [gid for gid, item in given if item.gid]
    now = prices.of_variants(sides.client, price_list, currency, known)
    todo, there, moved = _sorted(given, now)
    gone = _write(sides, price_list, currency, todo)
    left = {gid for gid, _ in gone}
    _remember(sides, price_list, [item for gid, item in (*there, *todo) if gid not in left])
    problems = [
        f"{item.label} {text(item.before, currency)} -> {text(now.get(gid), currency)}" for gid, item in moved
    ]
    alarm = f"changed in Shopify since the plan: {', '.join(problems[:5])}; plan again" if problems else ""
    lost = [item.label for item in missing] + [item.label for _, item in gone]
    if lost and not alarm:
        alarm = f"{len(lost)} variants are not in Shopify: {', '.join(lost[:5])}; plan again"
    return Done(alarm=alarm)


def _resolved(change: Change, sides: Sides) -> tuple[Given, list[PriceChange]]:
    """The changes by variant gid, and those whose variant is not in Shopify."""
    items = [change_from(entry) for entry in change.payload["prices"]]
    made = sides.gids(Kind.VARIANT, [item.variant for item in items if not item.gid])
    given = [(item.gid or made.get(item.variant, ""), item) for item in items]
    return [pair for pair in given if pair[0]], [item for gid, item in given if not gid]


def _sorted(given: Given, now: Mapping[str, Pair]) -> tuple[Given, Given, Given]:
    """To be written, there already, and changed by somebody since the plan."""
    todo, there, moved = [], [], []
    for gid, item in given:
        found = now.get(gid)
        if found == item.after:
            there.append((gid, item))
        elif found == item.before:
            todo.append((gid, item))
        else:
            moved.append((gid, item))
    return todo, there, moved


def _write(sides: Sides, price_list: str, currency: str, todo: Given) -> Given:
    """One call; variants that were deleted meanwhile are left out of a second one and answered."""
    if not todo:
        return []
    try:
        sides.client.write(DOCUMENT, **prices.variables(price_list, currency, todo))
    except UserErrors as error:
        gone = _named(error, todo)
        if not gone or error.codes - _GONE:
            raise
        left = [pair for pair in todo if pair not in gone]
        if left:
            sides.client.write(DOCUMENT, **prices.variables(price_list, currency, left))
        return gone
    return []


def _named(error: UserErrors, todo: Given) -> Given:
    """The changes that the errors point at by their place in a list."""
    lists = {
        "pricesToAdd": [pair for pair in todo if pair[1].after],
        "variantIdsToDelete": [pair for pair in todo if pair[1].after is None],
    }
    found = []
    for entry in error.entries:
        name, place = ([*(entry.get("field") or []), "", ""])[:2]
        if name in lists and str(place).isdigit() and int(place) < len(lists[name]):
            found.append(lists[name][int(place)])
    return found


def _remember(sides: Sides, price_list: str, done: Sequence[PriceChange]) -> None:
    """Which prices are ours, and what they were when both sides agreed."""
    rows = [
        AgreedPrice(
            store=sides.store,
            price_list=price_list,
            variant=item.variant,
            price=item.after[0],
            compare_at=item.after[1],
        )
        for item in done
        if item.after
    ]
    AgreedPrice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["store", "price_list", "variant"],
        update_fields=["price", "compare_at"],
    )
    gone = [item.variant for item in done if item.after is None]
    AgreedPrice.objects.filter(store=sides.store, price_list=price_list, variant__in=gone).delete()


# In bulk a line carries a change, which is up to 250 prices; what is there is read in one query before.

_ahead: WeakKeyDictionary[Sides, dict[str, dict[str, Pair]]] = WeakKeyDictionary()


def _look(changes: Sequence[Change], sides: Sides) -> None:
    """Read the lists once for a bulk operation: it is worth it for no fewer prices than they have."""
    known = _ahead.setdefault(sides, {})
    wanted = {change.payload["list"]: change.payload["currency"] for change in changes}
    missing = {gid: currency for gid, currency in wanted.items() if gid not in known}
    if missing:
        known |= {gid: {} for gid in missing}
        for gid, variant, pair in prices.in_bulk(sides.client, missing):
            known[gid][variant] = pair


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    price_list = change.payload["list"]
    now = _ahead.get(sides, {}).get(price_list)
    given, missing = _resolved(change, sides)
    if missing or now is None:
        return None
    todo, _, moved = _sorted(given, now)
    if moved or len(todo) < len(given):
        return None
    return prices.variables(price_list, change.payload["currency"], todo)


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    items = [change_from(entry) for entry in change.payload["prices"]]
    _remember(sides, change.payload["list"], items)
    return Done()


BULK_PRICE = Bulkable(DOCUMENT, _line, _learn, _look)
