"""The ledger refuses changes; purchase orders are numbered by a sequence."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE ops_restock_po_number START 1001;
CREATE FUNCTION ops_restock_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ops_restock_receipt_ledger BEFORE UPDATE OR DELETE ON ops_restock_receipt
    FOR EACH ROW EXECUTE FUNCTION ops_restock_refuse();
CREATE TRIGGER ops_restock_movement_ledger BEFORE UPDATE OR DELETE ON ops_restock_stockmovement
    FOR EACH ROW EXECUTE FUNCTION ops_restock_refuse();
"""

BACKWARD = """
DROP TRIGGER ops_restock_movement_ledger ON ops_restock_stockmovement;
DROP TRIGGER ops_restock_receipt_ledger ON ops_restock_receipt;
DROP FUNCTION ops_restock_refuse();
DROP SEQUENCE ops_restock_po_number;
"""


class Migration(migrations.Migration):
    dependencies = [("ops_restock", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
