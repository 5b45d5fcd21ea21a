"""The ledgers refuse changes, and no two active rate cards are valid on the same day."""

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
ALTER TABLE ops_fulfillment_ratecard ADD CONSTRAINT fulfillment_one_card_a_day
    EXCLUDE USING gist (daterange(valid_from, valid_until, '[]') WITH &&) WHERE (is_active);
"""

BACKWARD = """
ALTER TABLE ops_fulfillment_ratecard DROP CONSTRAINT fulfillment_one_card_a_day;
DROP TRIGGER ops_fulfillment_shipment_ledger ON ops_fulfillment_shipmentevent;
DROP TRIGGER ops_fulfillment_decision_ledger ON ops_fulfillment_routingdecision;
DROP FUNCTION ops_fulfillment_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ops_fulfillment", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
