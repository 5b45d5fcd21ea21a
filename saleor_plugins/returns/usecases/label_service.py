"""The carrier that the merchant has set up for labels, and what it is told of a return."""

from __future__ import annotations

from dataclasses import dataclass, replace

from saleor_plugins.carriers import CarrierApi, Party, Sending, connect
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Recipient

from .. import access
from ..config import PLUGIN_ID
from ..models import Return
from ..settings.labels import SETTINGS
from ..store import buckets

# The carrier's word counts as staff's: it says what was scanned.
CARRIER = replace(access.SYSTEM, permissions=frozenset({access.PERMISSION}))


@dataclass(frozen=True)
class LabelService:
    """Whose labels are bought. `grams` is the weight of an item that Saleor does not know."""

    carrier: str
    account: str
    service: str
    format: str
    grams: int

    def api(self) -> CarrierApi:
        """The carrier's own service. Raises NotInstalled, Invalid."""
        return connect(self.carrier, self.account)


def label_service() -> LabelService | None:
    """The merchant's choice; None where shoppers send with a carrier of their own."""
    values = platform_settings.setting_values(PLUGIN_ID, SETTINGS)
    found = LabelService(**{name.removeprefix("label_"): value for name, value in values.items()})
    return found if found.carrier and found.service else None


def needed_service() -> LabelService:
    """The same. Raises Conflict (``id``, NOT_SET_UP) without one."""
    found = label_service()
    if found is None:
        raise Conflict("No carrier is set up for labels.", field="id", code="NOT_SET_UP")
    return found


def sending(rma: Return, grams: int) -> Sending:
    """The parcel that comes back: from the customer, to where the goods are awaited.

    Raises Conflict when either address is not known, NotFound for a warehouse that is gone.
    """
    order = shop().order(rma.order_id)
    home = shop().ship_to(rma.order_id)
    if home is None:
        raise Conflict("The order has no shipping address.", field="id")
    if not rma.destination_id:
        raise Conflict("No warehouse awaits the goods.", field="id")
    weights = {line.id: line.weight_grams for line in order.lines}
    weight = sum(buckets(line).awaited * (weights.get(line.line_id) or grams) for line in rma.lines.all())
    there = shop().warehouse_address(rma.destination_id)
    return Sending(_party(home), _party(there), weight, rma.number)


def _party(at: Recipient) -> Party:
    return Party(
        at.country, at.postal_code, at.city, at.country_area, at.street, at.name, at.company, at.phone
    )
