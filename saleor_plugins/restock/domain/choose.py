"""Who to buy from: the offer that costs least a year, or the quickest where costs cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence

from .facts import Offer, Outlook, Seen
from .outlook import Row


def choose(rows: Sequence[Row], outlooks: Sequence[Outlook]) -> list[Seen]:
    """Each need with its best offer. `rows` and their `outlooks` stand in the order of needs.

    The least cost a year, delivery's risk and the supplier's minimums counted; then the quicker
    supplier, then the name, so that the choice stays. Offers in several currencies of which one has no
    rate are not compared: the quickest wins, and `mixed` says so.
    """
    found: list[Seen] = []
    begin = 0
    while begin < len(rows):
        end = begin
        while end < len(rows) and rows[end].at == rows[begin].at:
            end += 1
        found.append(_best(rows[begin:end], outlooks[begin:end]))
        begin = end
    return found


def _best(rows: Sequence[Row], outlooks: Sequence[Outlook]) -> Seen:
    mixed = _mixed([row.offer for row in rows if row.offer])
    best = min(range(len(rows)), key=lambda at: _rank(rows[at], outlooks[at], mixed))
    row = rows[best]
    rivals = len(rows) - 1 if row.offer else 0
    return Seen(row.need, row.offer, outlooks[best], rivals, mixed)


def _mixed(offers: Sequence[Offer]) -> bool:
    currencies = {offer.terms.currency for offer in offers}
    return len(currencies) > 1 and any(offer.rate is None for offer in offers)


def _rank(row: Row, outlook: Outlook, mixed: bool) -> tuple[float, float, str, str]:
    if row.offer is None:
        return 0.0, 0.0, "", ""
    terms, lead = row.offer.terms, row.lead.mean
    return (0.0 if mixed else round(outlook.yearly, 6)), lead, terms.supplier, terms.item_id
