"""Ledgers that refuse to be rewritten, and counters that only a ledger row can move."""

from __future__ import annotations

from django.db import migrations

APPEND_ONLY = ("inspection", "followup", "refundallocation")

REFUSE = """
CREATE FUNCTION ops_returns_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ops_returns: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

# Of a receipt and of an entry the person may go, once the return's person was erased, and nothing else.
ERASED = """
CREATE FUNCTION ops_returns_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ops_returns_return WHERE id = NEW.rma_id AND erased IS NOT NULL) THEN
        RAISE EXCEPTION 'ops_returns: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ops_returns_receipt_frozen BEFORE UPDATE ON ops_returns_receipt
    FOR EACH ROW WHEN ((OLD.id, OLD.rma_id, OLD.sequence, OLD.warehouse_id, OLD.at)
        IS DISTINCT FROM (NEW.id, NEW.rma_id, NEW.sequence, NEW.warehouse_id, NEW.at)
        OR NEW.tracking_number NOT IN (OLD.tracking_number, ''))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_entry_frozen BEFORE UPDATE ON ops_returns_ledgerentry
    FOR EACH ROW WHEN ((OLD.id, OLD.rma_id, OLD.verb, OLD.asker_kind, OLD.at)
        IS DISTINCT FROM (NEW.id, NEW.rma_id, NEW.verb, NEW.asker_kind, NEW.at)
        OR NEW.asker_id NOT IN (OLD.asker_id, '')
        OR NEW.data NOT IN (OLD.data, OLD.data - '{reason,trackingNumber,tracking_number,carrier}'::text[]))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_receipt_erased BEFORE UPDATE ON ops_returns_receipt
    FOR EACH ROW EXECUTE FUNCTION ops_returns_only_erased();

CREATE TRIGGER ops_returns_entry_erased BEFORE UPDATE ON ops_returns_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ops_returns_only_erased();

CREATE TRIGGER ops_returns_receipt_kept_row BEFORE DELETE ON ops_returns_receipt
    FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_entry_kept BEFORE DELETE ON ops_returns_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_erased_stays BEFORE UPDATE ON ops_returns_return
    FOR EACH ROW WHEN (OLD.erased IS NOT NULL AND NEW.erased IS DISTINCT FROM OLD.erased)
    EXECUTE FUNCTION ops_returns_refuse();
"""

RULEBOOK = """
CREATE TRIGGER ops_returns_rulebook_frozen BEFORE UPDATE ON ops_returns_rulebook
    FOR EACH ROW WHEN ((OLD.version, OLD.document) IS DISTINCT FROM (NEW.version, NEW.document))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_rulebook_kept BEFORE DELETE ON ops_returns_rulebook
    FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();
"""

# A trigger's own UPDATE runs at a depth above 0; anybody else's at 0.
# What was paid may be corrected by a person until the first unit was credited by it.
COUNTERS = """
CREATE TRIGGER ops_returns_order_origin BEFORE UPDATE ON ops_returns_orderledger
    FOR EACH ROW WHEN ((OLD.origin_id, OLD.exchange_credit, OLD.currency)
        IS DISTINCT FROM (NEW.origin_id, NEW.exchange_credit, NEW.currency))
    EXECUTE FUNCTION ops_returns_refuse();

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
        (OLD.shipping_credited_net, OLD.shipping_credited_tax)
        IS DISTINCT FROM (NEW.shipping_credited_net, NEW.shipping_credited_tax))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_shipping_frozen BEFORE UPDATE ON ops_returns_orderledger
    FOR EACH ROW WHEN ((OLD.review = '' OR OLD.refunds > 0) AND
        (OLD.shipping_net, OLD.shipping_tax) IS DISTINCT FROM (NEW.shipping_net, NEW.shipping_tax))
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


