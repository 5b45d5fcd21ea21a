"""The ledgers refuse changes (what was written about a parcel may be forgotten), and no two active rate cards are valid on the same day."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ops_fulfillment_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ops_fulfillment_decision_ledger BEFORE UPDATE OR DELETE ON ops_fulfillment_routingdecision
    FOR EACH ROW EXECUTE FUNCTION ops_fulfillment_refuse();
CREATE FUNCTION ops_fulfillment_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.description = '' AND NEW.place = ''
        AND to_jsonb(NEW) - 'description' - 'place' = to_jsonb(OLD) - 'description' - 'place' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ops_fulfillment_shipment_ledger BEFORE UPDATE OR DELETE ON ops_fulfillment_shipmentevent
    FOR EACH ROW EXECUTE FUNCTION ops_fulfillment_forget_words();
ALTER TABLE ops_fulfillment_ratecard ADD CONSTRAINT fulfillment_one_card_a_day
    EXCLUDE USING gist (daterange(valid_from, valid_until, '[]') WITH &&) WHERE (is_active);
"""

# What is kept in memory is known by its revision. Numbers of a sequence are not given twice, whatever is
# rolled back, so no revision ever stands for two contents.
REVISIONS = """
CREATE SEQUENCE ops_fulfillment_revision_number;
CREATE FUNCTION ops_fulfillment_card_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision = nextval('ops_fulfillment_revision_number');
    RETURN NEW;
END $$;
CREATE FUNCTION ops_fulfillment_rows_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ops_fulfillment_ratecard SET revision = 0 WHERE id IN (SELECT card_id FROM changed);
    RETURN NULL;
END $$;
CREATE FUNCTION ops_fulfillment_subject_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops_fulfillment_revision (subject, number)
    VALUES (TG_ARGV[0], nextval('ops_fulfillment_revision_number'))
    ON CONFLICT (subject) DO UPDATE SET number = EXCLUDED.number;
    RETURN NULL;
END $$;
CREATE TRIGGER ops_fulfillment_card_revision BEFORE INSERT OR UPDATE ON ops_fulfillment_ratecard
    FOR EACH ROW EXECUTE FUNCTION ops_fulfillment_card_changed();
CREATE TRIGGER ops_fulfillment_rate_added AFTER INSERT ON ops_fulfillment_rate
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_rate_updated AFTER UPDATE ON ops_fulfillment_rate
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_rate_deleted AFTER DELETE ON ops_fulfillment_rate
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_zone_added AFTER INSERT ON ops_fulfillment_ratezone
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_zone_updated AFTER UPDATE ON ops_fulfillment_ratezone
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_zone_deleted AFTER DELETE ON ops_fulfillment_ratezone
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_rows_changed();
CREATE TRIGGER ops_fulfillment_profile_revision AFTER INSERT OR UPDATE OR DELETE
    ON ops_fulfillment_warehouseprofile
    FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_subject_changed('profiles');
CREATE TRIGGER ops_fulfillment_policy_revision AFTER INSERT OR UPDATE OR DELETE
    ON ops_fulfillment_routingpolicy
    FOR EACH STATEMENT EXECUTE FUNCTION ops_fulfillment_subject_changed('policies');
"""

NO_REVISIONS = """
DROP TRIGGER ops_fulfillment_policy_revision ON ops_fulfillment_routingpolicy;
DROP TRIGGER ops_fulfillment_profile_revision ON ops_fulfillment_warehouseprofile;
DROP TRIGGER ops_fulfillment_zone_deleted ON ops_fulfillment_ratezone;
DROP TRIGGER ops_fulfillment_zone_updated ON ops_fulfillment_ratezone;
DROP TRIGGER ops_fulfillment_zone_added ON ops_fulfillment_ratezone;
DROP TRIGGER ops_fulfillment_rate_deleted ON ops_fulfillment_rate;
DROP TRIGGER ops_fulfillment_rate_updated ON ops_fulfillment_rate;
DROP TRIGGER ops_fulfillment_rate_added ON ops_fulfillment_rate;
DROP TRIGGER ops_fulfillment_card_revision ON ops_fulfillment_ratecard;
DROP FUNCTION ops_fulfillment_subject_changed();
DROP FUNCTION ops_fulfillment_rows_changed();
DROP FUNCTION ops_fulfillment_card_changed();
DROP SEQUENCE ops_fulfillment_revision_number;
"""

BACKWARD = """
ALTER TABLE ops_fulfillment_ratecard DROP CONSTRAINT fulfillment_one_card_a_day;
DROP TRIGGER ops_fulfillment_shipment_ledger ON ops_fulfillment_shipmentevent;
DROP FUNCTION ops_fulfillment_forget_words();
DROP TRIGGER ops_fulfillment_decision_ledger ON ops_fulfillment_routingdecision;
DROP FUNCTION ops_fulfillment_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ops_fulfillment", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(REVISIONS, NO_REVISIONS),
    ]
