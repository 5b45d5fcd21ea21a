"""Ledgers that refuse to be rewritten, and counters that only a ledger row can move."""

from __future__ import annotations

from django.db import migrations

APPEND_ONLY = ("receipt", "inspection", "refundallocation", "ledgerentry")

REFUSE = """
CREATE FUNCTION ops_returns_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ops_returns: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

# A trigger's own UPDATE runs at a depth above 0; anybody else's at 0.
# What was paid may be corrected by a person until the first unit was credited by it.
COUNTERS = """
CREATE TRIGGER ops_returns_line_counters BEFORE UPDATE ON ops_returns_returnableline
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND
        (OLD.credited, OLD.credited_net, OLD.credited_tax)
        IS DISTINCT FROM (NEW.credited, NEW.credited_net, NEW.credited_tax))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_line_frozen BEFORE UPDATE ON ops_returns_returnableline
    FOR EACH ROW WHEN (OLD.credited > 0 AND
        (OLD.paid_net, OLD.paid_tax, OLD.sold) IS DISTINCT FROM (NEW.paid_net, NEW.paid_tax, NEW.sold))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_line_fresh BEFORE INSERT ON ops_returns_returnableline
    FOR EACH ROW WHEN (NEW.credited <> 0 OR NEW.credited_net <> 0 OR NEW.credited_tax <> 0)
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_shipping_counters BEFORE UPDATE ON ops_returns_orderledger
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND
        (OLD.shipping_credited_net, OLD.shipping_credited_tax, OLD.shipping_net, OLD.shipping_tax)
        IS DISTINCT FROM
        (NEW.shipping_credited_net, NEW.shipping_credited_tax, NEW.shipping_net, NEW.shipping_tax))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_receipt_counters BEFORE UPDATE ON ops_returns_receiptline
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_receipt_kept BEFORE DELETE ON ops_returns_receiptline
    FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_receipt_fresh BEFORE INSERT ON ops_returns_receiptline
    FOR EACH ROW WHEN (NEW.judged <> 0 OR NEW.restocked <> 0) EXECUTE FUNCTION ops_returns_refuse();
"""

INSPECTION = """
CREATE FUNCTION ops_returns_inspected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ops_returns_receiptline
        SET judged = judged + NEW.quantity, restocked = restocked + NEW.moved
        WHERE id = NEW.receipt_line_id AND judged + 1 = NEW.first_unit;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ops_returns: unit % was judged, or is not next', NEW.first_unit
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ops_returns_inspected AFTER INSERT ON ops_returns_inspection
    FOR EACH ROW EXECUTE FUNCTION ops_returns_inspected();
"""

ALLOCATION = """
CREATE FUNCTION ops_returns_allocated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.component = 'ITEM' THEN
        UPDATE ops_returns_returnableline
            SET credited = credited + 1,
                credited_net = credited_net + NEW.net,
                credited_tax = credited_tax + NEW.tax
            WHERE order_line_id = NEW.order_line_id AND order_id = NEW.order_id
                AND credited + 1 = NEW.unit;
    ELSIF NEW.component = 'SHIPPING' THEN
        UPDATE ops_returns_orderledger
            SET shipping_credited_net = shipping_credited_net + NEW.net,
                shipping_credited_tax = shipping_credited_tax + NEW.tax
            WHERE order_id = NEW.order_id;
    ELSE
        RETURN NULL;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ops_returns: unit % of % was credited, or is not next', NEW.unit, NEW.order_line_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ops_returns_allocated AFTER INSERT ON ops_returns_refundallocation
    FOR EACH ROW EXECUTE FUNCTION ops_returns_allocated();
"""


def _append_only(table: str) -> migrations.RunSQL:
    name = f"ops_returns_{table}_kept"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON ops_returns_{table} "
        "FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();",
        f"DROP TRIGGER {name} ON ops_returns_{table};",
    )


UNDO = """
DROP FUNCTION ops_returns_allocated CASCADE;
DROP FUNCTION ops_returns_inspected CASCADE;
DROP FUNCTION ops_returns_refuse CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("ops_returns", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE + COUNTERS + INSPECTION + ALLOCATION, UNDO),
        *[_append_only(table) for table in APPEND_ONLY],
    ]