# A fee never takes more than its unit earned, more than was earned is given for a stated reason only, and
# when a transaction ends a refund is what its rows say, and its parts give exactly that.
REFUNDS = """
CREATE FUNCTION ops_returns_fee_within_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ops_returns_refundallocation AS item
        WHERE item.refund_id = NEW.refund_id AND item.component = 'ITEM'
            AND item.order_line_id = NEW.order_line_id AND item.unit = NEW.unit
            AND item.net + NEW.net >= 0 AND item.tax + NEW.tax >= 0
    ) THEN
        RAISE EXCEPTION 'ops_returns: a fee of % is above what unit % earned', NEW.order_line_id, NEW.unit
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ops_returns_fee_within_unit AFTER INSERT ON ops_returns_refundallocation
    FOR EACH ROW WHEN (NEW.component = 'FEE') EXECUTE FUNCTION ops_returns_fee_within_unit();

CREATE FUNCTION ops_returns_goodwill_reason() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ops_returns_refund WHERE id = NEW.refund_id AND reason = '') THEN
        RAISE EXCEPTION 'ops_returns: more than was earned needs a reason'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ops_returns_goodwill_reason AFTER INSERT ON ops_returns_refundallocation
    FOR EACH ROW WHEN (NEW.component = 'ADJUSTMENT' AND NEW.net + NEW.tax > 0)
    EXECUTE FUNCTION ops_returns_goodwill_reason();

CREATE FUNCTION ops_returns_refund_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one ops_returns_refund;
    rows_net bigint;
    rows_tax bigint;
    given bigint;
BEGIN
    SELECT * INTO one FROM ops_returns_refund WHERE id = NEW.refund_id;
    SELECT coalesce(sum(net), 0), coalesce(sum(tax), 0) INTO rows_net, rows_tax
        FROM ops_returns_refundallocation WHERE refund_id = one.id;
    SELECT coalesce(sum(amount), 0) INTO given
        FROM ops_returns_refundpart WHERE refund_id = one.id AND state <> 'REPLACED';
    IF rows_net <> one.net OR rows_tax <> one.tax OR given <> one.net + one.tax THEN
        RAISE EXCEPTION 'ops_returns: refund % is % + %, its rows % + %, its parts %',
            one.id, one.net, one.tax, rows_net, rows_tax, given USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ops_returns_rows_add_up AFTER INSERT ON ops_returns_refundallocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ops_returns_refund_adds_up();

CREATE CONSTRAINT TRIGGER ops_returns_parts_add_up AFTER INSERT OR UPDATE OF state, amount ON ops_returns_refundpart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ops_returns_refund_adds_up();

CREATE TRIGGER ops_returns_refund_frozen BEFORE UPDATE ON ops_returns_refund
    FOR EACH ROW WHEN ((OLD.net, OLD.tax) IS DISTINCT FROM (NEW.net, NEW.tax)
        OR NEW.reason NOT IN (OLD.reason, 'ERASED'))
    EXECUTE FUNCTION ops_returns_refuse();

CREATE TRIGGER ops_returns_part_frozen BEFORE UPDATE ON ops_returns_refundpart
    FOR EACH ROW WHEN ((OLD.amount, OLD.payment_id, OLD.kind, OLD.target_id)
        IS DISTINCT FROM (NEW.amount, NEW.payment_id, NEW.kind, NEW.target_id))
    EXECUTE FUNCTION ops_returns_refuse();
"""

# Units that were put aside are taken from the pile in their order, and only so many.
FOLLOWUP = """
CREATE FUNCTION ops_returns_followed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pile ops_returns_inspection;
    before bigint;
BEGIN
    SELECT * INTO pile FROM ops_returns_inspection WHERE id = NEW.inspection_id;
    SELECT coalesce(sum(quantity), 0) INTO before
        FROM ops_returns_followup WHERE inspection_id = NEW.inspection_id AND id <> NEW.id;
    IF pile.disposition NOT IN ('REFURBISH', 'QUARANTINE') OR before + 1 <> NEW.first_unit
            OR before + NEW.quantity > pile.quantity THEN
        RAISE EXCEPTION 'ops_returns: unit % is not put aside, or is not next', NEW.first_unit
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ops_returns_followed AFTER INSERT ON ops_returns_followup
    FOR EACH ROW EXECUTE FUNCTION ops_returns_followed();
"""


def _append_only(table: str) -> migrations.RunSQL:
    name = f"ops_returns_{table}_kept"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON ops_returns_{table} "
        "FOR EACH ROW EXECUTE FUNCTION ops_returns_refuse();",
        f"DROP TRIGGER {name} ON ops_returns_{table};",
    )


UNDO = """
DROP FUNCTION ops_returns_followed CASCADE;
DROP FUNCTION ops_returns_refund_adds_up CASCADE;
DROP FUNCTION ops_returns_goodwill_reason CASCADE;
DROP FUNCTION ops_returns_fee_within_unit CASCADE;
DROP FUNCTION ops_returns_allocated CASCADE;
DROP FUNCTION ops_returns_inspected CASCADE;
DROP FUNCTION ops_returns_only_erased CASCADE;
DROP FUNCTION ops_returns_refuse CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("ops_returns", "0001_initial")]

    operations = [
        migrations.RunSQL(
            REFUSE + ERASED + RULEBOOK + COUNTERS + INSPECTION + ALLOCATION + REFUNDS + FOLLOWUP, UNDO
        ),
        *[_append_only(table) for table in APPEND_ONLY],
    ]
