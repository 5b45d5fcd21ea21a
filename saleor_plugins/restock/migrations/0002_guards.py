"""The ledgers refuse changes; orders and transfers are numbered by sequences."""

from django.db import migrations

_LEDGERS = ("receipt", "landedcost", "stockmovement", "transferhandling")

FORWARD = """
CREATE SEQUENCE ops_restock_po_number START 1001;
CREATE SEQUENCE ops_restock_transfer_number START 1001;
CREATE FUNCTION ops_restock_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION ops_restock_discrepancy_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
        OR (NEW.id, NEW.order_id, NEW.receipt_id, NEW.line_id, NEW.kind, NEW.variant_id, NEW.quantity, NEW.stocked)
        IS DISTINCT FROM
        (OLD.id, OLD.order_id, OLD.receipt_id, OLD.line_id, OLD.kind, OLD.variant_id, OLD.quantity, OLD.stocked)
    THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ops_restock_discrepancy_ledger BEFORE UPDATE OR DELETE ON ops_restock_discrepancy
    FOR EACH ROW EXECUTE FUNCTION ops_restock_discrepancy_settled();
""" + "".join(
    f"""
CREATE TRIGGER ops_restock_{table}_ledger BEFORE UPDATE OR DELETE ON ops_restock_{table}
    FOR EACH ROW EXECUTE FUNCTION ops_restock_refuse();
"""
    for table in _LEDGERS
)

BACKWARD = "".join(
    f"DROP TRIGGER ops_restock_{table}_ledger ON ops_restock_{table};\n" for table in _LEDGERS
) + """
DROP TRIGGER ops_restock_discrepancy_ledger ON ops_restock_discrepancy;
DROP FUNCTION ops_restock_discrepancy_settled();
DROP FUNCTION ops_restock_refuse();
DROP SEQUENCE ops_restock_transfer_number;
DROP SEQUENCE ops_restock_po_number;
"""


class Migration(migrations.Migration):
    dependencies = [("ops_restock", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
