"""Labels that were bought, or may have been."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from ...carriers import Label
from ...kernel import clock
from ...kernel.errors import Conflict
from ..models import Carrier, Shipment, ShipmentLabel

# A carrier that has not answered by then is not going to.
PATIENCE = timedelta(minutes=10)


def label_of(shipment: UUID) -> ShipmentLabel | None:
    """The shipment's label, unless the carrier refused to make one."""
    rows = ShipmentLabel.objects.filter(shipment=shipment).exclude(state=ShipmentLabel.FAILED)
    found = rows.first()
    if found and found.state == ShipmentLabel.RESERVED and clock.now() - found.created > PATIENCE:
        found.state = ShipmentLabel.UNKNOWN
    return found


def labels_of(shipments: Collection[UUID]) -> dict[UUID, ShipmentLabel]:
    """The labels of the shipments, without their content."""
    rows = ShipmentLabel.objects.filter(shipment__in=shipments).exclude(state=ShipmentLabel.FAILED)
    return {row.shipment_id: row for row in rows.defer("content")}


def reserve_label(row: Shipment, carrier: Carrier, service: str, form: str, by: str) -> ShipmentLabel:
    """Note that a label is about to be bought. Raises Conflict (field ``id``) when another one is."""
    try:
        with transaction.atomic():
            return ShipmentLabel.objects.create(
                shipment=row,
                carrier=carrier,
                service=service,
                format=form,
                bought_by=by,
                created=clock.now(),
            )
    except IntegrityError:
        raise Conflict("A label of this parcel is being bought.", field="id", code="IN_PROGRESS") from None


def finish_label(row: ShipmentLabel, made: Label) -> None:
    """Keep the label that was bought."""
    values = {
        "state": ShipmentLabel.DONE,
        "format": made.format,
        "tracking_number": made.tracking_number,
        "content": base64.b64encode(made.content).decode(),
    }
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def forget_labels(before: datetime) -> int:
    """Forget the content of labels that were bought before an instant: they name people."""
    return ShipmentLabel.objects.filter(created__lt=before).exclude(content="").update(content="")


def drop_label(row: ShipmentLabel, state: str) -> None:
    """Note that it was refused (FAILED), or that nobody knows (UNKNOWN)."""
    row.state = state
    row.save(update_fields=["state"])
