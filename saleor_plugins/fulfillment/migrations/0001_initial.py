
from django.db import migrations, models
import django.db.models.deletion
import django.db.models.expressions
import saleor_plugins.kernel.ids


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Rate',
            fields=[
                ('id', models.UUIDField(default=saleor_plugins.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('warehouse_id', models.CharField(blank=True, default='', max_length=100)),
                ('origin', models.CharField(blank=True, default='', max_length=2)),
                ('destination', models.CharField(blank=True, default='', max_length=2)),
                ('base', models.BigIntegerField()),
                ('per_kg', models.BigIntegerField(default=0)),
                ('per_unit', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RateCard',
            fields=[
                ('id', models.UUIDField(default=saleor_plugins.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('currency', models.CharField(max_length=3)),
                ('is_active', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='RoutedOrder',
            fields=[
                ('order_id', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('checked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RoutingDecision',
            fields=[
                ('id', models.UUIDField(default=saleor_plugins.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.CharField(max_length=100)),
                ('version', models.PositiveIntegerField()),
                ('outcome', models.CharField(max_length=20)),
                ('trigger', models.CharField(max_length=20)),
                ('decided_by', models.CharField(blank=True, default='', max_length=100)),
                ('plan', models.JSONField()),
                ('explanation', models.JSONField()),
                ('cost', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('optimal', models.BooleanField()),
                ('bound', models.BigIntegerField()),
                ('nodes', models.PositiveIntegerField()),
                ('created', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.UUIDField(default=saleor_plugins.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.CharField(max_length=100)),
                ('fulfillment_id', models.CharField(max_length=100, unique=True)),
                ('warehouse_id', models.CharField(max_length=100)),
                ('items', models.JSONField()),
                ('tracking_number', models.CharField(blank=True, default='', max_length=255)),
                ('state', models.CharField(default='CREATED', max_length=20)),
                ('created', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ShipmentEvent',
            fields=[
                ('id', models.UUIDField(default=saleor_plugins.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('verb', models.CharField(max_length=20)),
                ('state', models.CharField(max_length=20)),
                ('tracking_number', models.CharField(blank=True, default='', max_length=255)),
                ('done_by', models.CharField(blank=True, default='', max_length=100)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='WarehouseProfile',
            fields=[
                ('warehouse_id', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('priority', models.IntegerField(default=0)),
                ('ships_orders', models.BooleanField(default=True)),
                ('handling_parcel', models.BigIntegerField(default=0)),
                ('handling_unit', models.BigIntegerField(default=0)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
            ],
        ),
        migrations.AddConstraint(
            model_name='warehouseprofile',
            constraint=models.CheckConstraint(check=models.Q(models.Q(('handling_parcel', 0), ('handling_unit', 0)), models.Q(('handling_parcel__gte', 0), ('handling_unit__gte', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='fulfillment_profile_handling'),
        ),
        migrations.AddField(
            model_name='shipmentevent',
            name='shipment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='ops_fulfillment.shipment'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='decision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='ops_fulfillment.routingdecision'),
        ),
        migrations.AddConstraint(
            model_name='routingdecision',
            constraint=models.UniqueConstraint(fields=('order_id', 'version'), name='fulfillment_decision_version'),
        ),
        migrations.AddConstraint(
            model_name='routingdecision',
            constraint=models.CheckConstraint(check=models.Q(('outcome__in', ['ROUTED', 'PARTIAL', 'UNROUTABLE', 'NOTHING_TO_ROUTE'])), name='fulfillment_decision_outcome'),
        ),
        migrations.AddConstraint(
            model_name='routingdecision',
            constraint=models.CheckConstraint(check=models.Q(('bound__gte', 0), ('bound__lte', django.db.models.expressions.F('cost')), ('version__gte', 1)), name='fulfillment_decision_amounts'),
        ),
        migrations.AddField(
            model_name='routedorder',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='current_of', to='ops_fulfillment.routingdecision'),
        ),
        migrations.AddConstraint(
            model_name='ratecard',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('is_active',), name='fulfillment_one_active_card'),
        ),
        migrations.AddField(
            model_name='rate',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='ops_fulfillment.ratecard'),
        ),
        migrations.AddIndex(
            model_name='shipmentevent',
            index=models.Index(fields=['shipment', 'id'], name='fulfillment_event_order'),
        ),
        migrations.AddConstraint(
            model_name='shipmentevent',
            constraint=models.CheckConstraint(check=models.Q(('state__in', ('CREATED', 'DELIVERED', 'CANCELED'))), name='fulfillment_event_state'),
        ),
        migrations.AddIndex(
            model_name='shipment',
            index=models.Index(fields=['order_id'], name='fulfillment_shipment_order'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(check=models.Q(('state__in', ('CREATED', 'DELIVERED', 'CANCELED'))), name='fulfillment_shipment_state'),
        ),
        migrations.AddConstraint(
            model_name='rate',
            constraint=models.UniqueConstraint(fields=('card', 'warehouse_id', 'origin', 'destination'), name='fulfillment_rate_once'),
        ),
        migrations.AddConstraint(
            model_name='rate',
            constraint=models.CheckConstraint(check=models.Q(('base__gte', 0), ('per_kg__gte', 0), ('per_unit__gte', 0)), name='fulfillment_rate_amounts'),
        ),
        migrations.AddConstraint(
            model_name='rate',
            constraint=models.CheckConstraint(check=models.Q(('warehouse_id', ''), ('origin', ''), _connector='OR'), name='fulfillment_rate_one_origin'),
        ),
    ]
