"""The units of one returned line, as buckets that can only be filled from the bucket before.

    requested -> approved -> received -> accepted -> credited -> settled
              -> declined -> missing  -> rejected

The same rules are CHECK constraints in the database; here they name the field that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from saleor_plugins.kernel.errors import Conflict, Invalid

MAX_UNITS = 100_000
MAX_LINES = 200


def positive(quantity: int, *, field: str = "quantity") -> int:
    """`quantity`, when it is a sensible number of units; raises Invalid naming `field` otherwise."""
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
        raise Invalid("Must be 1 or more.", field=field)
    if quantity > MAX_UNITS:
        raise Invalid(f"Must be at most {MAX_UNITS}.", field=field)
    return quantity


@dataclass(frozen=True)
class Buckets:
    """How many units of a line are in which bucket; every bucket counts all that ever entered it."""

    requested: int
    approved: int = 0
    declined: int = 0
    received: int = 0
    missing: int = 0
    accepted: int = 0
    rejected: int = 0
    credited: int = 0
    settled: int = 0

    @property
    def awaited(self) -> int:
        """Approved units that did not arrive yet."""
        return self.approved - self.received - self.missing

    @property
    def uninspected(self) -> int:
        """Units received and not yet judged."""
        return self.received - self.accepted - self.rejected

    @property
    def uncredited(self) -> int:
        """Accepted units whose money was not decided yet."""
        return self.accepted - self.credited

    @property
    def held(self) -> int:
        """Units that nobody else may ask to return: they are requested and not yet here."""
        return self.requested - self.declined - self.received - self.missing

    def approve(self) -> Buckets:
        """All requested units may come back."""
        return replace(self, approved=self.requested)

    def release(self) -> Buckets:
        """None of the units that are still out will come back (declined, cancelled)."""
        return replace(self, approved=self.received, declined=self.requested - self.received)

    def receive(self, quantity: int, *, field: str = "quantity") -> Buckets:
        """`quantity` units arrived."""
        if positive(quantity, field=field) > self.awaited:
            raise Invalid(f"Only {self.awaited} more expected.", field=field, code="OVER_RECEIPT")
        return replace(self, received=self.received + quantity)

    def judge(self, quantity: int, accepted: bool, *, field: str = "quantity") -> Buckets:
        """`quantity` received units are accepted (to be credited) or rejected."""
        if positive(quantity, field=field) > self.uninspected:
            raise Invalid(f"Only {self.uninspected} left to inspect.", field=field, code="OVER_INSPECTION")
        if accepted:
            return replace(self, accepted=self.accepted + quantity)
        return replace(self, rejected=self.rejected + quantity)

    def credit(self) -> Buckets:
        """The money of every accepted unit is decided."""
        return replace(self, credited=self.accepted)

    def settle(self, quantity: int) -> Buckets:
        """The money of `quantity` credited units arrived at the customer."""
        return replace(self, settled=self.settled + quantity)

    def close(self) -> Buckets:
        """What never arrived is missing; raises Conflict while units wait for a decision or for money."""
        if self.uninspected:
            raise Conflict("Units wait for inspection.", field="id", code="NOT_INSPECTED")
        if self.settled < self.accepted:
            raise Conflict("Units wait for their refund.", field="id", code="NOT_REFUNDED")
        return replace(self, missing=self.missing + self.awaited)
