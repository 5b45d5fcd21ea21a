"""The oracle: what must be true after every step, and at the end. It shares no code with the desk."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from saleor_plugins.returns.models import PaymentLedger, RefundPart

from .world import Violation, World

# Each finds rows that contradict the ledger they are the sum of.
SUMS = {
    "units of an order line": """
        SELECT l.order_line_id FROM ops_returns_returnableline l LEFT JOIN (
            SELECT line_id, sum(requested - declined - received - missing - kept) held,
                sum(received) received, sum(kept) kept, sum(credited) credited
            FROM ops_returns_returnline GROUP BY line_id
        ) r ON r.line_id = l.order_line_id
        WHERE l.reserved <> coalesce(held, 0) OR l.returned <> coalesce(r.received, 0)
            OR l.kept <> coalesce(r.kept, 0) OR l.credited <> coalesce(r.credited, 0)
            OR l.shipped < l.reserved + l.returned + l.kept OR l.shipped > l.sold""",
    "credit of an order line": """
        SELECT l.order_line_id FROM ops_returns_returnableline l LEFT JOIN (
            SELECT order_line_id, count(*) units, sum(net) net, sum(tax) tax
            FROM ops_returns_refundallocation WHERE component = 'ITEM' GROUP BY order_line_id
        ) a ON a.order_line_id = l.order_line_id
        WHERE l.credited <> coalesce(a.units, 0) OR l.credited_net <> coalesce(a.net, 0)
            OR l.credited_tax <> coalesce(a.tax, 0)
            OR (l.sold > 0 AND (l.credited_net <> l.paid_net * l.credited / l.sold
                OR l.credited_tax <> l.paid_tax * l.credited / l.sold))""",
    "parcels of a line": """
        SELECT r.id::text FROM ops_returns_returnline r LEFT JOIN (
            SELECT return_line_id, sum(quantity) received, sum(judged) judged
            FROM ops_returns_receiptline GROUP BY return_line_id
        ) p ON p.return_line_id = r.id
        WHERE r.received <> coalesce(p.received, 0) OR r.accepted + r.rejected <> coalesce(p.judged, 0)
            OR r.settled > r.credited OR r.credited > r.accepted + r.kept + r.advanced""",
    "a payment": """
        SELECT y.payment_id FROM ops_returns_paymentledger y LEFT JOIN (
            SELECT payment_id, sum(amount) FILTER (WHERE state IN ('RESERVED', 'SENT', 'UNKNOWN')) pending,
                sum(amount) FILTER (WHERE state = 'SUCCEEDED') ours
            FROM ops_returns_refundpart GROUP BY payment_id
        ) p ON p.payment_id = y.payment_id
        WHERE y.pending <> coalesce(p.pending, 0) OR y.ours <> coalesce(p.ours, 0)
            OR y.captured < y.pending + y.refunded OR y.refunded < y.ours""",
    "a refund": """
        SELECT f.id::text FROM ops_returns_refund f LEFT JOIN (
            SELECT refund_id, sum(net) net, sum(tax) tax FROM ops_returns_refundallocation GROUP BY refund_id
        ) a ON a.refund_id = f.id LEFT JOIN (
            SELECT refund_id, sum(amount) given,
                bool_or(state IN ('RESERVED', 'SENT', 'UNKNOWN')) busy, bool_or(state = 'FAILED') failed
            FROM ops_returns_refundpart WHERE state <> 'REPLACED' GROUP BY refund_id
        ) p ON p.refund_id = f.id
        WHERE coalesce(a.net, 0) <> f.net OR coalesce(a.tax, 0) <> f.tax
            OR coalesce(p.given, 0) <> f.net + f.tax
            OR f.state <> CASE WHEN p.busy THEN 'PENDING' WHEN p.failed THEN 'FAILED' ELSE 'SUCCEEDED' END""",
    "what a withdrawal costs": """
        SELECT r.id::text FROM ops_returns_return r JOIN ops_returns_refund f ON f.rma_id = r.id
            JOIN ops_returns_refundallocation a ON a.refund_id = f.id
        WHERE r.withdrawal AND (a.component = 'FEE'
            OR a.component = 'LABEL' AND r.policy->>'withdrawal_postage' = 'MERCHANT')""",
}
_QUERY = " UNION ALL ".join(
    f"SELECT '{name}' AS what, x.* FROM ({query}) AS x (id)" for name, query in SUMS.items()
)


def after_step(world: World) -> None:
    """Rows are the sums of their ledgers; the shelves and the gateway agree with them."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY)
        wrong = cursor.fetchall()
    if wrong:
        raise Violation(f"Not the sum of its ledger: {wrong}")
    _given_up(world)
    _shelves(world)


