"""The ledgers of decisions and of shipments refuse changes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ops_fulfillment_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ops_fulfillment_decision_ledger BEFORE UPDATE OR DELETE ON ops_fulfillment_routingdecision
    FOR EACH ROW EXECUTE FUNCTION ops_fulfillment_refuse();
CREATE TRIGGER ops_fulfillment_shipment_ledger BEFORE UPDATE OR DELETE ON ops_fulfillment_shipmentevent
    FOR EACH ROW EXECUTE FUNCTION ops_fulfillment_refuse();
"""

BACKWARD = """
DROP TRIGGER ops_fulfillment_shipment_ledger ON ops_fulfillment_shipmentevent;
DROP TRIGGER ops_fulfillment_decision_ledger ON ops_fulfillment_routingdecision;
DROP FUNCTION ops_fulfillment_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ops_fulfillment", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