def _given_up(world: World) -> None:
    """Money that the gateway gave is never free for others, whoever knows of it by now."""
    if world.shop.moved:
        for part in RefundPart.objects.filter(state__in=["RESERVED", "FAILED", "REPLACED"], kind="PAYMENT"):
            if world.shop.moved_for(part.pk):
                raise Violation(f"{part.state}, but the gateway gave it: {part.amount} {part.message}")


_MOVED = """
    SELECT variant_id, warehouse_id, moved FROM ops_returns_inspection WHERE moved > 0 UNION ALL
    SELECT i.variant_id, f.warehouse_id, f.moved FROM ops_returns_followup f
        JOIN ops_returns_inspection i ON i.id = f.inspection_id WHERE f.moved > 0"""


def _shelves(world: World) -> None:
    """Each shelf is what it was and what the ledger moved there; all together are what people said."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
        moved = cursor.fetchall()
    known = Counter(world.before)
    for variant_id, house, units in moved:
        known[variant_id, house] += units
    real = world.shop.state.on_hand
    said: Counter[str] = Counter()
    for slot in known.keys() | real.keys():
        if slot[0] not in world.dropped:
            said[slot[0]] += real.get(slot, 0)
            if real.get(slot, 0) != known[slot]:
                raise Violation(f"{real.get(slot, 0)} units on a shelf, {known[slot]} by the ledger: {slot}")
    for variant_id, units in world.shelves.items():
        if variant_id not in world.dropped and said[variant_id] != units:
            raise Violation(f"{said[variant_id]} units of {variant_id} instead of {units}")


def money(world: World) -> None:
    """No part was given twice, none was given that our ledger denies, and none denied that was given.

    To be asked once nothing is in flight.
    """
    given: Counter[str] = Counter()
    for part in RefundPart.objects.filter(kind="PAYMENT"):
        moved = world.shop.moved_for(part.pk)
        wanted = part.amount if part.state == "SUCCEEDED" else 0
        if moved != wanted:
            raise Violation(f"{part.state} {part.amount}, the gateway gave {moved}: {part.message}")
        given[part.payment_id] += moved
    _other_ways(world)
    for row in PaymentLedger.objects.all():
        if row.ours != given[row.payment_id]:
            raise Violation(f"{row.payment_id}: {row.ours} in our ledger, {given[row.payment_id]} given")


def _other_ways(world: World) -> None:
    """Every gift card and every new order that a refund became is there, once, for that much."""
    named: Counter[str] = Counter()
    for part in RefundPart.objects.exclude(kind="PAYMENT"):
        named[part.target_id] += 1
        if part.kind == "STORE_CREDIT":
            worth = world.shop.state.gift_cards[part.target_id].balance
        else:
            worth = world.shop.order(part.target_id).credit_gross
        if worth != part.amount or named[part.target_id] > 1:
            raise Violation(f"{part.kind} of {part.amount} is worth {worth}, {named[part.target_id]} times")
    cards = {key for key, card in world.shop.state.gift_cards.items() if key not in world.cards}
    if cards != {key for key in named if key in world.shop.state.gift_cards}:
        raise Violation(f"Gift cards that no refund names: {cards - named.keys()}")


def never_more_than_taken(world: World) -> None:
    """All that was ever given back, as money or as credit, is at most what was ever taken."""
    if world.odd:
        return
    taken = sum(row.captured for row in world.shop.state.payments.values())
    given = sum(row.refunded for row in world.shop.state.payments.values())
    for part in RefundPart.objects.filter(kind="STORE_CREDIT"):
        given += part.amount
    if given > taken:
        raise Violation(f"{given} were given back of {taken} taken")
